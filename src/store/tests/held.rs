//! Questions that wait for the host.

use super::*;
use crate::domain::ids::HeldId;
use crate::domain::mute::Mute;
use crate::domain::question::{Dropped, HELD_EACH, Held, HeldQuestion, Question, Questions};
use crate::domain::refusal::HeldRefusal;
use crate::domain::room::RoomEdit;

impl Kit {
    /// A room in which three people are, and the host reads questions first.
    async fn holds(&mut self) -> RoomId {
        let room = self.room(1).await;
        for who in 1..=3 {
            self.join(room, who).await;
        }
        self.takes_questions(room, Questions::Held).await;
        room
    }

    async fn takes_questions(&mut self, room: RoomId, questions: Questions) {
        let edit = RoomEdit { questions: Some(questions), ..RoomEdit::default() };
        self.host(Deed::Edit(room, edit)).await.unwrap();
    }

    async fn is_held(&mut self, room: RoomId, who: u8, what: &str, key: Option<&str>) -> Held {
        match self.asks_to_wait(room, who, what, key).await {
            Ok(Written::Held(held)) => held,
            other => panic!("{other:?}"),
        }
    }

    async fn asks_to_wait(
        &mut self,
        room: RoomId,
        who: u8,
        what: &str,
        key: Option<&str>,
    ) -> Result<Written, Refusal> {
        self.write(Write::Say(Say { is_question: true, ..say(room, who, what, key) })).await
    }

    async fn all_held(&mut self) -> Vec<HeldQuestion> {
        self.store.reader.held(None, at(100).hub, 9).await.unwrap()
    }

    async fn let_in(&mut self, held: HeldId) -> Result<Message, Refusal> {
        match self.host(Deed::LetThrough(held)).await? {
            Written::Said { message, repeated: false } => Ok(message),
            other => panic!("{other:?}"),
        }
    }
}

const GONE: Refusal = Refusal::Held(HeldRefusal::NotThere);
const NOT_LET_THROUGH: Refusal = Refusal::Held(HeldRefusal::NotLetThrough);

on_both! { async fn a_question_waits_without_a_place_and_gets_one_when_it_is_let_through(mut kit: Kit) {
    let room = kit.holds().await;
    let Ok(Written::Said { message: said, .. }) = kit.write(Write::Say(say(room, 2, "hi", None))).await
    else { panic!("not a question, so it does not wait") };
    let held = kit.is_held(room, 1, "왜요?", Some("k")).await;
    assert_eq!((held.room, held.content.as_str()), (room, "왜요?"));
    let all = kit.all_held().await;
    assert_eq!(all.iter().map(|one| &one.held).collect::<Vec<_>>(), [&held]);
    assert_eq!((&all[0].code, &all[0].chatter.nickname), (&super::room(1).code, &chatter(1).nickname));
    assert_eq!(kit.store.reader.newest(room, 1).await.unwrap()[0].seq, said.seq, "it has no place");
    let mut kit = kit.reopened();
    for who in 1..=3 {
        kit.join(room, who).await;
    }
    assert_eq!(kit.is_held(room, 1, "other words", Some("k")).await, held, "a retry, after a restart");
    let last = kit.store.reader.newest(room, 1).await.unwrap()[0].seq;
    let message = kit.let_in(held.id).await.unwrap();
    assert_eq!((message.seq, message.chatter.id), (last.next(), chatter(1).id));
    assert_eq!((message.content.as_str(), message.question), ("왜요?", Some(Question::default())));
    assert_eq!(kit.all_held().await, []);
    assert_eq!(kit.let_in(held.id).await, Err(GONE), "once");
    let again = kit.asks_to_wait(room, 1, "왜요?", Some("k")).await;
    assert_eq!(again, Ok(Written::Said { message, repeated: true }), "a retry finds the message");
} }

on_both! { async fn a_question_that_is_dropped_does_not_come_back(mut kit: Kit) {
    let room = kit.holds().await;
    let held = kit.is_held(room, 1, "secret", Some("k")).await;
    let (author, key) = (identity(1), Key::parse("k").ok());
    let dropped = Dropped { id: held.id, room, author, key };
    let told = kit.host(Deed::DropHeld(held.id)).await;
    assert_eq!(told, Ok(Written::QuestionsDropped(vec![dropped])), "its author can be told");
    assert_eq!(kit.host(Deed::DropHeld(held.id)).await, Err(GONE));
    assert_eq!(kit.let_in(held.id).await, Err(GONE));
    assert_eq!(kit.all_held().await, []);
    assert_eq!(kit.asks_to_wait(room, 1, "secret", Some("k")).await, Err(NOT_LET_THROUGH));
    kit.takes_questions(room, Questions::Open).await;
    assert_eq!(kit.asks_to_wait(room, 1, "secret", Some("k")).await, Err(NOT_LET_THROUGH));
    let asked = kit.asks_to_wait(room, 1, "another", Some("k2")).await;
    assert!(matches!(asked, Ok(Written::Said { .. })), "{asked:?}");
} }

on_both! { async fn what_waits_stays_when_a_room_is_opened_and_goes_when_it_ends(mut kit: Kit) {
    let room = kit.holds().await;
    let one = kit.is_held(room, 1, "one", None).await;
    let two = kit.is_held(room, 1, "two", Some("k")).await;
    kit.takes_questions(room, Questions::Open).await;
    assert_eq!(kit.all_held().await.len(), 2);
    assert_eq!(kit.let_in(one.id).await.unwrap().content, "one");
    let told = kit.host(Deed::Close(room)).await;
    let dropped = Dropped { id: two.id, room, author: identity(1), key: Key::parse("k").ok() };
    assert_eq!(told, Ok(Written::QuestionsDropped(vec![dropped])));
    assert_eq!(kit.host(Deed::Delete(room)).await, Ok(Written::Done));
    assert_eq!(kit.all_held().await, []);
    assert_eq!(kit.let_in(two.id).await, Err(GONE));
} }

on_both! { async fn the_muted_and_the_banned_ask_nothing_any_more(mut kit: Kit) {
    let room = kit.holds().await;
    let muted = [kit.is_held(room, 1, "mute", Some("k")).await, kit.is_held(room, 1, "too", None).await];
    let banned = kit.is_held(room, 2, "ban", None).await;
    let stays = kit.is_held(room, 3, "stays", None).await;
    let named = |who: u8| (chatter(who).id, identity(who), chatter(who).nickname);
    let (id, of, nickname) = named(1);
    let mute = Mute { chatter: id, identity: of, nickname, until: None };
    let told = kit.host(Deed::Mute(mute.clone())).await.unwrap();
    let dropped = |held: &Held, who, key| Dropped {
        id: held.id, room, author: identity(who), key: Key::parse(key).ok()
    };
    let theirs = vec![dropped(&muted[0], 1, "k"), dropped(&muted[1], 1, "")];
    assert_eq!(told, Written::QuestionsDropped(theirs), "their author can be told");
    assert_eq!(kit.host(Deed::Mute(mute)).await, Ok(Written::Done), "nothing waits any more");
    let (id, of, nickname) = named(2);
    let told = kit.host(Deed::Ban(Ban { chatter: id, identity: of, nickname, address: None })).await;
    assert_eq!(told, Ok(Written::QuestionsDropped(vec![dropped(&banned, 2, "")])));
    let left = kit.all_held().await;
    assert_eq!(left.iter().map(|one| one.held.id).collect::<Vec<_>>(), [stays.id]);
} }

on_both! { async fn only_so_many_questions_of_one_person_wait(mut kit: Kit) {
    let room = kit.holds().await;
    let mut ids = Vec::new();
    for number in 0..HELD_EACH {
        ids.push(kit.is_held(room, 1, &number.to_string(), None).await.id);
    }
    let more = kit.asks_to_wait(room, 1, "more", None).await;
    assert_eq!(more, Err(Refusal::Held(HeldRefusal::TooMany)));
    kit.is_held(room, 2, "theirs", None).await;
    kit.host(Deed::DropHeld(ids[0])).await.unwrap();
    let last = kit.is_held(room, 1, "again", None).await;
    assert!(ids.iter().all(|id| *id < last.id), "no number is given twice");
} }

on_both! { async fn a_question_answers_what_is_there(mut kit: Kit) {
    let room = kit.holds().await;
    let Ok(Written::Said { message: said, .. }) = kit.write(Write::Say(say(room, 2, "hi", None))).await
    else { panic!() };
    let ask = |to: Seq, key| Write::Say(Say {
        is_question: true,
        reply_to: Some(to),
        mentions: vec![chatter(2).id],
        ..say(room, 1, "?", Some(key))
    });
    let none = kit.write(ask(Seq(99), "none")).await;
    assert_eq!(none, Err(Refusal::NoMessage(Seq(99))));
    let mut held = Vec::new();
    for key in ["a", "b"] {
        let Ok(Written::Held(one)) = kit.write(ask(said.seq, key)).await else { panic!() };
        held.push(one.id);
    }
    let message = kit.let_in(held[0]).await.unwrap();
    assert_eq!(message.quote.map(|quote| quote.seq), Some(said.seq));
    assert_eq!(message.mentions, [chatter(2).id]);
    kit.takes_back(room, &[said.seq.0]).await;
    assert_eq!(kit.let_in(held[1]).await.unwrap().quote, None, "it is gone by now");
} }

#[tokio::test]
async fn other_hubs_hear_whose_question_was_dropped() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.holds().await;
    let held = one.is_held(room, 1, "secret", Some("k")).await;
    let mut two = one.another(8);
    one.host(Deed::DropHeld(held.id)).await.unwrap();
    let (author, key) = (identity(1), Key::parse("k").ok());
    let dropped = Change::QuestionDropped(Dropped { id: held.id, room, author, key });
    two.hears_until(|change| *change == dropped).await;
    // Also where it is dropped with something else.
    let held = one.is_held(room, 2, "theirs", None).await;
    one.host(Deed::Close(room)).await.unwrap();
    let dropped =
        Change::QuestionDropped(Dropped { id: held.id, room, author: identity(2), key: None });
    let heard = two.hears_until(|change| matches!(change, Change::RoomEnded { .. })).await;
    assert!(heard.contains(&dropped), "before the end: {heard:?}");
}
