//! The rules of the chat as pure code.
//!
//! Invariant: nothing here does I/O, reads a clock or draws a random number. The time and fresh identifiers are
//! arguments, and decisions are return values. The wire format is not known here either.

pub mod announcement;
pub mod chatter;
pub mod code;
pub mod event_settings;
pub mod fair;
pub mod flood_control;
pub mod host;
pub mod ids;
pub mod language;
pub mod limits;
pub mod message;
pub mod mode;
pub mod mute;
pub mod names;
pub mod nickname;
pub mod notices;
pub mod pace;
pub mod poll;
pub mod presence;
pub mod question;
pub mod quota;
pub mod reactions;
pub mod recent;
pub mod refusal;
pub mod report;
pub mod room;
pub mod search;
pub mod slip;
pub mod text;
pub mod throttle;
pub mod time;
pub mod wall;
pub mod words;
