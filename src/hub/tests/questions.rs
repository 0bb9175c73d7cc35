//! Votes and marks in the hub: who may vote, and what the room is told.

use super::*;
use crate::domain::ids::HeldId;
use crate::domain::mute::Mute;
use crate::domain::question::{Dropped, Held, Question};
use crate::domain::reactions::Reacted;
use crate::hub::command::QuestionCall;
use crate::store::Change;

/// What the store answers to a vote or a mark.
pub(super) fn changed(seq: Seq, is_on: bool, at: Moment) -> Written {
    let (reactions, mine) = (Reactions::default(), Chosen::default().with_vote(is_on));
    let question = Some(Question { votes: u32::from(is_on), is_answered: false });
    let reacted = Reacted { seq, reactions, mine, at: at.hub, question };
    Written::Reacted { reacted, is_new: true }
}

fn vote(seq: i64) -> Event {
    Event::Vote { room: room(0).id, seq: Seq(seq), is_on: true }
}

#[test]
fn votes_and_marks_go_out_together_with_reactions() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let first = chat.event(1, vote(5));
    chat.commits();
    let Ok(Answer::Reacted(_, reacted)) = first.try_recv().unwrap() else { panic!() };
    assert!(reacted.mine.has_vote());
    assert_eq!(chat.told(), [""; 0], "they are gathered");
    chat.time_passes(100);
    let again = chat.event(1, vote(5));
    let (tell, marked) = tokio::sync::oneshot::channel();
    let (room, seq) = (room(0).id, Seq(7));
    let call = QuestionCall::Answered { room, seq, is_answered: true, tell };
    chat.command(Command::Call(Call::Question(call)));
    chat.commits();
    assert!(again.try_recv().unwrap().is_ok());
    assert_eq!(marked.blocking_recv().unwrap(), Ok(()));
    chat.time_passes(200);
    assert_eq!(chat.told(), ["reactions to 5", "reactions to 7"], "once each");
}

#[test]
fn people_in_the_room_vote_and_those_who_are_muted_do_too() {
    let mut chat = Chat::new(0, 50);
    chat.connects(1);
    assert_eq!(chat.event(1, vote(5)).try_recv().unwrap().unwrap_err(), Refusal::NotJoined);
    chat.is_in(2);
    let (identity, chatter) = (owner(2), chat.members[&owner(2)].clone());
    let mute = Mute { chatter: chatter.id, identity, nickname: chatter.nickname, until: None };
    let at = chat.at();
    chat.hub.changed(Change::Muted(mute), at);
    let voted = chat.event(2, vote(5));
    chat.commits();
    assert!(voted.try_recv().unwrap().is_ok(), "a vote says nothing to others");
}

/// What is said in these tests where the store lets a question wait.
pub(super) const WAITS: &str = "waits";

pub(super) fn held(room: RoomId, at: Moment) -> Held {
    Held { id: HeldId(7), room, content: WAITS.to_owned(), at: at.wall }
}

#[test]
fn a_question_that_waits_is_told_to_its_author_alone_until_it_is_let_through() {
    let mut chat = Chat::new(0, 50);
    chat.is_in(1);
    chat.told();
    let ask = Event::Say {
        room: room(0).id,
        content: Content::parse(WAITS).unwrap(),
        key: None,
        reply_to: None,
        mentions: Vec::new(),
        is_question: true,
    };
    let asked = chat.event(1, ask);
    chat.commits();
    let Ok(Answer::Held(told)) = asked.try_recv().unwrap() else { panic!() };
    assert_eq!((told.id, told.content.as_str()), (HeldId(7), WAITS));
    assert_eq!(chat.told(), [""; 0], "nobody else is told");
    let (tell, _told) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Question(QuestionCall::Drop(told.id, tell))));
    let (_, then) = chat.pending.pop_front().unwrap();
    let dropped = |n| Dropped { id: HeldId(7), room: room(0).id, author: owner(n), key: None };
    let at = chat.at();
    chat.hub.ended((then, Ok(Written::QuestionsDropped(vec![dropped(1)]))), at);
    chat.collect();
    assert_eq!(chat.told(), ["question 7 dropped"], "its author is told");
    chat.hub.changed(Change::QuestionDropped(dropped(1)), at);
    chat.hub.changed(Change::QuestionDropped(dropped(3)), at);
    chat.collect();
    assert_eq!(chat.told(), ["question 7 dropped"], "through another hub, too, and nobody else");
    let (tell, through) = tokio::sync::oneshot::channel();
    chat.command(Command::Call(Call::Question(QuestionCall::LetThrough(told.id, tell))));
    chat.commits();
    let message = through.blocking_recv().unwrap().unwrap();
    assert_eq!(message.kind, Kind::Said);
    assert_eq!(chat.told().len(), 1, "the room is told of the message");
}
