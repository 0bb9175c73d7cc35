//! The use cases of the chat, in order: join, leave, say, rename, make rooms, let people in.
//!
//! One task owns all of it. Commands are decided one at a time ([`state`]); what a decision writes
//! is committed by the store, and only then broadcast and acknowledged, in commit order ([`run`]).
//! A transport talks to it in the types of [`command`] and never sees the state.

mod access_grants;
mod bridge;
mod calls;
mod changes;
mod channels;
mod clock;
pub mod command;
mod configure;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod host;
mod host_keys;
mod idle;
mod join;
mod modes;
mod names;
mod open;
mod password;
mod passwords;
mod past;
mod places;
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

pub use channels::Channels;
pub use clock::Clock;
pub use configure::ChatConfig;
pub use run::{HubHandle, Kept, Start, start};
pub use state::Settings;
