//! Reactions: who has chosen which, how many have, and what somebody missed of them.

use super::*;
use crate::domain::reactions::{Chosen, Emoji, Reacted, Reactions};
use crate::store::write::React;

fn emoji(text: &str) -> Emoji {
    Emoji::parse(text).unwrap()
}

impl Kit {
    async fn reacts(
        &mut self,
        (room, seq): (RoomId, i64),
        who: u8,
        what: &str,
        is_on: bool,
    ) -> Result<(Reacted, bool), Refusal> {
        let (chatter, seq, emoji) = (chatter(who).id, Seq(seq), emoji(what));
        match self
            .write(Write::React(React { room, chatter, seq, emoji, is_on, at: at(50) }))
            .await?
        {
            Written::Reacted { reacted, is_new } => Ok((reacted, is_new)),
            other => panic!("{other:?}"),
        }
    }

    /// The reactions to a message as somebody reads them.
    async fn reads_reactions(
        &mut self,
        (room, seq): (RoomId, i64),
        who: u8,
    ) -> (Reactions, Chosen) {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let (read, _) = self.store.reader.after(member, Seq(seq - 1), 1).await.unwrap();
        (read[0].reactions, read[0].mine)
    }
}

fn shown(reactions: Reactions) -> Vec<(&'static str, u32)> {
    reactions.iter().map(|(emoji, count)| (emoji.as_str(), count)).collect()
}

fn chosen(chosen: Chosen) -> Vec<&'static str> {
    chosen.iter().map(Emoji::as_str).collect()
}

on_both! { async fn each_person_counts_once_for_each_emoji(mut kit: Kit) {
    let room = kit.told().await;
    kit.host(Deed::History(room, History::All)).await.unwrap();
    kit.join(room, 2).await;
    let place = (room, 2);
    let (first, is_new) = kit.reacts(place, 1, "👍", true).await.unwrap();
    assert_eq!((shown(first.reactions), chosen(first.mine), is_new), (vec![("👍", 1)], vec!["👍"], true));
    let (again, is_new) = kit.reacts(place, 1, "👍", true).await.unwrap();
    assert_eq!((again, is_new), (first, false));
    kit.reacts(place, 1, "🎉", true).await.unwrap();
    let (second, _) = kit.reacts(place, 2, "👍", true).await.unwrap();
    assert_eq!((shown(second.reactions), chosen(second.mine)), (vec![("👍", 2), ("🎉", 1)], vec!["👍"]));
    let (less, is_new) = kit.reacts(place, 1, "👍", false).await.unwrap();
    assert_eq!((shown(less.reactions), chosen(less.mine), is_new), (vec![("👍", 1), ("🎉", 1)], vec!["🎉"], true));
    assert!(!kit.reacts(place, 1, "👍", false).await.unwrap().1);
    let mut kit = kit.reopened();
    let (reactions, mine) = kit.reads_reactions(place, 1).await;
    assert_eq!((shown(reactions), chosen(mine)), (vec![("👍", 1), ("🎉", 1)], vec!["🎉"]));
    kit.reacts(place, 1, "🎉", false).await.unwrap();
    kit.reacts(place, 2, "👍", false).await.unwrap();
    assert_eq!(kit.reads_reactions(place, 2).await, (Reactions::default(), Chosen::default()));
} }

on_both! { async fn only_a_message_that_one_may_read_can_be_reacted_to(mut kit: Kit) {
    let room = kit.told().await;
    kit.takes_back(room, &[3]).await;
    kit.join(room, 2).await;
    for (who, seq) in [(1, 1), (1, 3), (1, 99), (2, 2)] {
        let refused = kit.reacts((room, seq), who, "👍", true).await;
        assert_eq!(refused, Err(Refusal::NoMessage(Seq(seq))), "{who} reacts to {seq}");
    }
    let strange = kit.reacts((super::room(9).id, 2), 1, "👍", true).await;
    assert_eq!(strange, Err(Refusal::NoSuchRoom));
} }

on_both! { async fn a_message_that_is_taken_back_loses_its_reactions(mut kit: Kit) {
    let room = kit.told().await;
    kit.reacts((room, 2), 1, "😂", true).await.unwrap();
    kit.reacts((room, 4), 1, "😂", true).await.unwrap();
    kit.takes_back(room, &[2]).await;
    assert_eq!(kit.reads_reactions((room, 2), 1).await, (Reactions::default(), Chosen::default()));
    assert_eq!(shown(kit.reads_reactions((room, 4), 1).await.0), [("😂", 1)]);
} }

on_both! { async fn a_returning_client_learns_of_reactions_to_its_messages(mut kit: Kit) {
    let room = kit.told().await;
    let first = kit.returns(Write::Join(Join { after: Some(Seq(0)), ..join(room, 1) })).await;
    let back = |since| Write::Join(Join { after: Some(Seq(3)), reactions_after: since, ..join(room, 1) });
    assert_eq!(kit.returns(back(Some(first.reactions_at))).await.reacted, []);
    let (reacted, _) = kit.reacts((room, 2), 1, "🙏", true).await.unwrap();
    kit.reacts((room, 4), 1, "😮", true).await.unwrap();
    let slice = kit.returns(back(Some(first.reactions_at))).await;
    assert_eq!(slice.reacted, [reacted], "what they do not have comes with the message");
    assert_eq!(shown(slice.missed[0].reactions), [("😮", 1)]);
    assert_eq!(chosen(slice.missed[0].mine), ["😮"]);
    assert_eq!(kit.returns(back(None)).await.reacted, [], "an old client does not ask");
    kit.reacts((room, 2), 1, "🙏", false).await.unwrap();
    let slice = kit.returns(back(Some(slice.reactions_at))).await;
    assert_eq!(slice.reacted.iter().map(|one| (one.seq, shown(one.reactions))).collect::<Vec<_>>(), [(Seq(2), vec![])]);
} }

on_both! { async fn a_retry_of_a_message_has_its_reactions(mut kit: Kit) {
    let room = kit.told().await;
    kit.reacts((room, 3), 1, "❤️", true).await.unwrap();
    let (again, repeated) = kit.says(room, 1, "again", Some("k")).await;
    assert_eq!((again.seq, repeated), (Seq(3), true));
    assert_eq!((shown(again.reactions), chosen(again.mine)), (vec![("❤️", 1)], vec!["❤️"]));
} }

#[tokio::test]
async fn another_hub_hears_of_reactions() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.told().await;
    let mut two = one.another(2);
    let (reacted, _) = one.reacts((room, 2), 1, "👍", true).await.unwrap();
    let mine = Chosen::default();
    let heard = loop {
        if let Some(Report::Changes(changes)) = two.store.reports.recv().await {
            break changes;
        }
    };
    let [Change::Reacted { room: of, reacted: told }] = heard.as_slice() else {
        panic!("{heard:?}")
    };
    assert!(told.at >= reacted.at, "the time at which the others were told");
    assert_eq!((*of, *told), (room, Reacted { mine, at: told.at, ..reacted }));
}

on_both! { async fn a_client_that_missed_too_many_changes_begins_again(mut kit: Kit) {
    let room = kit.told().await;
    let first = kit.returns(Write::Join(Join { after: Some(Seq(0)), ..join(room, 1) })).await;
    // Many in one commit: a slow machine is to be ready while the room lives.
    let mut after = None;
    for some in (0..501).collect::<Vec<u32>>().chunks(100) {
        let texts = some.iter().map(|n| Write::Say(say(room, 1, &format!("{n}"), None)));
        let mut reactions = Vec::new();
        for said in kit.writes(texts).await {
            let Written::Said { message: Message { seq, .. }, .. } = said else { panic!("{said:?}") };
            let (chatter, emoji) = (chatter(1).id, emoji("👍"));
            reactions.push(Write::React(React { room, chatter, seq, emoji, is_on: true, at: at(50) }));
            after = Some(seq);
        }
        kit.writes(reactions).await;
    }
    let reactions_after = Some(first.reactions_at);
    let slice = kit.returns(Write::Join(Join { after, reactions_after, ..join(room, 1) })).await;
    assert!(slice.reset && slice.reacted.is_empty());
    assert_eq!(slice.missed.first().map(|message| message.seq), Some(Seq(1)), "from the beginning");
} }

#[tokio::test]
async fn times_of_reactions_never_go_back() {
    // On SQLite only: on PostgreSQL the hubs' time is that of the database.
    let mut kit = Kit::new();
    let room = kit.told().await;
    let joined = |ms| Write::Join(Join { at: at(ms), notice: None, ..join(room, 1) });
    assert_eq!(
        kit.returns(joined(90_000)).await.reactions_at,
        HubTime(0),
        "a time that is not kept"
    );
    let seq = Seq(2);
    let react = |is_on, ms| {
        let (chatter, emoji) = (chatter(1).id, emoji("👍"));
        Write::React(React { room, chatter, seq, emoji, is_on, at: at(ms) })
    };
    kit.write(react(true, 95_000)).await.unwrap();
    assert_eq!(kit.returns(joined(96_000)).await.reactions_at, HubTime(95_000));
    kit.takes_back(room, &[2]).await;
    assert!(kit.reopened().store.past.time >= HubTime(95_000), "also when the message is gone");
}

#[tokio::test]
async fn reactions_are_counted_again_when_rows_are_imported() {
    use crate::store::sqlite::recovery::import::import;
    use crate::store::sqlite::sql::schema::{open_alone, open_writer};
    let mut kit = Kit::new();
    let room = kit.told().await;
    kit.reacts((room, 2), 1, "👍", true).await.unwrap();
    kit.reacts((room, 2), 1, "🙏", true).await.unwrap();
    kit.reacts((room, 4), 1, "🎉", true).await.unwrap();
    let folder = kit.closed();
    let path = folder.path().join(crate::store::FILE);
    let into = open_writer(std::path::Path::new(":memory:")).unwrap();
    // The last connection of the hub has folded the log in.
    let from = open_alone(&path).unwrap();
    import(&from, &into, &mut || {}).unwrap();
    let counts = |db: &rusqlite::Connection| -> Vec<(i64, Option<Vec<u8>>)> {
        let mut all = db.prepare("SELECT seq, reactions FROM messages ORDER BY seq").unwrap();
        let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.map(Result::unwrap).collect()
    };
    assert_eq!(counts(&into), counts(&from));
    assert!(counts(&into)[1].1.is_some());
}
