//! The truth about reactions, taking back and reports: what each write has to become.

use std::collections::BTreeMap;

use super::client::{View, Wish};
use super::truth::Truth;
use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::message::{Alert, Kind, Message};
use crate::domain::question::Question;
use crate::domain::reactions::{Chosen, Reacted, Reactions};
use crate::domain::refusal::Refusal;
use crate::domain::time::HubTime;
use crate::hub::command::Answer;
use crate::store::{React, ReportMessage, TakeBack, Written};

/// The counts of a message: its reactions, and its votes if it is a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) reactions: Reactions,
    pub(super) question: Option<Question>,
}

impl Counts {
    pub(super) fn of(message: &Message) -> Self {
        Self { reactions: message.reactions, question: message.question }
    }

    pub(super) fn told(reacted: &Reacted) -> Self {
        Self { reactions: reacted.reactions, question: reacted.question }
    }

    /// Those of a message that was just said.
    fn fresh(message: &Message) -> Self {
        let question = message.question.map(|_| Question::default());
        Self { reactions: Reactions::default(), question }
    }
}

/// The reactions to a message and its votes.
#[derive(Debug)]
pub(super) struct Reacting {
    by: BTreeMap<ChatterId, Chosen>,
    /// All that the counts have been, from none on, with when they became so.
    states: Vec<(HubTime, Counts)>,
}

impl Truth {
    /// How many react to a message now, and vote for it.
    pub(super) fn reactions_to(&self, room: RoomId, seq: Seq) -> Counts {
        let reacting = self.reactions.get(&(room, seq));
        let last = reacting.and_then(|reacting| reacting.states.last()).map(|(_, counts)| *counts);
        let there = self.at(room, seq).filter(|_| !self.is_taken(room, seq));
        last.or(there.map(Counts::fresh)).unwrap_or_default()
    }

    /// A client knows all reactions to what it shows.
    pub(super) fn is_reacted(&self, room: RoomId, view: &View) {
        let shown = view.known.keys().filter(|seq| !self.is_taken(room, **seq));
        for seq in shown {
            let known = view.reactions.get(seq).copied().unwrap_or_default();
            let (at, cursor) = (known.0, view.reactions_at);
            let now = self.reactions_to(room, *seq);
            assert_eq!(known.1, now, "reactions to {seq:?}, known at {at:?}, all until {cursor:?}");
        }
    }

    /// A message that was said and is there to be reacted to, or one of the kind that is reported.
    pub(super) fn is_open(
        &self,
        (room, seq): (RoomId, Seq),
        may_be_note: bool,
    ) -> Option<&Message> {
        let is_kind = |kind: &Kind| match kind {
            Kind::Said => true,
            Kind::Alert(Alert::Note) => may_be_note,
            Kind::Alert(_) => false,
        };
        let found = self.at(room, seq).filter(|message| is_kind(&message.kind));
        found.filter(|_| !self.is_taken(room, seq))
    }

    /// The store has decided a reaction. `is_readable` is whether they may read the message.
    pub(super) fn reacts(
        &mut self,
        react: &React,
        is_readable: bool,
        result: &Result<Written, Refusal>,
    ) {
        let place = (react.room, react.seq);
        let may = self.is_open(place, false).is_some() && is_readable;
        let (reacted, is_new) = match result {
            Ok(Written::Reacted { reacted, is_new }) => (*reacted, *is_new),
            other => {
                assert!(!may, "{react:?} became {other:?}");
                return assert_eq!(*other, Err(Refusal::NoMessage(react.seq)));
            }
        };
        assert!(may, "{react:?} became {reacted:?}");
        self.chooses(place, Some(react.chatter), (reacted, is_new), |before, counts| {
            let mine = before.with(react.emoji, react.is_on);
            counts.reactions.change(before, mine);
            mine
        });
    }

    /// The counts of a message have changed as `change` says, which is given what somebody has chosen before and returns
    /// what they have chosen now. Without a chatter, the host has changed them.
    pub(super) fn chooses(
        &mut self,
        place: (RoomId, Seq),
        chatter: Option<ChatterId>,
        (reacted, is_new): (Reacted, bool),
        change: impl FnOnce(Chosen, &mut Counts) -> Chosen,
    ) {
        let fresh = self.at(place.0, place.1).map(Counts::fresh).unwrap_or_default();
        let states = vec![(HubTime(0), fresh)];
        let reacting =
            self.reactions.entry(place).or_insert(Reacting { by: BTreeMap::new(), states });
        let chosen = chatter.and_then(|chatter| reacting.by.get(&chatter).copied());
        let before = chosen.unwrap_or_default();
        let (last, was) = reacting.states.last().copied().unwrap_or_default();
        let mut counts = was;
        let mine = change(before, &mut counts);
        let Counts { reactions, question } = counts;
        let expected = Reacted { seq: place.1, reactions, mine, at: reacted.at, question };
        assert_eq!((reacted, is_new), (expected, mine != before || counts != was), "{place:?}");
        assert!(if is_new { last <= reacted.at } else { last == reacted.at }, "{reacted:?}");
        if let Some(chatter) = chatter {
            reacting.by.insert(chatter, mine);
        }
        if is_new {
            reacting.states.push((reacted.at, counts));
        }
    }

    /// A hub tells of reactions: they have been so at that time or later, and the message is there.
    pub(super) fn has_been(&self, by: usize, room: RoomId, told: &Reacted) {
        assert!(!self.has_told(by, room, told.seq), "of a message that was taken back: {told:?}");
        if self.is_taken(room, told.seq) {
            return;
        }
        let reacting = self.reactions.get(&(room, told.seq)).expect("nobody has reacted");
        let is_it = |(at, was): &(HubTime, Counts)| *at >= told.at && *was == Counts::told(told);
        assert!(reacting.states.iter().any(is_it), "{told:?} was never so: {reacting:?}");
    }

    /// A message is shown with its reactions, as they are now or have been.
    pub(super) fn has_had(&self, told: &Message) {
        let reacting = self.reactions.get(&(told.room, told.seq));
        let counts = Counts::of(told);
        let has_been = reacting.is_some_and(|r| r.states.iter().any(|(_, was)| *was == counts));
        let is_fresh = self.at(told.room, told.seq).map(Counts::fresh) == Some(counts);
        let is_taken = self.is_taken(told.room, told.seq);
        assert!(is_fresh || has_been || is_taken, "never so: {told:?}");
    }

    /// A hub has acknowledged what somebody did with a message: it is so, and the room knows.
    pub(super) fn was_done(&self, by: usize, wish: &Wish, answer: &Result<Answer, Refusal>) {
        self.was_voted(wish, answer);
        match (wish, answer) {
            (
                Wish::React { room, seq } | Wish::Vote { room, seq },
                Ok(Answer::Reacted(of, reacted)),
            ) => {
                assert_eq!((of, reacted.seq), (room, *seq));
                self.has_been(by, *room, reacted);
            }
            (Wish::TakeBack { room, seq }, Ok(Answer::Done)) => {
                assert!(self.has_told(by, *room, *seq), "{seq:?} of {room}: nobody was told");
            }
            (Wish::Report { room, seq, by }, Ok(Answer::Done)) => {
                assert!(self.reports.contains(&(*room, *seq, *by)), "{wish:?} is lost");
            }
            (
                Wish::React { .. }
                | Wish::Vote { .. }
                | Wish::TakeBack { .. }
                | Wish::Report { .. },
                Ok(_),
            ) => panic!("{wish:?}: {answer:?}"),
            _ => {}
        }
    }

    /// The store has decided that somebody takes back what they have said.
    pub(super) fn takes_back(&mut self, back: &TakeBack, result: &Result<Written, Refusal>) {
        let said = self.at(back.room, back.seq);
        let is_theirs =
            said.is_some_and(|said| said.chatter.id == back.chatter && said.kind == Kind::Said);
        match result {
            Ok(Written::TakenBack(taken)) => {
                assert!(is_theirs, "{back:?} of somebody else");
                let was_there = !self.is_taken(back.room, back.seq);
                assert_eq!(taken.len(), usize::from(was_there), "{back:?}");
                taken.iter().for_each(|(seq, _)| self.taken_back(back.room, *seq));
            }
            Err(Refusal::TooLate(_)) => assert!(is_theirs),
            other => {
                assert!(!is_theirs, "{back:?} became {other:?}");
                assert_eq!(*other, Err(Refusal::NotYourMessage(back.seq)));
            }
        }
    }

    /// The store has decided a report.
    pub(super) fn reports(
        &mut self,
        report: &ReportMessage,
        is_readable: bool,
        result: &Result<Written, Refusal>,
    ) {
        let key = (report.room, report.seq, report.chatter);
        let is_known = self.reports.contains(&key);
        let author = self.at(report.room, report.seq).map(|message| message.chatter.id);
        let is_own = author == Some(report.chatter);
        let may = is_readable && self.is_open((report.room, report.seq), true).is_some();
        match result {
            Ok(Written::Reported { is_new }) => {
                assert!(may || is_known, "{report:?}");
                assert!(!is_own && *is_new != is_known, "{report:?} became {result:?}");
                self.reports.insert(key);
            }
            Err(Refusal::OwnMessage(_)) => assert!(is_own && is_readable),
            other => {
                assert!(!may && !is_known, "{report:?} became {other:?}");
                assert_eq!(*other, Err(Refusal::NoMessage(report.seq)));
            }
        }
    }
}
