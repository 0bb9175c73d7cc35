//! What the host sets for the event, over the configuration. Here it is decided and committed; what the hub says and
//! shows follows once the server has put it over the configuration.

use super::command::{EventCall, Responder};
use super::state::{Effect, Hub, Then};
use crate::domain::event_settings::{EventEdit, EventSettings};
use crate::domain::refusal::Refusal;
use crate::store::{Deed, Moment};

/// Told of the event's settings whenever they have changed, before the host who has changed them is answered.
pub type OnEvent = Box<dyn FnMut(EventSettings) + Send>;

/// A change of the settings that is being committed.
#[derive(Debug)]
pub(super) struct SettingEvent {
    edit: EventEdit,
    tell: Responder<()>,
}

impl Hub {
    /// Decides a call about the event's settings.
    pub(super) fn event_call(&mut self, call: EventCall, at: Moment) {
        match call {
            EventCall::Read(tell) => drop(tell.send(Ok(self.event_settings.clone()))),
            EventCall::Edit(edit, tell) => {
                let (what, deed) = (edit.words(), Deed::SetEvent(edit.clone()));
                self.host_does(deed, what, Then::EventSet(SettingEvent { edit, tell }), at);
            }
        }
    }

    /// Goes on with a change that is committed or was refused.
    pub(super) fn event_set(&mut self, setting: SettingEvent, result: Result<(), Refusal>) {
        let SettingEvent { edit, tell } = setting;
        match result {
            Ok(()) => {
                tracing::info!("the host changed the event's settings");
                self.show_event(self.event_settings.with(edit), Some(tell));
            }
            Err(refusal) => drop(tell.send(Err(refusal))),
        }
    }

    /// Takes over settings that are committed, and passes them on.
    pub(super) fn show_event(&mut self, settings: EventSettings, tell: Option<Responder<()>>) {
        self.event_settings = settings.clone();
        self.effects.push_back(Effect::Event(settings, tell));
    }
}
