//! Questions that wait for the host in these lives: nobody reads one before the host lets it through; then everybody does,
//! once. What the host drops is never said, however often its author sends it again.

use std::collections::{BTreeMap, BTreeSet};

use tokio::sync::oneshot;

use super::dice::Dice;
use super::truth::Truth;
use super::world::World;
use crate::domain::ids::{ChatterId, HeldId, MessageId, RoomId};
use crate::domain::message::{Kind, Message};
use crate::domain::question::{Dropped, HELD_EACH, Held, HeldQuestion, Questions};
use crate::domain::refusal::{HeldRefusal, Refusal};
use crate::domain::room::RoomEdit;
use crate::domain::text::Key;
use crate::hub::command::{Call, Command, EditRoom, QuestionCall, RoomValues};
use crate::store::{Deed, HostAct, Say, Write, Written};

/// What became of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Waits,
    Through(MessageId),
    Dropped,
}

/// A question that waited.
#[derive(Debug)]
struct Asked {
    room: RoomId,
    author: ChatterId,
    key: Option<String>,
    content: String,
    fate: Fate,
}

/// Which rooms have a host who reads questions first, and what was asked in them.
#[derive(Debug, Default)]
pub(super) struct Holding {
    rooms: BTreeSet<RoomId>,
    asked: BTreeMap<HeldId, Asked>,
}

impl Holding {
    fn by_content(&self, content: &str) -> Option<&Asked> {
        self.asked.values().find(|asked| asked.content == content)
    }

    fn by_key(&self, say: &Say, fate: Fate) -> Option<&Asked> {
        let key = say.key.as_ref().map(Key::as_str)?;
        let is_it = |asked: &&Asked| {
            (asked.author, asked.key.as_deref(), asked.fate) == (say.chatter, Some(key), fate)
        };
        self.asked.values().find(is_it)
    }
}

impl Truth {
    /// The store has decided a write. Returns whether a question waits since now.
    pub(super) fn decides_held(
        &mut self,
        write: &Write,
        result: &Result<Written, Refusal>,
    ) -> bool {
        match (write, result) {
            (Write::Say(say), _) => return self.decides_question(say, result),
            (Write::End { room, .. }, Ok(_)) => self.ends_questions(*room),
            (Write::Host(HostAct { deed, .. }), _) => self.host_decides_held(deed, result),
            _ => {}
        }
        false
    }

    fn decides_question(&mut self, say: &Say, result: &Result<Written, Refusal>) -> bool {
        let is_held = self.holding.rooms.contains(&say.room);
        match result {
            Ok(Written::Held(held)) => {
                assert!(say.is_question, "{say:?} waits");
                let key = say.key.as_ref().map(|key| key.as_str().to_owned());
                if let Some(known) = self.holding.asked.get(&held.id) {
                    let is = (known.author, &known.key, &known.content, known.fate);
                    assert_eq!(is, (say.chatter, &key, &held.content, Fate::Waits), "{say:?}");
                    assert!(key.is_some(), "a retry without a key: {say:?}");
                    return false;
                }
                assert!(is_held, "nobody reads the questions of this room first: {say:?}");
                assert_eq!(held.content, say.content);
                let (room, author, content) = (say.room, say.chatter, say.content.clone());
                let asked = Asked { room, author, key, content, fate: Fate::Waits };
                self.holding.asked.insert(held.id, asked);
                return true;
            }
            Ok(Written::Said { repeated: false, .. }) if say.kind == Kind::Said => {
                assert!(!is_held || !say.is_question, "said past the host: {say:?}");
                let dropped = self.holding.by_key(say, Fate::Dropped).filter(|_| say.is_question);
                assert!(dropped.is_none(), "{dropped:?} is said by {say:?}");
            }
            Err(Refusal::Held(HeldRefusal::NotLetThrough)) => {
                assert!(self.holding.by_key(say, Fate::Dropped).is_some(), "{say:?} was dropped?");
            }
            Err(Refusal::Held(HeldRefusal::TooMany)) => {
                let is_theirs = |asked: &&Asked| {
                    (asked.room, asked.author, asked.fate) == (say.room, say.chatter, Fate::Waits)
                };
                let count = self.holding.asked.values().filter(is_theirs).count();
                assert!(is_held && count >= HELD_EACH, "{count} wait: {say:?}");
            }
            _ => {}
        }
        false
    }

    fn host_decides_held(&mut self, deed: &Deed, result: &Result<Written, Refusal>) {
        let fate = |held: &HeldId| self.holding.asked.get(held).map(|asked| asked.fate);
        match (deed, result) {
            (Deed::Edit(room, RoomEdit { questions: Some(questions), .. }), Ok(_)) => {
                match questions {
                    Questions::Held => self.holding.rooms.insert(*room),
                    Questions::Open => self.holding.rooms.remove(room),
                };
            }
            (Deed::LetThrough(held), Ok(Written::Said { message, repeated })) => {
                assert_eq!((fate(held), *repeated), (Some(Fate::Waits), false), "{deed:?}");
                let asked = self.holding.asked.get_mut(held).unwrap();
                let is = (message.room, message.chatter.id, &message.content);
                assert_eq!(is, (asked.room, asked.author, &asked.content), "{deed:?}");
                assert!(message.question.is_some(), "no question: {message:?}");
                asked.fate = Fate::Through(message.id);
            }
            (
                Deed::LetThrough(held) | Deed::DropHeld(held),
                Err(Refusal::Held(HeldRefusal::NotThere)),
            ) => assert_ne!(fate(held), Some(Fate::Waits), "{deed:?}"),
            (_, Ok(Written::QuestionsDropped(dropped))) => self.drops(dropped),
            (Deed::DropHeld(_), Ok(other)) => panic!("{deed:?} became {other:?}"),
            _ => {}
        }
        if let (Deed::Close(room) | Deed::Delete(room), Ok(_)) = (deed, result) {
            let waits = self.waiting().find(|(_, of)| of == room);
            assert_eq!(waits, None, "waits in a room that was ended");
        }
    }

    fn drops(&mut self, dropped: &[Dropped]) {
        for Dropped { id, room, key, .. } in dropped {
            let asked = self.holding.asked.get_mut(id).expect("it was asked");
            let key = key.as_ref().map(Key::as_str);
            let is = (asked.room, asked.key.as_deref(), asked.fate);
            assert_eq!(is, (*room, key, Fate::Waits), "{id:?}");
            asked.fate = Fate::Dropped;
        }
    }

    /// A room has ended by itself: nobody hears of its questions any more.
    fn ends_questions(&mut self, room: RoomId) {
        for asked in self.holding.asked.values_mut() {
            if asked.room == room && asked.fate == Fate::Waits {
                asked.fate = Fate::Dropped;
            }
        }
    }

    /// The questions that wait, and their rooms.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (HeldId, RoomId)> {
        let waits = self.holding.asked.iter().filter(|(_, asked)| asked.fate == Fate::Waits);
        waits.map(|(id, asked)| (*id, asked.room))
    }

    /// What was said is a question that waited, or waits.
    pub(super) fn has_waited(&self, content: &str) -> bool {
        self.holding.by_content(content).is_some()
    }

    /// Whether a chatter's questions ever waited in a room: then what they wrote last there is not known here.
    pub(super) fn has_asked(&self, room: RoomId, author: ChatterId) -> bool {
        self.holding.asked.values().any(|asked| (asked.room, asked.author) == (room, author))
    }

    /// A hub has acknowledged a question that waits.
    pub(super) fn was_held(&self, held: &Held, key: Option<&str>, content: &str) {
        let asked = self.holding.asked.get(&held.id).expect("told before it was committed");
        let is_same = match key {
            Some(key) => asked.key.as_deref() == Some(key),
            None => asked.content == content,
        };
        assert!(is_same && asked.room == held.room, "{held:?} is {asked:?}");
    }

    /// A hub tells of a question that was dropped.
    pub(super) fn told_dropped(&self, dropped: &Dropped) {
        let asked = self.holding.asked.get(&dropped.id).expect("told before it was asked");
        assert_eq!(asked.fate, Fate::Dropped, "told before it was committed: {dropped:?}");
    }

    /// What is said is what the host has let through, each once, and nothing else that was asked.
    pub(super) fn only_let_through<'a>(&self, said: impl Iterator<Item = &'a Message>) {
        let mut through: BTreeSet<MessageId> = BTreeSet::new();
        let mut known = BTreeMap::new();
        for asked in self.holding.asked.values() {
            known.insert(asked.content.as_str(), asked.fate);
            if let Fate::Through(id) = asked.fate {
                through.insert(id);
            }
        }
        for message in said {
            through.remove(&message.id);
            if let Some(fate) = known.get(message.content.as_str()) {
                assert_eq!(*fate, Fate::Through(message.id), "{message:?}");
            }
        }
        assert!(through.is_empty(), "let through, and not said: {through:?}");
    }

    /// The host's list has what waits in the rooms that live.
    pub(super) fn is_waiting(&self, list: &[HeldQuestion], lives: impl Fn(RoomId) -> bool) {
        let listed: Vec<HeldId> = list.iter().map(|question| question.held.id).collect();
        let waits: Vec<HeldId> =
            self.waiting().filter(|(_, room)| lives(*room)).map(|(id, _)| id).collect();
        assert_eq!(listed, waits, "the host's list");
    }
}

/// The host reads the questions of a room first, or not any more.
pub(super) fn some_holding(room: RoomId, dice: &mut Dice) -> Call {
    holding(room, Questions::held(dice.percent(70)))
}

/// The call that sets how a room takes questions.
pub(super) fn holding(room: RoomId, questions: Questions) -> Call {
    let values = RoomValues { questions: Some(questions), ..RoomValues::default() };
    Call::Edit(EditRoom { room, values, is_dry: false, tell: oneshot::channel().0 })
}

/// The host lets a question through, or drops it; now and then one that does not wait any more.
pub(super) fn some_decision(truth: &Truth, dice: &mut Dice) -> Option<Call> {
    let waiting: Vec<HeldId> = truth.waiting().map(|(id, _)| id).collect();
    let all: Vec<HeldId> = truth.holding.asked.keys().copied().collect();
    let from = if dice.percent(90) { &waiting } else { &all };
    let held = dice.one_of(from)?;
    Some(Call::Question(match dice.percent(65) {
        true => QuestionCall::LetThrough(held, oneshot::channel().0),
        false => QuestionCall::Drop(held, oneshot::channel().0),
    }))
}

impl World {
    pub(super) fn host_reads_questions(&mut self) {
        let some = match self.dice.percent(35) {
            true => self.some_room().map(|place| some_holding(place.id, &mut self.dice)),
            false => some_decision(&self.truth, &mut self.dice),
        };
        let Some(call) = some else { return };
        self.tell(format!("the host reads questions: {call:?}"));
        self.command(Command::Call(call));
    }

    /// The host's list is what waits.
    pub(super) fn questions_wait(&self) {
        let living: BTreeSet<RoomId> = self.store.past().rooms.iter().map(|room| room.id).collect();
        let list = self.store.held(self.store.past().time);
        self.truth.is_waiting(&list, |room| living.contains(&room));
    }

    /// The host lets everything through, and reads no question first any more.
    pub(super) fn all_is_let_through(&mut self) {
        let rooms: Vec<RoomId> = self.hub.rooms.keys().copied().collect();
        for room in rooms {
            self.command(Command::Call(holding(room, Questions::Open)));
        }
        self.finish();
        self.questions_wait();
        let waiting: Vec<HeldId> = self.truth.waiting().map(|(id, _)| id).collect();
        for held in waiting {
            let tell = oneshot::channel().0;
            self.command(Command::Call(Call::Question(QuestionCall::LetThrough(held, tell))));
        }
        self.finish();
    }
}
