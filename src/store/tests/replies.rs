//! Messages that answer others and name people, and messages that their authors take back.

use super::*;
use crate::domain::message::Quote;
use crate::store::write::TakeBack;

impl Kit {
    async fn answers(&mut self, room: RoomId, who: u8, to: i64) -> Result<Message, Refusal> {
        let say = Say { reply_to: Some(Seq(to)), ..say(room, who, "an answer", None) };
        match self.write(Write::Say(say)).await? {
            Written::Said { message, repeated: false } => Ok(message),
            other => panic!("{other:?}"),
        }
    }

    async fn takes_back_own(
        &mut self,
        room: RoomId,
        who: u8,
        seq: i64,
        within: Duration,
    ) -> Result<Vec<i64>, Refusal> {
        let back = TakeBack { room, chatter: chatter(who).id, seq: Seq(seq), within, at: at(40) };
        match self.write(Write::TakeBack(back)).await? {
            Written::TakenBack(taken) => Ok(taken.iter().map(|(seq, _)| seq.0).collect()),
            other => panic!("{other:?}"),
        }
    }

    /// What a member reads of a room.
    async fn reads_messages(&mut self, room: RoomId, who: u8) -> Vec<Message> {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        self.store.reader.after(member, Seq(0), 100).await.unwrap().0
    }
}

fn quoted(message: &Message) -> (i64, Option<ChatterId>, &str, bool) {
    let Some(Quote { seq, chatter, excerpt, is_taken_back }) = message.quote.as_deref() else {
        panic!("{message:?}")
    };
    (seq.0, chatter.as_ref().map(|chatter| chatter.id), excerpt, *is_taken_back)
}

/// A time within which messages can be taken back that no test reaches.
const LONG: Duration = Duration::from_secs(600);

on_both! { async fn an_answer_carries_the_beginning_of_what_it_answers(mut kit: Kit) {
    let room = kit.told().await;
    let answer = kit.answers(room, 1, 2).await.unwrap();
    assert_eq!(quoted(&answer), (2, Some(chatter(1).id), "하나", false));
    let read = kit.reads_messages(room, 1).await;
    assert_eq!(read.last(), Some(&answer));
    let back = Write::Join(Join { after: Some(Seq(3)), ..join(room, 1) });
    assert!(kit.returns(back).await.missed.contains(&answer));
    let kit = &mut kit.reopened();
    kit.join(room, 1).await;
    assert!(kit.reads_messages(room, 1).await.contains(&answer));
} }

on_both! { async fn a_message_sent_again_with_its_key_is_the_same_answer(mut kit: Kit) {
    let room = kit.told().await;
    let say = |to| Say { reply_to: to, ..say(room, 1, "an answer", Some("key")) };
    let first = kit.write(Write::Say(say(Some(Seq(2))))).await;
    let again = kit.write(Write::Say(say(None))).await;
    let (Ok(Written::Said { message: first, .. }), Ok(Written::Said { message: again, repeated: true })) = (first, again)
    else { panic!() };
    assert_eq!(first, again);
} }

on_both! { async fn unreadable_and_deleted_messages_cannot_be_answered(mut kit: Kit) {
    let room = kit.told().await;
    kit.takes_back(room, &[3]).await;
    let newcomer = kit.join(room, 2).await.history.first;
    let nothing = |seq| Err(Refusal::NoMessage(Seq(seq)));
    for (who, seq) in [(1, 1), (1, 3), (1, 99), (2, 2), (2, newcomer.0)] {
        assert_eq!(kit.answers(room, who, seq).await, nothing(seq), "{who} answers {seq}");
    }
    assert!(kit.answers(room, 1, 4).await.is_ok());
} }

on_both! { async fn an_answer_shows_that_what_it_answers_was_taken_back(mut kit: Kit) {
    let room = kit.told().await;
    let answer = kit.answers(room, 1, 2).await.unwrap();
    kit.takes_back(room, &[2]).await;
    let read = kit.reads_messages(room, 1).await;
    assert_eq!(quoted(read.last().unwrap()), (2, Some(chatter(1).id), "", true));
    kit.takes_back(room, &[answer.seq.0]).await;
    let emptied = kit.reads_messages(room, 1).await.pop().unwrap();
    assert_eq!((emptied.quote, emptied.mentions, emptied.is_taken_back), (None, Vec::new(), true));
} }

on_both! { async fn mentions_are_stored_with_the_message(mut kit: Kit) {
    let room = kit.told().await;
    kit.join(room, 2).await;
    let mentions = vec![chatter(1).id, chatter(2).id];
    let say = Say { mentions: mentions.clone(), ..say(room, 1, "@n1 @n2", Some("key")) };
    let Ok(Written::Said { message, .. }) = kit.write(Write::Say(say)).await else { panic!() };
    assert_eq!(message.mentions, mentions);
    assert_eq!(kit.reads_messages(room, 1).await.last(), Some(&message));
    assert_eq!(kit.says(room, 1, "@n1 @n2", Some("key")).await, (message, true));
} }

on_both! { async fn people_take_back_their_own_messages_only(mut kit: Kit) {
    let room = kit.told().await;
    kit.join(room, 2).await;
    let note = Say { kind: Kind::Alert(crate::domain::message::Alert::Note), ..say(room, 1, "note", None) };
    let Ok(Written::Said { message: note, .. }) = kit.write(Write::Say(note)).await else { panic!() };
    for (who, seq) in [(1, 1), (2, 2), (1, 99), (1, note.seq.0)] {
        let refused = kit.takes_back_own(room, who, seq, LONG).await;
        assert_eq!(refused, Err(Refusal::NotYourMessage(Seq(seq))), "{who} takes back {seq}");
    }
    let strange = kit.takes_back_own(super::room(9).id, 1, 2, LONG).await;
    assert_eq!(strange, Err(Refusal::NoSuchRoom));
    assert_eq!(kit.takes_back_own(room, 1, 2, LONG).await, Ok(vec![2]));
    assert_eq!(kit.takes_back_own(room, 1, 2, LONG).await, Ok(vec![]), "it was before");
    let read = kit.reads_messages(room, 1).await;
    assert!(read[1].is_taken_back && read[1].content.is_empty(), "{read:?}");
    assert!(!read[2].is_taken_back);
} }

#[tokio::test]
async fn a_message_can_be_taken_back_only_for_a_time() {
    let mut kit = Kit::new();
    let room = kit.told().await;
    // It was said at 30, and is taken back at 40.
    let refused = kit.takes_back_own(room, 1, 2, Duration::from_millis(9)).await;
    assert_eq!(refused, Err(Refusal::TooLate(Duration::from_millis(9))));
    assert_eq!(kit.takes_back_own(room, 1, 2, Duration::from_millis(10)).await, Ok(vec![2]));
}

#[tokio::test]
async fn a_message_can_be_taken_back_only_for_a_time_by_the_databases_clock() {
    let Some(mut kit) = Kit::on_postgres() else { return };
    let room = kit.told().await;
    let refused = kit.takes_back_own(room, 1, 2, Duration::ZERO).await;
    // The clock has milliseconds: within the same one it is not late.
    assert!(matches!(refused, Err(Refusal::TooLate(_)) | Ok(_)), "{refused:?}");
    let sql = "SET search_path = colahub; UPDATE messages SET sent_hub = sent_hub - 601000";
    let url = kit.database.clone().unwrap();
    postgres::Postgres::shared().unwrap().sql(url.rsplit('=').next().unwrap(), sql);
    assert_eq!(kit.takes_back_own(room, 1, 3, LONG).await, Err(Refusal::TooLate(LONG)));
}

#[tokio::test]
async fn a_key_whose_first_message_is_refused_is_still_free() {
    let Some(mut kit) = Kit::on_postgres() else { return };
    let room = kit.told().await;
    let say = |to| Say { reply_to: to, ..say(room, 1, "an answer", Some("one key")) };
    kit.store.writer.submit(Write::Say(say(Some(Seq(99)))), 0).unwrap();
    kit.store.writer.submit(Write::Say(say(None)), 1).unwrap();
    let mut results = Vec::new();
    while results.len() < 2 {
        results.extend(kit.completed().await);
    }
    assert_eq!(results[0].1, Err(Refusal::NoMessage(Seq(99))));
    assert!(matches!(&results[1].1, Ok(Written::Said { repeated: false, .. })), "{results:?}");
}
