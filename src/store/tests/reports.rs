//! Reports: messages that people tell the host of, and what becomes of them.

use super::*;
use crate::domain::ids::ReportId;
use crate::domain::report::{MessageReport, REPORTS_KEPT};
use crate::domain::text::Reason;

impl Kit {
    /// Somebody reports a message. Returns whether they had not before.
    async fn reports(
        &mut self,
        (room, seq): (RoomId, i64),
        who: u8,
        reason: &str,
    ) -> Result<bool, Refusal> {
        let (chatter, seq, reason) = (chatter(who).id, Seq(seq), Reason::parse(reason).unwrap());
        let report = ReportMessage { room, chatter, seq, reason, at: at(50) };
        match self.write(Write::Report(report)).await? {
            Written::Reported { is_new } => Ok(is_new),
            other => panic!("{other:?}"),
        }
    }

    async fn listed(&self, all: bool) -> Vec<MessageReport> {
        let reports = self.store.reader.reports(all, 100).await.unwrap();
        let open = reports.iter().filter(|report| report.done_at.is_none()).count();
        assert_eq!(self.store.reader.open_reports().await.unwrap(), open);
        reports
    }

    /// A room in which the first has said three things, in places 2 to 4, that the second and the third may read.
    async fn gossip(&mut self) -> RoomId {
        let room = self.told().await;
        self.host(Deed::History(room, History::All)).await.unwrap();
        self.join(room, 2).await;
        self.join(room, 3).await;
        room
    }
}

/// The places and reporters of reports.
fn told(reports: &[MessageReport]) -> Vec<(i64, String)> {
    reports.iter().map(|report| (report.seq.0, report.by.nickname.to_string())).collect()
}

on_both! { async fn each_person_reports_a_message_once(mut kit: Kit) {
    let room = kit.gossip().await;
    assert_eq!(kit.reports((room, 3), 2, " rude ").await, Ok(true));
    assert_eq!(kit.reports((room, 3), 2, "again").await, Ok(false));
    assert_eq!(kit.reports((room, 3), 3, "").await, Ok(true));
    let kit = kit.reopened();
    let reports = kit.listed(false).await;
    assert_eq!(told(&reports), [(3, "n3".to_owned()), (3, "n2".to_owned())], "the newest first");
    let first = &reports[1];
    assert_eq!((first.reason.as_deref(), reports[0].reason.as_deref()), (Some("rude"), None));
    assert_eq!((first.room, first.code, first.content.as_str()), (room, super::room(1).code, takeback::SECRET));
    assert_eq!((first.author.id, first.by.id, first.done_at), (chatter(1).id, chatter(2).id, None));
    assert!(reports[0].id > first.id && !first.is_taken_back);
} }

on_both! { async fn only_what_others_have_said_and_one_may_read_can_be_reported(mut kit: Kit) {
    let room = kit.told().await;
    kit.join(room, 2).await;
    let later = kit.says(room, 2, "later", None).await.0.seq.0;
    for (who, seq, refusal) in [
        (2, 3, Refusal::NoMessage(Seq(3))),
        (1, 1, Refusal::NoMessage(Seq(1))),
        (1, 99, Refusal::NoMessage(Seq(99))),
        (1, 3, Refusal::OwnMessage(Seq(3))),
        (3, later, Refusal::NoMessage(Seq(later))),
    ] {
        assert_eq!(kit.reports((room, seq), who, "x").await, Err(refusal), "{who} reports {seq}");
    }
    let strange = kit.reports((super::room(9).id, 2), 1, "x").await;
    assert_eq!(strange, Err(Refusal::NoSuchRoom));
    let kind = Kind::Alert(crate::domain::message::Alert::Note);
    let note = Say::plain(room, chatter(2).id, kind, "look".into(), at(30));
    let Ok(Written::Said { message, .. }) = kit.write(Write::Say(note)).await else { panic!() };
    assert_eq!(kit.reports((room, message.seq.0), 1, "").await, Ok(true), "an alert is somebody's words, too");
    assert_eq!(told(&kit.listed(true).await), [(message.seq.0, "n1".to_owned())]);
} }

on_both! { async fn a_report_of_a_message_that_was_taken_back_stays_without_the_text(mut kit: Kit) {
    let room = kit.gossip().await;
    kit.reports((room, 3), 2, "").await.unwrap();
    kit.takes_back(room, &[3]).await;
    assert_eq!(kit.reports((room, 3), 2, "").await, Ok(false), "a retry");
    assert_eq!(kit.reports((room, 3), 3, "").await, Err(Refusal::NoMessage(Seq(3))));
    let reports = kit.listed(false).await;
    assert_eq!(told(&reports), [(3, "n2".to_owned())]);
    assert_eq!((reports[0].content.as_str(), reports[0].is_taken_back), ("", true));
} }

on_both! { async fn a_report_that_is_done_is_struck_off_once(mut kit: Kit) {
    let room = kit.gossip().await;
    kit.reports((room, 3), 2, "").await.unwrap();
    kit.reports((room, 4), 2, "").await.unwrap();
    let id = kit.listed(false).await[1].id;
    kit.host(Deed::ReportDone(id)).await.unwrap();
    kit.host(Deed::ReportDone(id)).await.unwrap();
    let none = kit.host(Deed::ReportDone(ReportId(99))).await;
    assert_eq!(none, Err(Refusal::NoSuchReport));
    assert_eq!(kit.reports((room, 3), 2, "").await, Ok(false), "it does not come back");
    let mut kit = kit.reopened();
    assert_eq!(told(&kit.listed(false).await), [(4, "n2".to_owned())]);
    let all = kit.listed(true).await;
    assert_eq!((all.len(), all[1].done_at.is_some()), (2, true));
    let log = kit.store.reader.host_log(9).await.unwrap();
    let deeds: Vec<&str> = log.iter().map(|done| done.deed.as_str()).collect();
    assert_eq!(deeds, ["report done", "room history"]);
    kit.host(Deed::Delete(room)).await.unwrap();
    assert_eq!(kit.listed(true).await, [], "at once, before the room is pruned");
} }

#[tokio::test]
async fn every_hub_lists_the_reports_of_all() {
    let Some(mut one) = Kit::on_postgres() else { return };
    let room = one.gossip().await;
    let mut two = one.another(2);
    one.reports((room, 3), 2, "here").await.unwrap();
    let report = two.listed(false).await.remove(0);
    assert_eq!(report.reason.as_deref(), Some("here"));
    two.host(Deed::ReportDone(report.id)).await.unwrap();
    assert_eq!(one.listed(false).await, []);
}

#[tokio::test]
async fn the_newest_reports_are_kept_and_no_number_is_given_twice() {
    // On SQLite only: a test cannot look into the other's tables.
    let mut kit = Kit::new();
    let room = kit.gossip().await;
    kit.reports((room, 3), 2, "old").await.unwrap();
    let first = kit.listed(false).await[0].id;
    let folder = kit.closed();
    let db = rusqlite::Connection::open(folder.path().join(crate::store::FILE)).unwrap();
    db.execute(
        "UPDATE sqlite_sequence SET seq = ?1 WHERE name = 'reports'",
        [first.0 + REPORTS_KEPT - 1],
    )
    .unwrap();
    drop(db);
    let mut kit = Kit::in_folder(folder, 9);
    kit.reports((room, 4), 2, "new").await.unwrap();
    assert_eq!(kit.listed(true).await.len(), 1, "the oldest has gone");
    kit.takes_back(room, &[2]).await;
    let newest = kit.listed(true).await[0].id;
    let into =
        crate::store::sqlite::sql::schema::open_writer(std::path::Path::new(":memory:")).unwrap();
    let folder = kit.closed();
    let path = folder.path().join(crate::store::FILE);
    let from = rusqlite::Connection::open(&path).unwrap();
    from.execute("DELETE FROM reports", []).unwrap();
    crate::store::sqlite::recovery::import::import(&from, &into, &mut || {}).unwrap();
    let given: i64 = into
        .query_row("SELECT seq FROM sqlite_sequence WHERE name = 'reports'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(given, newest.0, "the numbers go on where rows are imported");
}

#[tokio::test]
async fn reports_are_imported_with_their_messages() {
    use crate::store::sqlite::recovery::import::import;
    use crate::store::sqlite::sql::reports;
    use crate::store::sqlite::sql::schema::{open_alone, open_writer};
    let mut kit = Kit::new();
    let room = kit.gossip().await;
    kit.reports((room, 3), 2, "because").await.unwrap();
    kit.reports((room, 4), 3, "").await.unwrap();
    let before = kit.listed(true).await;
    let folder = kit.closed();
    let into = open_writer(std::path::Path::new(":memory:")).unwrap();
    let from = open_alone(&folder.path().join(crate::store::FILE)).unwrap();
    import(&from, &into, &mut || {}).unwrap();
    assert_eq!(reports::list(&into, true, 9).unwrap(), before);
}
