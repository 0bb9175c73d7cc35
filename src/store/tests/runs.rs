//! Several hubs on one store: what each decides, and what each hears of the others. On PostgreSQL only.

use super::*;

impl Kit {
    /// Collects the changes of other hubs, until there are `most`.
    pub(super) async fn hears(&mut self, most: usize) -> Vec<Change> {
        let mut heard = Vec::new();
        while heard.len() < most {
            match self.store.reports.recv().await {
                Some(Report::Changes(changes)) => heard.extend(changes),
                Some(Report::Completed(_) | Report::Time(_)) => {}
                None => panic!("the store has ended after {heard:?}"),
            }
        }
        heard
    }
}

fn leave(room: RoomId, who: u8) -> Write {
    let notice = Some(Language::En);
    Write::Leave(Leave { room, chatter: chatter(who), everywhere: false, notice, at: at(40) })
}

#[tokio::test]
async fn each_hub_hears_what_the_others_commit_in_their_order() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    one.join(room, 1).await;
    let said = one.says(room, 1, "hi", None).await.0;
    let heard = two.hears(4).await;
    assert!(matches!(&heard[0], Change::RoomMade(made) if made.id == room), "{heard:?}");
    assert!(
        matches!(&heard[1], Change::Entered { chatter, .. } if chatter.id == super::chatter(1).id)
    );
    assert!(matches!(&heard[2], Change::Message(joined) if joined.seq == Seq(1)));
    assert_eq!(heard[3], Change::Message(said));
    assert_eq!(two.says(room, 1, "from two", None).await.0.seq, Seq(3), "one order for both");
}

#[tokio::test]
async fn a_room_with_one_place_takes_one_of_two_hubs_people() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let small = Room { capacity: 1, ..room(1) };
    one.write(Write::Room(small.clone())).await.unwrap();
    one.join(small.id, 1).await;
    assert_eq!(two.write(Write::Join(join(small.id, 2))).await, Err(Refusal::Full));
    let Ok(Written::Joined(twice)) = two.write(Write::Join(join(small.id, 1))).await else {
        panic!()
    };
    assert_eq!(twice.alert, None, "they are here already");
}

#[tokio::test]
async fn a_room_that_somebody_has_entered_through_another_hub_does_not_give_its_place_up() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    two.join(room, 1).await;
    assert_eq!(one.write(Write::End { room, at: at(40) }).await, Err(Refusal::Unavailable));
    two.write(leave(room, 1)).await.unwrap();
    assert_eq!(one.write(Write::End { room, at: at(40) }).await, Ok(Written::Done));
}

#[tokio::test]
async fn a_chatter_on_another_hub_has_not_left() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    one.join(room, 1).await;
    two.join(room, 1).await;
    let left = one.write(leave(room, 1)).await;
    assert_eq!(left, Ok(Written::Left { alert: None, still_here: true }));
    let Ok(Written::Left { alert, still_here: false }) = two.write(leave(room, 1)).await else {
        panic!()
    };
    assert_eq!(alert.unwrap().content, "n1 left.");
    assert_eq!(two.write(Write::Say(say(room, 1, "x", None))).await, Err(Refusal::NotJoined));
}

#[tokio::test]
async fn the_first_room_is_made_once() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let first = |n| Room { by_host: true, capacity: 0, ..room(n) };
    assert!(one.write(Write::FirstRoom(first(1))).await.is_ok());
    assert_eq!(two.write(Write::FirstRoom(first(2))).await, Err(Refusal::Unavailable));
}

#[tokio::test]
async fn people_make_no_more_rooms_than_all_hubs_together_may_have() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    for n in 1..=5 {
        let hub = if n % 2 == 0 { &mut one } else { &mut two };
        hub.write(Write::Room(room(n))).await.unwrap();
    }
    let sixth = one.write(Write::Room(room(6))).await;
    assert!(matches!(sixth, Err(Refusal::TooManyRooms(_))), "{sixth:?}");
}

#[tokio::test]
async fn a_passed_check_is_heard_and_holds_for_a_hub_that_starts_later() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    let holder = GrantHolder::Identity(identity(3));
    let grant = AccessGrant { room, holder, until: HubTime(60_000) };
    one.write(Write::Grant(grant)).await.unwrap();
    assert_eq!(two.hears(2).await[1], Change::Granted(grant));
    assert_eq!(one.another(3).store.past.grants, [grant]);
}

#[tokio::test]
async fn people_keep_their_places_when_their_hub_ends() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.room(1).await;
    one.join(room, 1).await;
    let mut two = one.another(2);
    assert_eq!(two.present(), [chatter(1).id]);
    one.store.writer.close();
    let Ok(Written::Joined(back)) = two.write(Write::Join(join(room, 1))).await else { panic!() };
    assert_eq!(back.alert, None, "nobody is told of a return");
}

/// The database as a standby has it that lacked the last commits: everything behind this place is gone, and the
/// connections with it.
fn goes_back(kit: &Kit, place: i64) {
    let url = kit.database.as_deref().unwrap();
    let sql = format!(
        "SET search_path = colahub; DELETE FROM messages WHERE id > {place}; DELETE FROM events WHERE n > {place};
         DELETE FROM commits WHERE last > {place};
         SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid();"
    );
    postgres::Postgres::shared().unwrap().sql(url.rsplit('=').next().unwrap(), &sql);
}

#[tokio::test]
async fn a_hub_that_only_listens_knows_that_the_database_went_back_in_time() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(2);
    let room = one.room(1).await;
    one.join(room, 1).await;
    one.says(room, 1, "what the standby has", None).await;
    let lost = one.says(room, 1, "what it lacks", None).await.0;
    assert_eq!(two.hears(5).await.last(), Some(&Change::Message(lost.clone())));
    goes_back(&two, lost.id.0 - 1);
    // It ends, so that everything is read again.
    while two.store.reports.recv().await.is_some() {}
    let epoch = one.another(3).join(room, 2).await.history.epoch;
    assert_ne!(epoch, Epoch(7));
    // So does the one that has found it out second.
    while one.store.reports.recv().await.is_some() {}
    assert_eq!(one.another(4).join(room, 3).await.history.epoch, epoch, "one new epoch for all");
}

#[tokio::test]
async fn all_hubs_sign_alike_and_share_an_epoch() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let two = one.another(2);
    assert!(one.store.past.key.is_some());
    assert_eq!(one.store.past.key, two.store.past.key);
    let room = one.room(1).await;
    assert_eq!(one.join(room, 1).await.history.epoch, Epoch(7));
}
