//! The client side: a command on the same machine.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use thiserror::Error;

use super::protocol::{Request, Response};
use super::{ANSWER_MAX, socket};

/// How long to wait for a response: longer than the hub takes at most.
const PATIENCE: Duration = Duration::from_secs(10);

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
    let mut stream = UnixStream::connect(socket(data_dir)).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => AskError::NotAllowed(data_dir.to_owned()),
        ErrorKind::NotFound | ErrorKind::ConnectionRefused => {
            AskError::NotRunning(data_dir.to_owned())
        }
        _ => AskError::Strange(error.to_string()),
    })?;
    let line = exchange(&mut stream, request).map_err(|error| strange(&error))?;
    match serde_json::from_slice(&line) {
        Ok(Response::Ok(answer)) => Ok(answer),
        Ok(Response::Error(sentence)) => Err(AskError::Refused(sentence)),
        Err(error) => Err(AskError::Strange(error.to_string())),
    }
}

fn exchange(stream: &mut UnixStream, request: &Request) -> io::Result<Vec<u8>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
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
