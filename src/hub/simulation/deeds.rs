//! What a client does with messages besides sending them: answer, react, take back, report.

use super::client::{Client, Wish};
use super::dice::Dice;
use crate::domain::ids::{RoomId, Seq};
use crate::domain::reactions::Emoji;
use crate::domain::text::Reason;
use crate::hub::command::{Event, NewReport};

impl Client {
    /// A random place for a client to act on: mostly that of a message that it knows, and rather a new one.
    fn some_place(&self, room: RoomId, dice: &mut Dice) -> Option<Seq> {
        let view = self.views.get(&room)?;
        if dice.percent(5) {
            // One that they may not read, or that is not there.
            let known = usize::try_from(view.known.keys().next_back()?.0).unwrap();
            let far = if dice.percent(30) { 1_000_000 } else { 0 };
            return Some(Seq(i64::try_from(dice.below(known)).unwrap() + 1 + far));
        }
        let newest = if dice.percent(70) { 8 } else { usize::MAX };
        let known: Vec<Seq> = view.known.keys().rev().take(newest).copied().collect();
        dice.one_of(&known)
    }

    /// The message that the next one answers, if it answers one.
    pub(super) fn answers(&self, room: RoomId, dice: &mut Dice) -> Option<Seq> {
        if dice.percent(25) { self.some_place(room, dice) } else { None }
    }

    /// Does something with a message.
    pub(super) fn deed(&self, room: RoomId, dice: &mut Dice) -> Option<(Event, Wish)> {
        let seq = self.some_place(room, dice)?;
        Some(match dice.below(14) {
            10..=13 => {
                let asked = self.views.get(&room).into_iter().flat_map(|view| view.known.values());
                let asked = asked.filter(|known| known.question.is_some()).map(|known| known.seq);
                let newest: Vec<Seq> = asked.rev().take(5).collect();
                // Now and then for what is no question.
                let seq = dice.one_of(&newest).filter(|_| dice.percent(90)).unwrap_or(seq);
                (Event::Vote { room, seq, is_on: dice.percent(70) }, Wish::Vote { room, seq })
            }
            0..=5 => {
                let emoji = Emoji::all().nth(dice.below(3)).unwrap();
                let is_on = dice.percent(70);
                (Event::React { room, seq, emoji, is_on }, Wish::React { room, seq })
            }
            6..=7 => {
                let by = self.views.get(&room).and_then(|view| view.chatter);
                let own = self.views.get(&room).into_iter().flat_map(|view| view.known.values());
                let own = own.filter(|known| Some(known.chatter.id) == by).map(|known| known.seq);
                let newest: Vec<Seq> = own.rev().take(5).collect();
                let seq = dice.one_of(&newest).unwrap_or(seq);
                (Event::TakeBack { room, seq }, Wish::TakeBack { room, seq })
            }
            _ => {
                let by = self.views.get(&room).and_then(|view| view.chatter)?;
                let reason = Reason::parse("rude").unwrap();
                let report = NewReport { room, seq, reason };
                (Event::Report(report), Wish::Report { room, seq, by })
            }
        })
    }

    /// Whether this client may read a place.
    pub(super) fn may_read(&self, room: RoomId, seq: Seq) -> bool {
        self.views.get(&room).and_then(|view| view.first).is_some_and(|first| first <= seq)
    }
}
