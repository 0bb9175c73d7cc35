//! Questions in these lives: their votes and answers are as they were decided, whatever happens.

use tokio::sync::oneshot;

use super::dice::Dice;
use super::truth::Truth;
use super::world::World;
use crate::domain::ids::{RoomId, Seq};
use crate::domain::refusal::Refusal;
use crate::hub::command::{Call, Command, QuestionCall};
use crate::store::{Vote, Written};

/// The host marks a question as answered, or not; mostly a new one.
pub(super) fn some_mark(room: RoomId, truth: &Truth, dice: &mut Dice) -> Option<Call> {
    let asked = truth.questions(room);
    let seq = dice.one_of(&asked.into_iter().rev().take(6).collect::<Vec<_>>());
    // Now and then what is no question, or not there.
    let seq = seq.filter(|_| dice.percent(90)).or_else(|| Some(Seq(truth.last(room).0)))?;
    let (is_answered, tell) = (dice.percent(70), oneshot::channel().0);
    Some(Call::Question(QuestionCall::Answered { room, seq, is_answered, tell }))
}

impl World {
    pub(super) fn host_marks(&mut self) {
        let Some(place) = self.some_room() else { return };
        let Some(call) = some_mark(place.id, &self.truth, &mut self.dice) else { return };
        self.tell(format!("the host marks a question: {call:?}"));
        self.command(Command::Call(call));
    }
}

impl Truth {
    /// The places of a room's questions that are there.
    pub(super) fn questions(&self, room: RoomId) -> Vec<Seq> {
        let asked = self.all_in(room).iter().filter(|message| message.question.is_some());
        asked.map(|message| message.seq).filter(|seq| !self.is_taken(room, *seq)).collect()
    }

    /// The store has decided a vote. `is_readable` is whether they may read the message.
    pub(super) fn votes(
        &mut self,
        vote: &Vote,
        is_readable: bool,
        result: &Result<Written, Refusal>,
    ) {
        let place = (vote.room, vote.seq);
        let open = self.is_open(place, false).filter(|_| is_readable);
        let expected = match open {
            None => Err(Refusal::NoMessage(vote.seq)),
            Some(message) if message.question.is_none() => Err(Refusal::NoQuestion(vote.seq)),
            Some(message) if message.chatter.id == vote.chatter => {
                Err(Refusal::OwnQuestion(vote.seq))
            }
            Some(_) => Ok(()),
        };
        let (reacted, is_new) = match (result, expected) {
            (Ok(Written::Reacted { reacted, is_new }), Ok(())) => (*reacted, *is_new),
            (Err(refusal), Err(expected)) => return assert_eq!(*refusal, expected, "{vote:?}"),
            (other, expected) => panic!("{vote:?} became {other:?}, not {expected:?}"),
        };
        self.chooses(place, Some(vote.chatter), (reacted, is_new), |before, counts| {
            let question = counts.question.as_mut().unwrap();
            question.change(before.has_vote(), vote.is_on);
            before.with_vote(vote.is_on)
        });
    }

    /// The store has decided a mark of the host.
    pub(super) fn marks(
        &mut self,
        place: (RoomId, Seq),
        is_answered: bool,
        result: &Result<Written, Refusal>,
    ) {
        let expected = match self.is_open(place, false) {
            None => Err(Refusal::NoMessage(place.1)),
            Some(message) if message.question.is_none() => Err(Refusal::NoQuestion(place.1)),
            Some(_) => Ok(()),
        };
        let (reacted, is_new) = match (result, expected) {
            (Ok(Written::Reacted { reacted, is_new }), Ok(())) => (*reacted, *is_new),
            (Err(refusal), Err(expected)) => return assert_eq!(*refusal, expected, "{place:?}"),
            (other, expected) => panic!("{place:?} became {other:?}, not {expected:?}"),
        };
        self.chooses(place, None, (reacted, is_new), |before, counts| {
            counts.question.as_mut().unwrap().is_answered = is_answered;
            before
        });
    }
}
