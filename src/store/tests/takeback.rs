//! Messages that the host takes back: their places stay, their content is deleted.

use super::*;

pub(in crate::store) const SECRET: &str = "내 비밀번호는 수박주스야";

impl Kit {
    pub(in crate::store) async fn host(&mut self, deed: Deed) -> Result<Written, Refusal> {
        self.write(Write::Host(HostAct { deed, what: "x".into(), by: None, at: at(40) })).await
    }

    pub(in crate::store) async fn takes_back(&mut self, room: RoomId, seqs: &[i64]) -> Vec<i64> {
        let seqs = seqs.iter().map(|seq| Seq(*seq)).collect();
        match self.host(Deed::TakeBack(room, seqs)).await {
            Ok(Written::TakenBack(taken)) => taken.into_iter().map(|(seq, _)| seq.0).collect(),
            other => panic!("{other:?}"),
        }
    }

    /// What stands in each place of the room of somebody.
    pub(in crate::store) async fn reads(&self, room: RoomId, who: u8) -> Vec<String> {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let (all, _) = self.store.reader.after(member, Seq(0), 1_000).await.unwrap();
        let places: Vec<i64> = all.iter().map(|message| message.seq.0).collect();
        assert_eq!(places, (1..=places.len() as i64).collect::<Vec<_>>(), "without gaps");
        assert!(all.iter().all(|message| message.is_taken_back == message.content.is_empty()));
        all.into_iter().map(|message| message.content).collect()
    }

    /// A room, in it a join and three messages, of which the second is the secret.
    pub(in crate::store) async fn told(&mut self) -> RoomId {
        let room = self.room(1).await;
        self.join(room, 1).await;
        self.says(room, 1, "하나", None).await;
        self.says(room, 1, SECRET, Some("k")).await;
        self.says(room, 1, "셋", None).await;
        room
    }
}

on_both! { async fn its_place_stays_empty_and_its_key_is_used(mut kit: Kit) {
    let room = kit.told().await;
    assert_eq!(kit.takes_back(room, &[3, 2, 3]).await, [3, 2]);
    assert!(kit.takes_back(room, &[3]).await.is_empty(), "it was before");
    assert_eq!(kit.reads(room, 1).await[1..], ["", "", "셋"]);
    let (again, repeated) = kit.says(room, 1, SECRET, Some("k")).await;
    assert!(repeated && again.is_taken_back, "{again:?}");
    assert_eq!((again.seq, again.content.as_str()), (Seq(3), ""));
    let kit = kit.reopened();
    assert_eq!(kit.reads(room, 1).await[1..], ["", "", "셋"]);
} }

on_both! { async fn all_of_them_can_be_taken_back_or_none_is(mut kit: Kit) {
    let room = kit.told().await;
    let none = kit.host(Deed::TakeBack(room, vec![Seq(3), Seq(9)])).await;
    assert_eq!(none, Err(Refusal::NoSuchMessage(Seq(9))));
    let notice = kit.host(Deed::TakeBack(room, vec![Seq(1)])).await;
    assert_eq!(notice, Err(Refusal::NoSuchMessage(Seq(1))), "the hub's own words stand");
    let elsewhere = kit.room(2).await;
    let strange = kit.host(Deed::TakeBack(elsewhere, vec![Seq(3)])).await;
    assert_eq!(strange, Err(Refusal::NoSuchMessage(Seq(3))));
    assert_eq!(kit.reads(room, 1).await[2], SECRET);
    assert!(kit.store.reader.host_log(9).await.unwrap().is_empty(), "a refusal is no deed");
} }

on_both! { async fn a_returning_member_learns_of_it_and_begins_again_after_too_many(mut kit: Kit) {
    let room = kit.told().await;
    let back = |after| Write::Join(Join { after, notice: None, ..join(room, 1) });
    kit.takes_back(room, &[3]).await;
    let history = kit.returns(back(Some(Seq(4)))).await;
    assert_eq!((history.taken_back, history.reset), (vec![Seq(3)], false));
    let early = kit.returns(back(Some(Seq(2)))).await;
    assert!(early.taken_back.is_empty(), "it is among what they missed: {early:?}");
    assert!(early.missed[0].is_taken_back);
    assert!(kit.returns(back(None)).await.taken_back.is_empty());
    for n in 0..500 {
        kit.says(room, 1, &format!("{n}"), None).await;
    }
    let all: Vec<i64> = (5..505).collect();
    assert_eq!(kit.takes_back(room, &all).await.len(), 500);
    let history = kit.returns(back(Some(Seq(504)))).await;
    assert!(history.reset && history.taken_back.is_empty(), "501 are too many to be told of");
    assert_eq!(history.missed[0].seq, Seq(1));
} }

on_both! { async fn a_client_with_only_an_answer_learns_that_the_answered_message_was_taken_back(mut kit: Kit) {
    let room = kit.told().await;
    kit.join(room, 2).await;
    let answer = Say { reply_to: Some(Seq(3)), ..say(room, 1, "so what", None) };
    let Ok(Written::Said { message, .. }) = kit.write(Write::Say(answer)).await else { panic!() };
    assert_eq!(message.quote.unwrap().excerpt, SECRET);
    kit.takes_back(room, &[3]).await;
    let history = kit.returns(Write::Join(Join { after: Some(message.seq), ..join(room, 2) })).await;
    assert!(history.first > Seq(3) && !history.reset);
    assert_eq!(history.taken_back, [Seq(3)]);
    let mut many = Vec::new();
    for n in 0..500 {
        many.push(kit.says(room, 1, &format!("{n}"), None).await.0.seq.0);
    }
    kit.takes_back(room, &many).await;
    let after = many.last().map(|seq| Seq(*seq));
    let history = kit.returns(Write::Join(Join { after, ..join(room, 2) })).await;
    assert!(!history.reset, "what they may not read does not make too many");
    assert_eq!(history.taken_back, many.into_iter().map(Seq).collect::<Vec<_>>());
} }

on_both! { async fn nobody_new_comes_into_a_shut_room_until_it_is_open_again(mut kit: Kit) {
    let room = kit.told().await;
    kit.host(Deed::SetMode(SetMode::shut(room, true))).await.unwrap();
    let kit_join = |who, admitted| Write::Join(Join { admitted, ..join(room, who) });
    assert_eq!(kit.write(kit_join(2, true)).await, Err(Refusal::Shut));
    assert_eq!(kit.write(kit_join(2, false)).await, Err(Refusal::Shut));
    assert!(kit.write(kit_join(1, false)).await.is_ok(), "who was there comes back");
    let mut kit = kit.reopened();
    assert!(kit.store.past.rooms[0].mode.is_shut());
    assert_eq!(kit.write(kit_join(2, true)).await, Err(Refusal::Shut));
    kit.host(Deed::SetMode(SetMode::shut(room, false))).await.unwrap();
    assert!(kit.write(kit_join(2, true)).await.is_ok());
} }

on_both! { async fn newcomers_read_a_room_from_where_it_says_and_members_as_before(mut kit: Kit) {
    let spacious = Room { capacity: 0, ..room(1) };
    let room = spacious.id;
    kit.write(Write::Room(spacious)).await.unwrap();
    kit.join(room, 1).await;
    let newest = kit.says(room, 1, "the newest", None).await.0.seq;
    assert_eq!(kit.join(room, 2).await.history.first, newest.next(), "their own first message");
    kit.host(Deed::History(room, History::All)).await.unwrap();
    assert_eq!(kit.join(room, 3).await.history.first, Seq(1));
    assert_eq!(kit.join(room, 2).await.history.first, newest.next(), "it is for those who come later");
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.rooms[0].history, History::All);
    let late = kit.join(room, 4).await.history;
    assert_eq!((late.first, late.pruned), (Seq(1), false));
    let member = kit.store.reader.member(room, chatter(4).id).await.unwrap().unwrap();
    let (read, more) = kit.store.reader.before(member, newest.next(), 100).await.unwrap();
    assert_eq!((read.len(), more), (usize::try_from(newest.0).unwrap(), false));
    kit.host(Deed::History(room, History::Joined)).await.unwrap();
    let last = late.last;
    assert!(kit.join(room, 5).await.history.first > last);
    assert_eq!(kit.store.reader.host_log(1).await.unwrap()[0].deed, "room history");
    assert_eq!(kit.host(Deed::History(super::room(9).id, History::All)).await, Err(Refusal::NoSuchRoom));
} }

on_both! { async fn a_hosts_room_is_stored_as_such(mut kit: Kit) {
    let own = Room { by_host: true, history: History::All, ..room(1) };
    kit.host(Deed::Create(own.clone())).await.unwrap();
    let kit = kit.reopened();
    assert_eq!(kit.store.past.rooms, [own]);
    assert_eq!(kit.store.reader.host_log(9).await.unwrap()[0].deed, "room create");
} }
