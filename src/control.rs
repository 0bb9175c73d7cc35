//! The host's own way in: a Unix socket for commands on the same machine; [`place`] says where it is.
//!
//! One request, a JSON line, gets one answer, a JSON line. Whoever may open the socket may ask: that is
//! root, the hub's user and its group. [`protocol`] has the shapes, for both sides.

mod client;
mod host;
mod listener;
mod messages;
mod place;
pub mod protocol;
mod status;

pub use client::{AskError, ask};
pub use listener::Control;
pub use status::Parts;

/// Longest request, in bytes.
const REQUEST_MAX: usize = 64 * 1024;

/// Longest answer, in bytes: a line for each of as many people as a hub can hold.
const ANSWER_MAX: usize = 16 * 1024 * 1024;
