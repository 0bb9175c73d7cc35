//! The client side: a command on the same machine.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::geteuid;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::ANSWER_MAX;
use super::place::Places;
use super::protocol::{Request, Response};

/// How much longer than the hub may take a response is waited for.
const EXTRA: Duration = Duration::from_secs(5);

/// Why there is no response.
#[derive(Debug, Error)]
pub enum AskError {
    /// Nobody listens.
    #[error("no hub is running with the data folder {}", .0.display())]
    NotRunning(PathBuf),
    /// This user may not open the socket.
    #[error(
        "this user may not ask the hub in {}; use sudo, or become a member of the group colahub",
        .0.display()
    )]
    NotAllowed(PathBuf),
    /// No response, or an invalid one.
    #[error("the hub does not answer as it should ({0}); `journalctl -u colahub` may say why")]
    Strange(String),
    /// The hub refused.
    #[error("{0}")]
    Refused(String),
}

/// Sends a request to the hub that uses this data folder. Blocks.
///
/// # Errors
/// A sentence for the host.
pub fn ask<T: DeserializeOwned>(data_dir: &Path, request: &Request) -> Result<T, AskError> {
    let mut stream = connect(&Places::of_this_process(), data_dir)?;
    let line = exchange(&mut stream, request).map_err(|error| strange(&error))?;
    match serde_json::from_slice(&line) {
        Ok(Response::Ok(answer)) => Ok(answer),
        Ok(Response::Error(sentence)) => Err(AskError::Refused(sentence)),
        Err(error) => Err(AskError::Strange(error.to_string())),
    }
}

/// Connects to the first place at which a hub listens.
fn connect(places: &Places, data_dir: &Path) -> Result<UnixStream, AskError> {
    let mut refusal = AskError::NotRunning(data_dir.to_owned());
    let all = places.to_ask(data_dir).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => AskError::NotAllowed(data_dir.to_owned()),
        _ => AskError::Strange(error.to_string()),
    })?;
    for path in all {
        match UnixStream::connect(&path).map_err(|error| (error.kind(), error)) {
            Ok(stream) => return Ok(stream),
            // There is no socket, nobody listens on it, or the path is too long for a socket.
            Err((
                ErrorKind::NotFound
                | ErrorKind::NotADirectory
                | ErrorKind::ConnectionRefused
                | ErrorKind::InvalidInput,
                _,
            )) => {}
            Err((ErrorKind::PermissionDenied, _)) if is_anothers(data_dir) => {
                refusal = AskError::NotAllowed(data_dir.to_owned());
            }
            // The service's runtime directory, where a hub of this user's own folder has no socket.
            Err((ErrorKind::PermissionDenied, _)) => {}
            Err((_, error)) => refusal = AskError::Strange(error.to_string()),
        }
    }
    Err(refusal)
}

/// Whether a hub of another user may be running in this folder.
fn is_anothers(data_dir: &Path) -> bool {
    match std::fs::metadata(data_dir) {
        Ok(folder) => folder.uid() != geteuid().as_raw(),
        Err(error) => error.kind() != ErrorKind::NotFound,
    }
}

fn exchange(stream: &mut UnixStream, request: &Request) -> io::Result<Vec<u8>> {
    let most = request.timeout() + EXTRA;
    stream.set_read_timeout(Some(most))?;
    stream.set_write_timeout(Some(most))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = Vec::new();
    // The hub closes the connection after its response.
    stream.take(ANSWER_MAX as u64).read_to_end(&mut answer)?;
    Ok(answer)
}

fn strange(error: &io::Error) -> AskError {
    match error.kind() {
        ErrorKind::WouldBlock => AskError::Strange("it took too long".to_owned()),
        _ => AskError::Strange(error.to_string()),
    }
}
