//! The use cases of the chat: join, leave, say, react, rename, make rooms, and what hosts do.
//!
//! One task owns the state. Commands are decided one at a time ([`state`]); the writes of a decision are committed by
//! the store, and only then broadcast and acknowledged, in commit order ([`run`]). Transports use the types of
//! [`command`] and never see the state.

mod access_grants;
mod announcements;
mod bridge;
mod calls;
mod changes;
mod channels;
mod clock;
pub mod command;
mod configure;
mod conn;
mod edit;
mod event;
mod former_names;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod host;
mod host_keys;
mod idle;
mod join;
mod modes;
mod mutes;
mod names;
mod open;
mod password;
mod passwords;
mod past;
mod places;
mod polls;
mod prepared;
mod questions;
mod rate_limits;
mod reactions;
mod rename;
mod reports;
mod rooms;
mod roster;
mod run;
mod say;
#[cfg(test)]
mod simulation;
mod state;
mod takeback;
#[cfg(test)]
mod tests;
mod then;
mod walls;

pub use channels::Channels;
pub use clock::{Clock, ClockState, RememberedTime};
pub use configure::ChatConfig;
pub use event::OnEvent;
pub use run::{HubHandle, Start, WriteContext, start};
pub use state::Settings;
