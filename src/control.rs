//! The control socket: a Unix socket for the host's commands on the same machine. [`place`] says where it is.
//!
//! A request is a line of JSON, and so is its response. Everybody who may open the socket may send requests: root, the
//! hub's user and its group. [`protocol`] has the types of both sides.

mod announcements;
mod answer;
mod calls;
mod client;
mod clock;
mod edit;
mod event;
mod host;
mod keys;
mod listener;
mod log;
mod messages;
mod modes;
mod people;
mod place;
mod polls;
mod prepared;
pub mod protocol;
mod questions;
mod reports;
mod status;
mod walls;
mod wipe;

pub use answer::Denied;
pub use calls::{HttpCall, called};
pub use client::{AskError, ask};
pub use listener::Control;
pub use status::ControlContext;

/// The longest request, in bytes.
const REQUEST_MAX: usize = 64 * 1024;

/// The longest response, in bytes: a line for each person that a hub can hold.
const ANSWER_MAX: usize = 16 * 1024 * 1024;
