//! The server side: serves a few connections at a time, with one request each.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::REQUEST_MAX;
use super::place::Places;
use super::protocol::{Request, Response};
use super::status::ControlContext;

/// The most connections at a time; further ones wait to be accepted.
const PLACES: usize = 16;

/// Timeout of reading a request, and of writing its response.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait when a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Mode for the hub's user and group.
const MODE: u32 = 0o660;

/// The server. Dropping it ends its tasks and removes the socket.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    _answering: JoinSet<()>,
}

impl Control {
    /// Starts to serve. The hub must have locked its data folder: the socket of a killed hub is replaced.
    ///
    /// A hub without the socket still runs: this logs a warning and returns `None`.
    #[must_use]
    pub fn start(parts: Arc<ControlContext>) -> Option<Self> {
        match listen(&Places::of_this_process(), &parts.config.now().data_dir) {
            Ok((path, listener)) => {
                let mut answering = JoinSet::new();
                answering.spawn(accept(listener, parts));
                Some(Self { path, _answering: answering })
            }
            Err(error) => {
                tracing::warn!(%error, "the host's own commands will not work: no control socket");
                None
            }
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // If it stays, the next hub replaces it.
        let _gone = fs::remove_file(&self.path);
    }
}

/// Listens at the first place at which a socket can be created, and removes sockets that an earlier hub of this data
/// folder has left at the others.
fn listen(places: &Places, data_dir: &Path) -> io::Result<(PathBuf, UnixListener)> {
    let mut refusals = Vec::new();
    let mut found = None;
    for path in places.to_listen(data_dir)? {
        if found.is_some() {
            let _mostly_nothing_there = fs::remove_file(&path);
            continue;
        }
        match bind(&path) {
            Ok(listener) => found = Some((path, listener)),
            Err(error) => refusals.push(format!("{}: {error}", path.display())),
        }
    }
    found.ok_or_else(|| io::Error::other(refusals.join("; ")))
}

fn bind(path: &Path) -> io::Result<UnixListener> {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let listener = UnixListener::bind(path)?;
    fs::set_permissions(path, Permissions::from_mode(MODE))?;
    Ok(listener)
}

/// Creates the folder. Its parent exists on every machine that the hub runs on.
fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Err(error) if !folder.is_dir() => Err(error),
        _ => Ok(()),
    }
}

async fn accept(listener: UnixListener, parts: Arc<ControlContext>) {
    let places = Arc::new(Semaphore::new(PLACES));
    // Dropping the set with this task ends the connections.
    let mut connections = JoinSet::new();
    // The semaphore is never closed.
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let parts = Arc::clone(&parts);
                connections.spawn(async move {
                    let _place = place;
                    // A client that is too slow or has gone away gets no response.
                    let _late = serve(stream, &parts).await;
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the control socket could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(mut stream: UnixStream, parts: &ControlContext) -> io::Result<()> {
    let (read, mut write) = stream.split();
    let mut line = Vec::new();
    let mut reader = BufReader::new(read.take(REQUEST_MAX as u64));
    timeout(TIMEOUT, reader.read_until(b'\n', &mut line)).await??;
    let mut answer = match serde_json::from_slice::<Request>(&line) {
        Ok(request) => {
            let answer = timeout(request.timeout(), parts.answer(None, request)).await?;
            encode(&answer.map_or_else(|denied| Response::Error(denied.sentence), Response::Ok))
        }
        Err(error) => encode(&Response::<()>::Error(format!("this is no request: {error}"))),
    };
    answer.push(b'\n');
    timeout(TIMEOUT, write.write_all(&answer)).await?
}

fn encode<T: Serialize>(answer: &Response<T>) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer to the host could not be encoded");
        br#"{"error":"the answer could not be encoded"}"#.to_vec()
    })
}
