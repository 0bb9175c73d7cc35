//! What the host sets over the configuration: passed on once it is committed, before the host is answered.

use super::*;
use crate::domain::event_settings::EventEdit;
use crate::hub::command::EventCall;
use crate::store::Change;

impl Chat {
    fn event_settings(&mut self) -> EventSettings {
        let (tell, mut told) = tokio::sync::oneshot::channel();
        self.command(Command::Call(Call::Event(EventCall::Read(tell))));
        told.try_recv().unwrap().unwrap()
    }
}

fn camp() -> EventSettings {
    EventSettings { title: Title::parse("camp").ok(), language: None }
}

#[test]
fn an_events_settings_are_passed_on_once_they_are_committed() {
    let mut chat = Chat::new(0, 50);
    let (tell, mut told) = tokio::sync::oneshot::channel();
    let edit = EventEdit::Title(Title::parse("camp").ok());
    chat.command(Command::Call(Call::Event(EventCall::Edit(edit, tell))));
    assert!(told.try_recv().is_err() && chat.told().is_empty());
    assert_eq!(chat.event_settings(), EventSettings::default());
    chat.commits();
    assert_eq!(told.try_recv().unwrap(), Ok(()));
    assert_eq!(chat.told(), [format!("event {:?}", camp())]);
    assert_eq!(chat.event_settings(), camp());
}

#[test]
fn an_events_settings_of_another_hub_are_passed_on() {
    let mut chat = Chat::new(0, 50);
    let at = chat.at();
    chat.hub.changed(Change::EventSet(camp()), at);
    chat.collect();
    assert_eq!(chat.told(), [format!("event {:?}", camp())]);
    assert_eq!(chat.event_settings(), camp());
}

#[test]
fn two_changes_at_a_time_are_both_made() {
    let mut chat = Chat::new(0, 50);
    for edit in [EventEdit::Title(camp().title), EventEdit::Language(Some(Language::Ko))] {
        let (tell, _) = tokio::sync::oneshot::channel();
        chat.command(Command::Call(Call::Event(EventCall::Edit(edit, tell))));
    }
    chat.commits();
    let both = EventSettings { language: Some(Language::Ko), ..camp() };
    assert_eq!(chat.event_settings(), both);
}
