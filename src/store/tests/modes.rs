//! The modes of rooms: who may come in, who may write, and how often.

use super::*;
use crate::domain::message::Alert;
use crate::domain::mode::Mode;
use crate::domain::reactions::Emoji;

const HOUR: Mode = Mode::Slow(Duration::from_secs(3_600));

impl Kit {
    async fn sets(&mut self, room: RoomId, mode: Mode) {
        self.sets_until(room, mode, None).await;
    }

    async fn sets_until(&mut self, room: RoomId, mode: Mode, until: Option<HubTime>) {
        self.host(set(&[room], RoomMode { mode, until })).await.unwrap();
    }

    async fn tries(
        &mut self,
        room: RoomId,
        who: u8,
        key: Option<&str>,
    ) -> Result<Written, Refusal> {
        self.write(Write::Say(say(room, who, "hi", key))).await
    }

    /// Somebody may not write yet. Returns how long they wait.
    async fn waits(&mut self, room: RoomId, who: u8) -> Duration {
        match self.tries(room, who, None).await {
            Err(Refusal::SlowMode(wait)) => wait,
            other => panic!("{other:?}"),
        }
    }
}

fn set(rooms: &[RoomId], mode: RoomMode) -> Deed {
    Deed::SetMode(SetMode { rooms: rooms.to_vec(), mode, deed: "room mode" })
}

fn note(room: RoomId, who: u8) -> Write {
    Write::Say(Say { kind: Kind::Alert(Alert::Note), ..say(room, who, "waves", None) })
}

fn notice(room: RoomId, who: u8) -> Write {
    Write::Say(Say { kind: Kind::Alert(Alert::Joined(3)), ..say(room, who, "three joined", None) })
}

on_both! { async fn a_slow_room_takes_one_message_a_person_however_they_come(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    kit.sets(room, HOUR).await;
    let (first, _) = kit.says(room, 1, "once", Some("k")).await;
    let wait = kit.waits(room, 1).await;
    assert!(wait > Duration::from_secs(3_500) && wait <= Duration::from_secs(3_600), "{wait:?}");
    assert!(matches!(kit.write(note(room, 1)).await, Err(Refusal::SlowMode(_))));
    kit.write(notice(room, 1)).await.unwrap();
    let (again, repeated) = kit.says(room, 1, "twice", Some("k")).await;
    assert!(repeated && again.id == first.id, "a key is answered as ever");
    kit.says(room, 2, "the other", None).await;
    let nickname = Nickname::parse("another").unwrap();
    let rename = Rename { chatter: chatter(1).id, owner: None, nickname, may_held: false, notice: None, at: at(30) };
    kit.write(Write::Rename(rename)).await.unwrap();
    let left = Leave { room, chatter: chatter(1), everywhere: false, notice: None, at: at(30) };
    kit.write(Write::Leave(left)).await.unwrap();
    kit.join(room, 1).await;
    kit.waits(room, 1).await;
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.rooms[0].mode, RoomMode { mode: HOUR, until: None });
    kit.join(room, 1).await;
    kit.waits(room, 1).await;
    kit.sets(room, Mode::Open).await;
    kit.says(room, 1, "at last", None).await;
    kit.says(room, 1, "and again", None).await;
} }

on_both! { async fn who_has_waited_as_long_as_they_were_told_may_write(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.sets(room, Mode::Slow(Duration::from_secs(1))).await;
    kit.says(room, 1, "once", None).await;
    let wait = kit.waits(room, 1).await;
    // PostgreSQL goes by its own clock, SQLite by what the hub says.
    tokio::time::sleep(wait).await;
    let later = Moment { hub: at(30).hub.after(wait), ..at(30) };
    let early = Moment { hub: HubTime(later.hub.0 - 1), ..later };
    if kit.database.is_none() {
        let refused = kit.write(Write::Say(Say { at: early, ..say(room, 1, "x", None) })).await;
        assert_eq!(refused, Err(Refusal::SlowMode(Duration::from_millis(1))));
    }
    kit.write(Write::Say(Say { at: later, ..say(room, 1, "x", None) })).await.unwrap();
} }

on_both! { async fn a_message_from_just_before_a_room_is_slow_counts(mut kit: Kit) {
    let (room, other) = (kit.room(1).await, kit.room(2).await);
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    kit.write(Write::Join(Join { wanted: Some(chatter(1).id), ..join(other, 1) })).await.unwrap();
    kit.says(room, 1, "before", None).await;
    kit.write(notice(room, 2)).await.unwrap();
    kit.sets(room, HOUR).await;
    kit.sets(other, HOUR).await;
    kit.waits(room, 1).await;
    kit.says(room, 2, "only told of", None).await;
    kit.says(other, 1, "each room for itself", None).await;
    kit.sets(room, Mode::Open).await;
    kit.says(room, 2, "while it was open", None).await;
    kit.sets(room, HOUR).await;
    kit.waits(room, 2).await;
} }

on_both! { async fn of_one_batch_a_slow_room_takes_what_it_would_take_one_by_one(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    kit.sets(room, HOUR).await;
    let asked = [(1, "a"), (1, "a"), (1, "b"), (2, "a"), (1, "b"), (2, "c"), (1, "a")];
    for (n, (who, key)) in (0..).zip(asked) {
        kit.store.writer.submit(Write::Say(say(room, who, "x", Some(key))), n).unwrap();
    }
    let mut ended = Vec::new();
    while ended.len() < asked.len() {
        ended.extend(kit.completed().await);
    }
    let told: Vec<&str> = ended.iter().map(|(_, result)| match result {
        Ok(Written::Said { repeated: false, .. }) => "said",
        Ok(Written::Said { repeated: true, .. }) => "repeated",
        Err(Refusal::SlowMode(_)) => "slow",
        other => panic!("{other:?}"),
    }).collect();
    assert_eq!(told, ["said", "repeated", "slow", "said", "slow", "slow", "repeated"]);
    let places = ended.iter().filter_map(|(_, result)| match result {
        Ok(Written::Said { message, .. }) => Some(message.seq.0),
        _ => None,
    });
    assert_eq!(places.collect::<Vec<_>>(), [3, 3, 4, 3], "without gaps");
} }

on_both! { async fn in_a_room_for_reading_people_come_read_react_and_do_not_write(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let (said, _) = kit.says(room, 1, "before", Some("k")).await;
    kit.sets(room, Mode::ReadOnly).await;
    assert_eq!(kit.tries(room, 1, None).await, Err(Refusal::RoomReadOnly(None)));
    assert_eq!(kit.write(note(room, 1)).await, Err(Refusal::RoomReadOnly(None)));
    assert!(kit.says(room, 1, "before", Some("k")).await.1, "a key is answered as ever");
    assert!(kit.join(room, 2).await.alert.is_some(), "newcomers come in, and are told of");
    let emoji = Emoji::all().next().unwrap();
    let react = React { room, chatter: chatter(1).id, seq: said.seq, emoji, is_on: true, at: at(30) };
    assert!(matches!(kit.write(Write::React(react)).await, Ok(Written::Reacted { is_new: true, .. })));
    let within = Duration::from_secs(600);
    let back = TakeBack { room, chatter: chatter(1).id, seq: said.seq, within, at: at(30) };
    assert_eq!(kit.write(Write::TakeBack(back)).await, Ok(Written::TakenBack(vec![(said.seq, said.id)])));
    let mut kit = kit.reopened();
    kit.join(room, 1).await;
    assert_eq!(kit.tries(room, 1, None).await, Err(Refusal::RoomReadOnly(None)));
} }

on_both! { async fn a_mode_for_a_time_is_over_by_itself(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let (past, later) = (Some(HubTime(0)), Some(HubTime(1 << 50)));
    kit.sets_until(room, Mode::ReadOnly, later).await;
    assert_eq!(kit.tries(room, 1, None).await, Err(Refusal::RoomReadOnly(None)));
    let mut kit = kit.reopened();
    assert_eq!(kit.store.past.rooms[0].mode, RoomMode { mode: Mode::ReadOnly, until: later });
    kit.join(room, 1).await;
    assert_eq!(kit.tries(room, 1, None).await, Err(Refusal::RoomReadOnly(None)));
    for mode in [Mode::ReadOnly, HOUR] {
        kit.sets_until(room, mode, past).await;
        kit.says(room, 1, "once", None).await;
        kit.says(room, 1, "twice", None).await;
    }
    kit.sets_until(room, Mode::Members(None), later).await;
    assert_eq!(kit.write(Write::Join(join(room, 2))).await, Err(Refusal::Shut));
    kit.sets_until(room, Mode::Members(None), past).await;
    kit.join(room, 2).await;
} }

on_both! { async fn the_mode_of_all_rooms_is_set_at_once(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    kit.write(Write::Join(Join { wanted: Some(chatter(1).id), ..join(two, 1) })).await.unwrap();
    let (mode, gone) = (RoomMode { mode: Mode::ReadOnly, until: None }, room(9).id);
    kit.host(set(&[one, gone, two], mode)).await.unwrap();
    for room in [one, two] {
        assert_eq!(kit.tries(room, 1, None).await, Err(Refusal::RoomReadOnly(None)));
    }
    assert_eq!(kit.host(set(&[gone], mode)).await, Err(Refusal::NoSuchRoom));
    let log = kit.store.reader.host_log(9).await.unwrap();
    assert_eq!(log.iter().map(|done| done.deed.as_str()).collect::<Vec<_>>(), ["room mode"]);
} }

on_both! { async fn whoever_has_been_at_the_hub_long_enough_comes_in_and_writes(mut kit: Kit) {
    let (room, other) = (kit.room(1).await, kit.room(2).await);
    kit.join(room, 1).await;
    kit.join(other, 2).await;
    let elsewhere = Write::Look { room, identity: identity(2) };
    let Ok(Written::Looked { is_member: false, came: Some(came) }) = kit.write(elsewhere).await else { panic!() };
    let nobody = kit.write(Write::Look { room, identity: identity(3) }).await;
    assert_eq!(nobody, Ok(Written::Looked { is_member: false, came: None }));
    kit.sets(room, Mode::Members(Some(Duration::from_secs(3_600)))).await;
    assert_eq!(kit.write(Write::Join(join(room, 2))).await, Err(Refusal::Shut));
    assert_eq!(kit.write(Write::Join(join(room, 3))).await, Err(Refusal::Shut));
    let Err(Refusal::TooNew(wait)) = kit.tries(room, 1, None).await else { panic!() };
    assert!(wait > Duration::from_secs(3_500) && wait <= Duration::from_secs(3_600), "{wait:?}");
    assert!(matches!(kit.write(note(room, 1)).await, Err(Refusal::TooNew(_))));
    kit.write(notice(room, 1)).await.unwrap();
    let mut kit = kit.reopened();
    kit.join(room, 1).await;
    assert!(matches!(kit.tries(room, 1, None).await, Err(Refusal::TooNew(_))), "also after a restart");
    let span = Duration::from_secs(1);
    kit.sets(room, Mode::Members(Some(span))).await;
    // PostgreSQL goes by its own clock, SQLite by what the hub says.
    tokio::time::sleep(span).await;
    let late = Moment { hub: came.after(span).max(at(30).hub.after(span)), ..at(30) };
    kit.write(Write::Say(Say { at: late, ..say(room, 1, "hi", None) })).await.unwrap();
    kit.write(Write::Join(Join { at: late, fresh: chatter(7), ..join(room, 2) })).await.unwrap();
    let newcomer = kit.write(Write::Join(Join { at: late, ..join(room, 3) })).await;
    assert_eq!(newcomer, Err(Refusal::Shut));
} }

#[tokio::test]
async fn another_hub_hears_of_a_mode_and_holds_to_it() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    one.join(room, 1).await;
    two.join(room, 1).await;
    one.sets(room, HOUR).await;
    let mode = RoomMode { mode: HOUR, until: None };
    let mut heard = two.hears(1).await;
    while heard.last() != Some(&Change::RoomMode { room, mode }) {
        heard = two.hears(1).await;
    }
    one.says(room, 1, "through the one", None).await;
    two.waits(room, 1).await;
}
