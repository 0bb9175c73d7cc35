//! The keys of hosts: each number counts once, for one browser, until the key is revoked.

use super::*;
use crate::domain::host::{HostKey, HostName, HostRole, KeyUse};
use crate::domain::ids::HostKeyId;
use crate::domain::refusal::HostRefusal;

fn key(n: u8) -> HostKey {
    HostKey {
        id: HostKeyId::from_random([n; 16]),
        name: HostName::parse(&format!("host {n}")).unwrap(),
        role: if n == 1 { HostRole::Host } else { HostRole::Helper },
        made_at: WallTime(i64::from(n)),
        is_used: false,
    }
}

impl Kit {
    async fn adds(&mut self, n: u8) -> Result<Written, Refusal> {
        self.host(Deed::AddKey(key(n))).await
    }

    /// A request with a key's number, from a browser.
    async fn signs(&mut self, n: u8, number: i64, browser: &str) -> Result<HostKey, Refusal> {
        let browser = browser.parse().unwrap();
        let key_use = KeyUse { id: key(n).id, number, browser };
        match self.write(Write::UseKey(key_use)).await? {
            Written::KeyUsed(key) => Ok(key),
            other => panic!("{other:?}"),
        }
    }
}

on_both! { async fn a_number_counts_once_and_only_above_those_before_also_after_a_restart(mut kit: Kit) {
    kit.adds(1).await.unwrap();
    let used = HostKey { is_used: true, ..key(1) };
    assert_eq!(kit.signs(1, 5, "b").await, Ok(used.clone()));
    assert_eq!(kit.signs(1, 5, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    assert_eq!(kit.signs(1, 4, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    assert_eq!(kit.signs(1, 7, "b").await, Ok(used.clone()));
    let mut kit = kit.reopened();
    assert_eq!(kit.signs(1, 7, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    assert_eq!(kit.signs(1, 6, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    assert_eq!(kit.signs(1, i64::MAX, "b").await, Ok(used));
    assert_eq!(kit.signs(1, i64::MAX, "b").await, Err(Refusal::Host(HostRefusal::Replayed)), "it is used up");
} }

on_both! { async fn of_two_requests_in_one_batch_with_one_number_one_counts(mut kit: Kit) {
    kit.adds(1).await.unwrap();
    for _ in 0..2 {
        let key_use = KeyUse { id: key(1).id, number: 3, browser: Default::default() };
        kit.store.writer.submit(Write::UseKey(key_use), 0).unwrap();
    }
    let mut ended = Vec::new();
    while ended.len() < 2 {
        ended.extend(kit.completed().await);
    }
    let counted = ended.iter().filter(|(_, result)| result.is_ok()).count();
    assert_eq!(counted, 1, "{ended:?}");
} }

on_both! { async fn the_first_use_binds_a_key_to_its_browser(mut kit: Kit) {
    kit.adds(1).await.unwrap();
    kit.adds(2).await.unwrap();
    kit.signs(1, 1, "mine").await.unwrap();
    for other in ["theirs", ""] {
        assert_eq!(kit.signs(1, 2, other).await, Err(Refusal::Host(HostRefusal::OtherBrowser)), "{other}");
    }
    kit.signs(1, 2, "mine").await.unwrap();
    kit.signs(2, 1, "").await.unwrap();
    assert_eq!(kit.signs(2, 2, "late").await, Err(Refusal::Host(HostRefusal::OtherBrowser)), "a program's own");
    let keys = kit.store.reader.host_keys().await.unwrap();
    assert!(keys.iter().all(|key| key.is_used), "{keys:?}");
} }

on_both! { async fn keys_are_listed_named_once_and_gone_when_revoked(mut kit: Kit) {
    kit.adds(1).await.unwrap();
    kit.adds(2).await.unwrap();
    let again = HostKey { name: key(1).name, ..key(3) };
    assert_eq!(kit.host(Deed::AddKey(again)).await, Err(Refusal::Host(HostRefusal::KeyNameTaken)));
    assert_eq!(kit.store.reader.host_keys().await.unwrap(), [key(1), key(2)]);
    kit.host(Deed::RevokeKey(key(1).name)).await.unwrap();
    assert_eq!(kit.host(Deed::RevokeKey(key(1).name)).await, Err(Refusal::Host(HostRefusal::NoSuchKey)));
    assert_eq!(kit.signs(1, 9, "b").await, Err(Refusal::Host(HostRefusal::BadSignature)), "at once");
    assert_eq!(kit.signs(7, 1, "b").await, Err(Refusal::Host(HostRefusal::BadSignature)), "there never was one");
    assert_eq!(kit.store.reader.host_keys().await.unwrap(), [key(2)]);
    let log = kit.store.reader.host_log(9).await.unwrap();
    let deeds: Vec<&str> = log.iter().map(|done| done.deed.as_str()).collect();
    assert_eq!(deeds, ["host revoke", "host add", "host add"]);
} }

on_both! { async fn the_log_says_who_did_what(mut kit: Kit) {
    let room = kit.room(1).await;
    for (is_shut, by) in [(true, Some(key(1).name)), (false, None), (false, Some(key(1).name))] {
        let deed = Deed::SetMode(SetMode::shut(room, is_shut));
        let act = HostAct { deed, what: "a room".into(), by, at: at(9) };
        kit.write(Write::Host(act)).await.unwrap();
    }
    let log = kit.store.reader.host_log(9).await.unwrap();
    let told: Vec<_> = log.into_iter().map(|done| (done.what, done.by)).collect();
    let expected = [("a room".into(), None), ("a room".into(), Some(key(1).name))];
    assert_eq!(told, expected, "what changes nothing is not told");
} }

#[tokio::test]
async fn a_number_taken_by_one_hub_is_taken_for_all() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let mut two = one.another(8);
    one.adds(1).await.unwrap();
    two.signs(1, 5, "b").await.unwrap();
    assert_eq!(one.signs(1, 5, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    one.signs(1, 6, "b").await.unwrap();
    assert_eq!(two.signs(1, 6, "b").await, Err(Refusal::Host(HostRefusal::Replayed)));
    two.host(Deed::RevokeKey(key(1).name)).await.unwrap();
    assert_eq!(one.signs(1, 7, "b").await, Err(Refusal::Host(HostRefusal::BadSignature)));
}
