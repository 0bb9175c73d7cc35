//! The rule for every event file: it has a plan, after which nothing is missing, or its slips are told; and what is there
//! then, as a file, changes nothing.

#![allow(clippy::panic, reason = "it is how a broken rule is told")]

use std::collections::HashMap;

use super::*;
use crate::domain::code::Code;
use crate::domain::event_settings::EventSettings;
use crate::domain::ids::{PollId, RoomId};
use crate::domain::mode::RoomMode;
use crate::domain::poll::{PollForm, PreparedPoll};
use crate::domain::question::Questions;
use crate::domain::slip::Slip;
use crate::domain::time::HubTime;
use crate::domain::words;

/// The text of an event file.
pub fn event_files(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match read(&text) {
        Err(slips) => are_sentences(&slips, &text),
        Ok(file) => {
            [Present::default(), some()].iter().for_each(|there| is_idempotent(&file, there));
        }
    }
}

/// Holds that each slip is one line that names a line of the file, in both languages.
fn are_sentences(slips: &[Slip], text: &str) {
    assert!(!slips.is_empty() && slips.len() <= 20, "{} slips", slips.len());
    let lines = text.split('\n').count();
    for slip in slips {
        assert!((1..=lines).contains(&slip.line), "there is no line {}", slip.line);
        for language in [Language::Ko, Language::En] {
            let sentence = words::slip(language, slip);
            assert!(!sentence.contains(char::is_control), "{sentence:?} is not one line");
            assert!(sentence.len() < 2_000, "{sentence} is a book");
        }
    }
}

fn is_idempotent(file: &EventFile, there: &Present) {
    match plan(file, there) {
        Err(slips) => assert!(!slips.is_empty()),
        Ok(planned) => {
            let mut there = there.clone();
            there.does(&planned.steps);
            let again = plan(file, &there);
            assert_eq!(again.map(|plan| plan.steps), Ok(Vec::new()), "a second time");
            changes_nothing(&there);
        }
    }
}

/// Holds that what is there, as a file, changes nothing.
pub(super) fn changes_nothing(there: &Present) {
    let shown = write(there);
    let file = read(&shown).unwrap_or_else(|slips| panic!("{slips:?} in {shown}"));
    let steps = plan(&file, there).map(|plan| plan.steps);
    assert_eq!(steps, Ok(Vec::new()), "{shown}");
}

impl Present {
    /// What the hub makes of steps.
    pub(super) fn does(&mut self, steps: &[Step]) {
        let mut made = HashMap::new();
        steps.iter().for_each(|step| self.does_one(step, &mut made));
    }

    fn does_one(&mut self, step: &Step, made: &mut HashMap<usize, RoomId>) {
        match step.clone() {
            Step::Settings(edit) => self.settings = self.settings.with(edit),
            Step::Create { number, room, position } => {
                let is_locked = matches!(room.password, FilePassword::Set(_));
                let id = new(self.rooms.len());
                made.insert(number, id);
                self.rooms.push(PresentRoom {
                    id,
                    code: Code::from_random(*id.as_bytes()),
                    namespace: room.namespace,
                    title: room.title,
                    capacity: room.capacity.unwrap_or(0),
                    lock: if is_locked { Lock::Locked { is_same: true } } else { Lock::Open },
                    history: room.history.unwrap_or(History::All),
                    mode: RoomMode { mode: room.mode.unwrap_or(Mode::Open), until: None },
                    questions: room.questions.unwrap_or_default(),
                    position,
                });
            }
            Step::Edit { room, edit, .. } => self.room(room).edit(edit),
            Step::Mode { room, mode, .. } => {
                self.room(room).mode = RoomMode { mode, until: None };
            }
            Step::Announce { text, room, minutes } => {
                let room = room.map(|(room, _)| match room {
                    RoomRef::Known(id) => id,
                    RoomRef::New(number) => made[&number],
                });
                self.announcements.push(PresentAnnouncement { room, text, minutes });
            }
            Step::Prepare { form, minutes, room, place } => {
                let room = room.map(|(room, _)| match room {
                    RoomRef::Known(id) => id,
                    RoomRef::New(number) => made[&number],
                });
                let mut bytes = [0; 16];
                bytes[..8].copy_from_slice(&(self.prepared.len() + 100).to_be_bytes());
                let id = PollId::from_random(bytes);
                self.prepared.push(PreparedPoll { id, place, room, form, minutes });
                self.prepared.sort_by_key(PreparedPoll::order);
            }
            Step::ChangePoll { poll, .. } => {
                let known = self.prepared.iter_mut().find(|known| known.id == poll.id);
                *known.unwrap_or_else(|| panic!("a step for a poll that is not there")) = poll;
                self.prepared.sort_by_key(PreparedPoll::order);
            }
        }
    }

    fn room(&mut self, id: RoomId) -> &mut PresentRoom {
        let room = self.rooms.iter_mut().find(|room| room.id == id);
        room.unwrap_or_else(|| panic!("a step for a room that is not there"))
    }
}

impl PresentRoom {
    fn edit(&mut self, edit: RoomStep) {
        let RoomStep { title, capacity, password, history, position, questions } = edit;
        self.title = title.unwrap_or_else(|| self.title.clone());
        self.capacity = capacity.unwrap_or(self.capacity);
        self.lock = match password {
            None => self.lock,
            Some(None) => Lock::Open,
            Some(Some(_)) => Lock::Locked { is_same: true },
        };
        self.history = history.unwrap_or(self.history);
        self.position = position.unwrap_or(self.position);
        self.questions = questions.unwrap_or(self.questions);
    }
}

/// The id of a room that is made as the next after so many.
fn new(number: usize) -> RoomId {
    let mut bytes = [0xff; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    RoomId::from_random(bytes)
}

/// Some rooms: two in one place, two with one title, and one that is quiet for a time.
pub(super) fn some() -> Present {
    let room = |n: u8, title: &str, position: u32| PresentRoom {
        id: RoomId::from_random([n; 16]),
        code: Code::from_random([n; 16]),
        namespace: Namespace::trusted(PLAZA.to_owned()),
        title: Title::trusted(title.to_owned()),
        capacity: 0,
        lock: Lock::Open,
        history: History::All,
        mode: RoomMode { mode: Mode::Open, until: None },
        questions: Questions::Open,
        position,
    };
    let mut rooms = vec![
        room(1, "A", 0),
        room(2, "B", 3),
        room(3, "B", 1),
        room(4, "C", 3),
        room(5, "D", 2),
        room(6, "E", 0),
    ];
    rooms[1].lock = Lock::Locked { is_same: false };
    rooms[2].questions = Questions::Held;
    rooms[4].mode = RoomMode { mode: Mode::ReadOnly, until: Some(HubTime(9)) };
    let announcement = |room: Option<u8>, text: &str| PresentAnnouncement {
        room: room.map(|n| RoomId::from_random([n; 16])),
        text: Content::trusted(text.to_owned()),
        minutes: room.map(u64::from),
    };
    let announcements = vec![
        announcement(None, "lunch"),
        announcement(Some(5), "lunch"),
        announcement(Some(5), "lunch"),
        announcement(Some(3), "in the younger of two"),
    ];
    let poll = |n: u8, place: u32, room: Option<u8>, question: &str| {
        let form = PollForm::parse(question, &["a", "b"], n > 1, Results::AtEnd);
        PreparedPoll {
            id: PollId::from_random([n; 16]),
            place,
            room: room.map(|n| RoomId::from_random([n; 16])),
            form: form.unwrap_or_else(|refusal| panic!("{refusal:?}")),
            minutes: (n > 1).then_some(n.into()),
        }
    };
    let prepared = vec![
        poll(1, 1, None, "A"),
        poll(2, 2, Some(5), "A"),
        poll(3, 2, None, "B"),
        poll(4, 7, Some(3), "in the younger of two"),
        poll(5, 7, None, "A"),
    ];
    let question = PollText::trusted("C".to_owned());
    let asked = vec![(None, question.clone()), (Some(RoomId::from_random([1; 16])), question)];
    Present { settings: EventSettings::default(), rooms, announcements, prepared, asked }
}
