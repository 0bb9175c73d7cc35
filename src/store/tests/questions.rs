//! Questions: who votes for which, what the host marks, and the orders in which they are read.

use super::*;
use crate::domain::question::{Question, QuestionOrder};
use crate::domain::reactions::{Emoji, Reacted};
use crate::store::write::{React, Vote};

impl Kit {
    async fn asks(&mut self, room: RoomId, who: u8, what: &str, key: Option<&str>) -> Message {
        let ask = Say { is_question: true, ..say(room, who, what, key) };
        match self.write(Write::Say(ask)).await {
            Ok(Written::Said { message, .. }) => message,
            other => panic!("{other:?}"),
        }
    }

    async fn votes(
        &mut self,
        (room, seq): (RoomId, Seq),
        who: u8,
        is_on: bool,
    ) -> Result<(Reacted, bool), Refusal> {
        let vote = Vote { room, chatter: chatter(who).id, seq, is_on, at: at(50) };
        reacted(self.write(Write::Vote(vote)).await?)
    }

    async fn marks(
        &mut self,
        (room, seq): (RoomId, Seq),
        is_answered: bool,
    ) -> Result<(Reacted, bool), Refusal> {
        let deed = Deed::Answered(room, seq, is_answered);
        let act = HostAct { deed, what: "x".into(), by: None, at: at(60) };
        reacted(self.write(Write::Host(act)).await?)
    }

    /// A question as somebody reads it: its votes, whether it is answered, and whether they have voted.
    async fn reads_question(
        &mut self,
        (room, seq): (RoomId, Seq),
        who: u8,
    ) -> Option<(u32, bool, bool)> {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let (read, _) = self.store.reader.after(member, Seq(seq.0 - 1), 1).await.unwrap();
        let Question { votes, is_answered } = read[0].question?;
        Some((votes, is_answered, read[0].mine.has_vote()))
    }

    /// The questions that somebody reads, page by page.
    async fn lists(&mut self, room: RoomId, who: u8, sort: &str, most: usize) -> Vec<Vec<String>> {
        let member = self.store.reader.member(room, chatter(who).id).await.unwrap().unwrap();
        let (mut pages, mut after) = (Vec::new(), None::<String>);
        loop {
            let order = QuestionOrder::parse(sort, after.as_deref()).unwrap();
            let page = self.store.reader.questions(member.clone(), order, most).await.unwrap();
            pages.push(page.questions.into_iter().map(|asked| asked.content).collect());
            after = page.after;
            if after.is_none() {
                return pages;
            }
        }
    }
}

fn reacted(written: Written) -> Result<(Reacted, bool), Refusal> {
    match written {
        Written::Reacted { reacted, is_new } => Ok((reacted, is_new)),
        other => panic!("{other:?}"),
    }
}

fn question(votes: u32, is_answered: bool) -> Option<Question> {
    Some(Question { votes, is_answered })
}

/// A room in which three people are who may read everything.
async fn hall(kit: &mut Kit) -> RoomId {
    let room = kit.room(1).await;
    kit.host(Deed::History(room, History::All)).await.unwrap();
    for who in 1..=3 {
        kit.join(room, who).await;
    }
    room
}

on_both! { async fn each_person_votes_once_for_a_question_also_after_a_restart(mut kit: Kit) {
    let room = hall(&mut kit).await;
    let asked = kit.asks(room, 1, "when is lunch?", Some("k")).await;
    assert_eq!(asked.question, question(0, false));
    let place = (room, asked.seq);
    let (first, is_new) = kit.votes(place, 2, true).await.unwrap();
    assert_eq!((first.question, first.mine.has_vote(), is_new), (question(1, false), true, true));
    let (again, is_new) = kit.votes(place, 2, true).await.unwrap();
    assert_eq!((again, is_new), (first, false));
    let mut kit = kit.reopened();
    assert!(!kit.votes(place, 2, true).await.unwrap().1);
    assert_eq!(kit.votes(place, 3, true).await.unwrap().0.question, question(2, false));
    assert_eq!(kit.reads_question(place, 2).await, Some((2, false, true)));
    assert_eq!(kit.reads_question(place, 1).await, Some((2, false, false)));
    let (less, is_new) = kit.votes(place, 2, false).await.unwrap();
    assert_eq!((less.question, less.mine.has_vote(), is_new), (question(1, false), false, true));
    assert!(!kit.votes(place, 2, false).await.unwrap().1);
    let (again, repeated) = kit.says(room, 1, "again", Some("k")).await;
    assert_eq!((again.seq, again.question, repeated), (asked.seq, question(1, false), true));
} }

on_both! { async fn a_vote_and_reactions_of_a_person_do_not_touch_each_other(mut kit: Kit) {
    let room = hall(&mut kit).await;
    let seq = kit.asks(room, 1, "?", None).await.seq;
    let place = (room, seq);
    let react = |is_on| {
        let (chatter, emoji) = (chatter(2).id, Emoji::parse("🙏").unwrap());
        Write::React(React { room, chatter, seq, emoji, is_on, at: at(50) })
    };
    kit.votes(place, 2, true).await.unwrap();
    let (both, _) = reacted(kit.write(react(true)).await.unwrap()).unwrap();
    assert_eq!((both.question, both.mine.has_vote()), (question(1, false), true));
    let (vote, _) = kit.votes(place, 2, false).await.unwrap();
    assert_eq!((vote.question, vote.mine.iter().count()), (question(0, false), 1));
    kit.votes(place, 2, true).await.unwrap();
    reacted(kit.write(react(false)).await.unwrap()).unwrap();
    assert_eq!(kit.reads_question(place, 2).await, Some((1, false, true)));
} }

on_both! { async fn nobody_votes_for_their_own_question_for_none_or_for_what_they_may_not_read(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let early = kit.asks(room, 1, "early?", None).await.seq;
    kit.join(room, 2).await;
    let (said, asked) = (kit.says(room, 1, "hi", None).await.0.seq, kit.asks(room, 1, "?", None).await.seq);
    let gone = kit.asks(room, 1, "never mind", None).await.seq;
    kit.votes((room, gone), 2, true).await.unwrap();
    kit.takes_back(room, &[gone.0]).await;
    for (who, seq, refusal) in [
        (1, asked, Refusal::OwnQuestion(asked)),
        (2, said, Refusal::NoQuestion(said)),
        (2, early, Refusal::NoMessage(early)),
        (2, gone, Refusal::NoMessage(gone)),
        (2, Seq(1), Refusal::NoMessage(Seq(1))),
        (3, asked, Refusal::NoMessage(asked)),
    ] {
        assert_eq!(kit.votes((room, seq), who, true).await, Err(refusal));
    }
    assert_eq!(kit.votes((super::room(9).id, asked), 2, true).await, Err(Refusal::NoSuchRoom));
    assert_eq!(kit.reads_question((room, gone), 2).await, None, "it is no question any more");
    assert_eq!(kit.reads_question((room, asked), 2).await, Some((0, false, false)));
} }

on_both! { async fn the_host_marks_a_question_and_takes_the_mark_off(mut kit: Kit) {
    let room = hall(&mut kit).await;
    let said = kit.says(room, 1, "hi", None).await.0.seq;
    let place = (room, kit.asks(room, 1, "?", None).await.seq);
    kit.votes(place, 2, true).await.unwrap();
    let (marked, is_new) = kit.marks(place, true).await.unwrap();
    assert_eq!((marked.question, is_new), (question(1, true), true));
    assert_eq!(kit.marks(place, true).await.unwrap(), (marked, false));
    kit.host(Deed::Close(room)).await.unwrap();
    assert_eq!(kit.marks(place, false).await.unwrap().0.question, question(1, false));
    kit.marks(place, true).await.unwrap();
    assert_eq!(kit.marks((room, said), true).await, Err(Refusal::NoQuestion(said)));
    assert_eq!(kit.marks((room, Seq(99)), true).await, Err(Refusal::NoMessage(Seq(99))));
    assert_eq!(kit.marks((super::room(9).id, said), true).await, Err(Refusal::NoSuchRoom));
    let mut kit = kit.reopened();
    assert_eq!(kit.reads_question(place, 2).await, Some((1, true, true)));
    let log = kit.store.reader.host_log(99).await.unwrap();
    let marks = log.iter().filter(|done| done.deed == "question answered").count();
    assert_eq!(marks, 3, "a mark that was there before is not logged");
} }

on_both! { async fn questions_are_read_by_votes_and_by_time_page_by_page(mut kit: Kit) {
    let room = hall(&mut kit).await;
    for (content, voters, is_answered) in
        [("a", 1..=1, false), ("b", 2..=3, true), ("c", 2..=3, false), ("d", 2..=2, false), ("e", 2..=2, true)]
    {
        let seq = kit.asks(room, 1, content, None).await.seq;
        kit.says(room, 2, "no question", None).await;
        for who in voters.filter(|who| *who > 1) {
            kit.votes((room, seq), who, true).await.unwrap();
        }
        if is_answered {
            kit.marks((room, seq), true).await.unwrap();
        }
    }
    let gone = kit.asks(room, 2, "gone", None).await.seq;
    kit.takes_back(room, &[gone.0]).await;
    for most in 1..=6 {
        let by_votes = kit.lists(room, 3, "votes", most).await;
        assert_eq!(by_votes.concat(), ["c", "d", "a", "b", "e"], "{most} a page");
        let by_time = kit.lists(room, 3, "time", most).await;
        assert_eq!(by_time.concat(), ["e", "d", "c", "b", "a"], "{most} a page");
        assert!(by_votes.iter().chain(&by_time).all(|page| page.len() <= most));
        assert_eq!(by_time.len(), 5_usize.div_ceil(most), "no empty page at the end");
    }
    kit.host(Deed::History(room, History::Joined)).await.unwrap();
    kit.join(room, 4).await;
    assert_eq!(kit.lists(room, 4, "votes", 9).await.concat(), [""; 0], "before they came");
    kit.asks(room, 1, "late", None).await;
    assert_eq!(kit.lists(room, 4, "time", 9).await.concat(), ["late"]);
    let order = QuestionOrder::Votes(None);
    let all = kit.store.reader.all_questions(room, order, 2).await.unwrap();
    let all: Vec<_> = all.questions.into_iter().map(|asked| asked.content).collect();
    assert_eq!(all, ["c", "d"], "the host reads all");
} }

on_both! { async fn a_returning_client_learns_of_votes_and_marks(mut kit: Kit) {
    let room = hall(&mut kit).await;
    let asked = kit.asks(room, 1, "?", None).await.seq;
    let first = kit.returns(Write::Join(Join { after: Some(asked), ..join(room, 2) })).await;
    let back = |since| Write::Join(Join { after: Some(asked), reactions_after: Some(since), ..join(room, 2) });
    let (voted, _) = kit.votes((room, asked), 2, true).await.unwrap();
    let slice = kit.returns(back(first.reactions_at)).await;
    assert_eq!(slice.reacted, [voted]);
    kit.marks((room, asked), true).await.unwrap();
    let slice = kit.returns(back(slice.reactions_at)).await;
    assert_eq!(slice.reacted[0].question, question(1, true));
    assert!(slice.reacted[0].mine.has_vote());
} }

#[tokio::test]
async fn another_hub_hears_of_votes_and_marks() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = hall(&mut one).await;
    let asked = one.asks(room, 1, "?", None).await.seq;
    let mut two = one.another(2);
    one.votes((room, asked), 2, true).await.unwrap();
    one.marks((room, asked), true).await.unwrap();
    let mut heard = Vec::new();
    while heard.len() < 2 {
        if let Some(Report::Changes(changes)) = two.store.reports.recv().await {
            heard.extend(changes);
        }
    }
    for change in &heard {
        let Change::Reacted { room: of, reacted } = change else { panic!("{heard:?}") };
        assert_eq!((*of, reacted.seq, reacted.mine.has_vote()), (room, asked, false));
    }
    let Some(Change::Reacted { reacted, .. }) = heard.last() else { panic!() };
    assert_eq!(reacted.question, question(1, true));
}

#[tokio::test]
async fn votes_are_counted_again_when_rows_are_imported() {
    use crate::store::sqlite::recovery::import::import;
    use crate::store::sqlite::sql::schema::{open_alone, open_writer};
    let mut kit = Kit::new();
    let room = hall(&mut kit).await;
    let (one, two) =
        (kit.asks(room, 1, "one?", None).await.seq, kit.asks(room, 1, "two?", None).await.seq);
    kit.says(room, 1, "no question", None).await;
    for who in 2..=3 {
        kit.votes((room, one), who, true).await.unwrap();
    }
    kit.marks((room, one), true).await.unwrap();
    let folder = kit.closed();
    let path = folder.path().join(crate::store::FILE);
    // Somebody has stuffed the ballot.
    let stuffed = rusqlite::Connection::open(&path).unwrap();
    stuffed.execute("UPDATE messages SET votes = 99 WHERE votes IS NOT NULL", []).unwrap();
    drop(stuffed);
    let into = open_writer(std::path::Path::new(":memory:")).unwrap();
    import(&open_alone(&path).unwrap(), &into, &mut || {}).unwrap();
    let mut all = into
        .prepare("SELECT seq, votes, answered FROM messages WHERE votes IS NOT NULL ORDER BY seq")
        .unwrap();
    let rows = all.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    let rows: Vec<(i64, i64, bool)> = rows.map(Result::unwrap).collect();
    assert_eq!(rows, [(one.0, 2, true), (two.0, 0, false)]);
}
