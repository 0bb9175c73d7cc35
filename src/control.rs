//! The host's own way in: a Unix socket in the data folder, for commands on the same machine.
//!
//! One request, a JSON line, gets one answer, a JSON line. Whoever may open the socket may ask: that is
//! root, the hub's user and its group. [`protocol`] has the shapes, for both sides.

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

/// Longest answer, in bytes: a line for each of as many people as a hub can hold.
const ANSWER_MAX: usize = 16 * 1024 * 1024;

fn socket(data_dir: &Path) -> PathBuf {
    data_dir.join(FILE)
}
