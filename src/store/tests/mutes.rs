//! What the host does with people: mutes, names, and who was here.

use super::*;
use crate::domain::message::Alert;
use crate::domain::mute::Mute;
use crate::store::{Departed, HostRename, Recall};

fn mute(who: u8, until: Option<u64>) -> Mute {
    let (chatter, identity) = (chatter(who).id, identity(who));
    let nickname = Nickname::parse(&format!("n{who}")).unwrap();
    Mute { chatter, identity, nickname, until: until.map(HubTime) }
}

fn recall(who: u8, key: &str) -> Write {
    let (chatter, key) = (chatter(who).id, Key::parse(key).unwrap());
    Write::Recall(Recall { chatter, key, refusal: Refusal::Muted(None) })
}

impl Kit {
    fn muted(&self) -> Vec<Mute> {
        let mut mutes = self.store.past.mutes.clone();
        mutes.sort_by_key(|mute| mute.chatter);
        mutes
    }

    /// The names of those who have left lately, the last first.
    async fn departed(&self, room: Option<RoomId>, most: usize, at: Moment) -> Vec<Departed> {
        self.store.reader.departed(room, most, at).await.unwrap()
    }
}

on_both! { async fn a_mute_is_there_at_the_next_start_until_it_ends_or_is_lifted(mut kit: Kit) {
    let later = 3_600_000;
    for mute in [mute(1, None), mute(2, Some(later)), mute(3, Some(1)), mute(4, Some(later))] {
        assert_eq!(kit.host(Deed::Mute(mute)).await, Ok(Written::Done));
    }
    // Another mute of the same browser, under another name, takes the place of the first.
    let again = Mute { chatter: chatter(9).id, ..mute(2, None) };
    kit.host(Deed::Mute(again.clone())).await.unwrap();
    kit.host(Deed::Unmute(chatter(4).id, identity(4))).await.unwrap();
    kit.host(Deed::Unmute(chatter(7).id, identity(7))).await.unwrap();
    kit.write(Write::Mark(at(60))).await.unwrap();
    let kit = kit.reopened();
    assert_eq!(kit.muted(), [mute(1, None), again], "the third has ended");
    let log = kit.store.reader.host_log(10).await.unwrap();
    let deeds: Vec<&str> = log.iter().map(|done| done.deed.as_str()).collect();
    assert_eq!(deeds[..3], ["chatter unmute", "chatter unmute", "chatter mute"]);
} }

on_both! { async fn what_somebody_muted_has_said_before_is_found_by_its_key(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.join(room, 2).await;
    let said = kit.says(room, 1, "before", Some("k")).await.0;
    let Ok(Written::Said { message, repeated }) = kit.write(recall(1, "k")).await else { panic!() };
    assert_eq!((message.id, message.content.as_str(), repeated), (said.id, "before", true));
    for (who, key) in [(1, "j"), (2, "k"), (3, "k")] {
        assert_eq!(kit.write(recall(who, key)).await, Err(Refusal::Muted(None)), "{who} {key}");
    }
} }

on_both! { async fn the_host_renames_somebody_and_every_room_where_they_are_is_told(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    kit.join(one, 1).await;
    kit.write(Write::Join(Join { wanted: Some(chatter(1).id), ..join(two, 1) })).await.unwrap();
    let nickname = Nickname::parse("새 이름").unwrap();
    let rooms = vec![one, two, room(3).id];
    let rename =
        HostRename { chatter: chatter(1).id, nickname: nickname.clone(), rooms, language: Language::Ko, is_held: true };
    let renamed = kit.host(Deed::Rename(rename.clone())).await;
    let Ok(Written::RenamedByHost { chatter, alerts }) = renamed else { panic!("{renamed:?}") };
    assert_eq!((chatter.id, &chatter.nickname), (super::chatter(1).id, &nickname));
    let told: Vec<_> = alerts.iter().map(|alert| (alert.room, alert.seq.0, alert.content.as_str())).collect();
    let words = "n1님이 이름을 새 이름(으)로 바꿨습니다.";
    assert_eq!(told, [(one, 2, words), (two, 2, words)], "the third is not there");
    let was = Nickname::parse("n1").unwrap();
    let kind = Kind::Alert(Alert::Renamed { was: was.clone(), now: nickname.clone() });
    assert!(alerts.iter().all(|alert| alert.kind == kind));
    let own = |may_held| Write::Rename(Rename {
        chatter: super::chatter(1).id,
        owner: None,
        nickname: was.clone(),
        may_held,
        notice: None,
        at: at(50),
    });
    assert_eq!(kit.write(own(false)).await, Err(Refusal::NameHeld));
    let free = HostRename { is_held: false, ..rename.clone() };
    let Ok(Written::RenamedByHost { alerts, .. }) = kit.host(Deed::Rename(free)).await else { panic!() };
    assert_eq!(alerts, [], "the name is the same");
    assert!(kit.write(own(false)).await.is_ok());
    kit.host(Deed::Rename(rename.clone())).await.unwrap();
    let mut kit = kit.reopened();
    assert_eq!(kit.write(own(false)).await, Err(Refusal::NameHeld));
    assert!(kit.write(own(true)).await.is_ok(), "the hub tells people apart");
    kit.host(Deed::Rename(rename.clone())).await.unwrap();
    let nobody = HostRename { chatter: super::chatter(8).id, ..rename };
    assert_eq!(kit.host(Deed::Rename(nobody)).await, Err(Refusal::NoSuchChatter));
    let log = kit.store.reader.host_log(10).await.unwrap();
    assert_eq!(log.iter().filter(|done| done.deed == "chatter rename").count(), 4);
    let kit = kit.reopened();
    let (known, _) = kit.store.reader.chatter(super::chatter(1).id).await.unwrap().unwrap();
    assert_eq!(known.nickname, nickname);
} }

on_both! { async fn who_has_left_or_stayed_to_the_end_is_found_for_a_day(mut kit: Kit) {
    let (one, two) = (kit.room(1).await, kit.room(2).await);
    for who in [1, 2, 3] {
        kit.join(one, who).await;
    }
    kit.join(two, 4).await;
    for (room, who) in [(one, 1), (one, 2)] {
        let left = Leave { room, chatter: chatter(who), everywhere: false, notice: None, at: at(40) };
        kit.write(Write::Leave(left)).await.unwrap();
    }
    // On PostgreSQL the time is that of its clock.
    let (member, known) = (kit.store.reader.member(one, chatter(1).id).await.unwrap().unwrap(), chatter(1));
    let wall = WallTime(member.chatter.left_at.unwrap().0 + 1_000);
    let now = Moment { hub: HubTime(30_000), wall };
    let ids = |found: &[Departed]| {
        let mut ids: Vec<ChatterId> = found.iter().map(|one| one.chatter.id).collect();
        ids.sort_unstable();
        ids
    };
    let found = kit.departed(None, 10, now).await;
    assert_eq!(ids(&found), [known.id, chatter(2).id], "the others are here");
    let first = found.iter().find(|one| one.chatter.id == known.id).unwrap();
    assert_eq!((first.owner, first.code), (identity(1), room(1).code));
    assert_eq!(first.chatter.left_at, member.chatter.left_at);
    assert_eq!(kit.departed(None, 1, now).await.len(), 1);
    assert!(kit.departed(Some(two), 10, now).await.is_empty());
    // Back again.
    kit.join(one, 2).await;
    assert_eq!(ids(&kit.departed(Some(one), 10, now).await), [known.id]);
    kit.host(Deed::Close(two)).await.unwrap();
    let found = kit.departed(None, 10, now).await;
    assert_eq!(ids(&found), [known.id, chatter(4).id]);
    assert_eq!(ids(&kit.departed(Some(two), 10, now).await), [chatter(4).id]);
    let day = 24 * 60 * 60 * 1_000;
    let late = Moment { hub: HubTime(30_000 + day), wall: WallTime(wall.0 + i64::try_from(day).unwrap()) };
    let found = ids(&kit.departed(None, 10, late).await);
    assert!(!found.contains(&known.id) && !found.contains(&chatter(4).id), "a day ago: {found:?}");
    assert!(found.contains(&chatter(3).id), "who was in a room to its end left it then");
} }

on_both! { async fn what_a_browser_has_said_is_found_in_all_rooms_the_newest_first(mut kit: Kit) {
    let (one, two, deleted) = (kit.room(1).await, kit.room(2).await, kit.room(3).await);
    kit.join(one, 2).await;
    kit.join(one, 1).await;
    // Somebody else to people, the same to the hub.
    kit.write(Write::Join(Join { fresh: chatter(7), ..join(two, 1) })).await.unwrap();
    kit.write(Write::Join(Join { fresh: chatter(8), ..join(deleted, 1) })).await.unwrap();
    kit.says(deleted, 8, "gone", None).await;
    let first = kit.says(one, 1, "a", None).await.0.seq;
    kit.says(one, 2, "not theirs", None).await;
    let kind = Kind::Alert(Alert::Note);
    let note = Say::plain(two, chatter(7).id, kind, "note".into(), at(30));
    let Ok(Written::Said { message: note, .. }) = kit.write(Write::Say(note)).await else { panic!() };
    let last = kit.says(one, 1, "b", Some("k")).await.0.seq;
    kit.host(Deed::Delete(deleted)).await.unwrap();
    let found = async |kit: &Kit, since, most| {
        kit.store.reader.said_by(identity(1), HubTime(since), most).await.unwrap()
    };
    assert_eq!(found(&kit, 0, 9).await, [(one, last), (two, note.seq), (one, first)]);
    assert_eq!(found(&kit, 0, 2).await, [(one, last), (two, note.seq)]);
    assert!(found(&kit, 10_000_000, 9).await.is_empty(), "said before");
    kit.host(Deed::TakeBack(one, vec![last])).await.unwrap();
    assert_eq!(found(&kit, 0, 2).await, [(two, note.seq), (one, first)]);
    assert!(kit.store.reader.said_by(identity(5), HubTime(0), 9).await.unwrap().is_empty());
} }

#[tokio::test]
async fn another_hub_hears_of_a_mute_and_of_its_end() {
    // On PostgreSQL only: a hub that has its database alone has nobody to tell.
    let Some(mut kit) = Kit::on_postgres() else { return };
    let mut other = kit.another(8);
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    kit.host(Deed::Mute(mute(1, Some(3_600_000)))).await.unwrap();
    kit.host(Deed::Unmute(chatter(1).id, identity(1))).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 2 {
        if let Some(Report::Changes(changes)) = other.store.reports.recv().await {
            let is_it = |change: &Change| matches!(change, Change::Muted(_) | Change::Unmuted(_));
            heard.extend(changes.into_iter().filter(is_it));
        }
    }
    assert_eq!(heard, [Change::Muted(mute(1, Some(3_600_000))), Change::Unmuted(identity(1))]);
}
