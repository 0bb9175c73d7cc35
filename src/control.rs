//! The control socket: a Unix socket in the data folder, for the host's commands on the same machine.
//!
//! A request is a JSON line, and so is its response. Everybody who may open the socket may ask: root, the
//! hub's user and its group. [`protocol`] has the shapes for both sides.

mod client;
mod host;
mod listener;
mod messages;
pub mod protocol;
mod status;

use std::path::{Path, PathBuf};

pub use client::{AskError, ask};
pub use listener::Control;
pub use status::ControlContext;

/// The socket's name inside the data folder.
const FILE: &str = "control.sock";

/// Longest request, in bytes.
const REQUEST_MAX: usize = 64 * 1024;

/// Longest response, in bytes: a line for each person that a hub can hold.
const ANSWER_MAX: usize = 16 * 1024 * 1024;

fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}
