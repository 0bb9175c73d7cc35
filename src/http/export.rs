//! The download of an export, for hosts.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use hyper::body::Frame;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::App;
use super::respond::ApiResult;
use crate::domain::refusal::Refusal;
use crate::export::{PageStyle, UtcOffset, export, note};

/// The size of a chunk, in bytes.
const CHUNK: usize = 16 * 1024;

/// How many chunks wait for the client. The export waits for it beyond that.
const WAITING: usize = 4;

/// Allows one download at a time: an export costs a core.
pub(super) type Turn = Arc<Semaphore>;

pub(super) fn turn() -> Turn {
    Arc::new(Semaphore::new(1))
}

/// Answers with the zip, while it is written.
///
/// # Errors
/// Another download is under way, or the database cannot be read.
pub(super) async fn download(app: &App, query: &str, turn: &Turn) -> ApiResult {
    let zone = offset(query)?;
    let turn = Arc::clone(turn).try_acquire_owned().map_err(|_| Refusal::Unavailable)?;
    let (send, mut rest) = channel(WAITING);
    let config = app.config.now();
    let style = PageStyle { language: config.language, zone };
    let (source, folder) = (app.export.clone(), config.data_dir.clone());
    let write = move || {
        let mut out = Chunks { chunk: Vec::new(), send };
        let exported = export(&source, &mut out, &folder, style, |_, _| ());
        match exported
            .map_err(|error| error.to_string())
            .and_then(|exported| out.flush().map_err(|error| error.to_string()).map(|()| exported))
        {
            Ok(exported) => {
                let (messages, sha256) = (exported.messages, &exported.sha256);
                tracing::info!(
                    messages,
                    sha256,
                    "everything that was said was downloaded by a host"
                );
                if let Err(error) = note(&source, &exported) {
                    tracing::warn!(%error, "a wipe will not know of this download");
                }
            }
            Err(error) => {
                tracing::warn!(error, "an export for a host ended early");
                // If the client is gone, nobody waits for the end.
                let _gone = out.send.blocking_send(Err(io::ErrorKind::BrokenPipe.into()));
            }
        }
    };
    // A thread of its own: it is at it for longer than those of the pool are lent.
    let thread = std::thread::Builder::new().name("export".to_owned()).spawn(write);
    thread.map_err(|_| Refusal::Unavailable)?;
    // An export that cannot begin is refused.
    let Some(Ok(first)) = rest.recv().await else {
        return Err(Refusal::Unavailable);
    };
    let mut response = Response::new(Body::new(Download { first: Some(first), rest, _turn: turn }));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = HeaderValue::from_static("attachment; filename=\"chat.zip\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

/// The offset from UTC in a query, in minutes.
fn offset(query: &str) -> Result<UtcOffset, Refusal> {
    let minutes = query.split('&').find_map(|pair| pair.strip_prefix("utcOffset="));
    let Some(minutes) = minutes else {
        return Ok(UtcOffset::default());
    };
    let offset = minutes.parse().ok().and_then(|minutes| UtcOffset::minutes(minutes).ok());
    offset.ok_or_else(|| Refusal::bad("utcOffset is a number of minutes from -840 to 840"))
}

/// Passes on what is written to it.
struct Chunks {
    chunk: Vec<u8>,
    send: Sender<io::Result<Bytes>>,
}

impl Write for Chunks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.chunk.extend_from_slice(bytes);
        if self.chunk.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.chunk));
        self.send.blocking_send(Ok(chunk)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The body.
struct Download {
    first: Option<Bytes>,
    rest: Receiver<io::Result<Bytes>>,
    _turn: OwnedSemaphorePermit,
}

impl hyper::body::Body for Download {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.rest.poll_recv(cx).map(|next| next.map(|chunk| chunk.map(Frame::data)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_a_number_of_minutes() {
        assert_eq!(offset("browser=x").unwrap(), UtcOffset::default());
        assert_eq!(offset("utcOffset=540&browser=x"), Ok(UtcOffset::minutes(540).unwrap()));
        for wrong in ["utcOffset=", "utcOffset=9h", "utcOffset=841"] {
            assert!(offset(wrong).is_err(), "{wrong}");
        }
    }
}
