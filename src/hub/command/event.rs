//! Calls of the host about the event's settings.

use super::Responder;
use crate::domain::event_settings::{EventEdit, EventSettings};

/// A call about what the host sets over the configuration.
#[derive(Debug)]
pub enum EventCall {
    /// Changes one of the settings, for the host.
    Edit(EventEdit, Responder<()>),
    /// Returns the settings.
    Read(Responder<EventSettings>),
}
