//! A store without disk and thread, for tests of the hub. It commits when the test says so.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg_attr(fuzzing, allow(dead_code, reason = "the simulation needs more of it"))]

use std::path::Path;

use rusqlite::Connection;

use crate::domain::announcement::Announcement;
use crate::domain::ids::{HubId, IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::question::HeldQuestion;
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::domain::time::HubTime;
use crate::store::Past;
use crate::store::sqlite::past;
use crate::store::sqlite::sql::apply::apply;
use crate::store::sqlite::sql::schema;
use crate::store::sqlite::sql::{announcements, held, queries, reports, walls};
use crate::store::sqlite::writer;
use crate::store::wall::WallRead;
use crate::store::write::{RANGE_BYTES, Write, Written};

/// The real schema and SQL, on a database in memory that outlives the hubs that use it.
pub(crate) struct Memory {
    db: Connection,
}

impl Memory {
    /// An empty store.
    pub(crate) fn new() -> Self {
        Self { db: schema::open_writer(Path::new(":memory:")).unwrap() }
    }

    /// The state that a hub continues from.
    pub(crate) fn past(&self) -> Past {
        past(&self.db, HubId::from_random([1; 16])).unwrap()
    }

    /// The announcements that are shown at this time.
    pub(crate) fn announcements(&self, now: HubTime) -> Vec<Announcement> {
        announcements::shown(&self.db, now).unwrap()
    }

    /// What a wall shows.
    pub(crate) fn wall_questions(&self, read: &WallRead) -> Vec<Message> {
        walls::asked(&self.db, read).unwrap()
    }

    pub(crate) fn wall(&self, read: &WallRead) -> Vec<Message> {
        walls::shown(&self.db, read).unwrap()
    }

    /// Commits these writes as one batch.
    pub(crate) fn commit<'a>(
        &self,
        batch: impl Iterator<Item = &'a Write> + Clone,
    ) -> Vec<Result<Written, Refusal>> {
        writer::commit(&self.db, batch).unwrap()
    }

    /// Applies these writes but does not commit, as on a full disk or after a power cut.
    pub(crate) fn fail<'a>(&self, batch: impl Iterator<Item = &'a Write>) {
        let tx = self.db.unchecked_transaction().unwrap();
        for write in batch {
            // A refusal does not matter, since everything is rolled back.
            let _undone = apply(&tx, write);
        }
        tx.rollback().unwrap();
    }

    /// The messages after a place that a member may read.
    pub(crate) fn after(&self, room: RoomId, after: Seq, most: usize) -> (Vec<Message>, bool) {
        queries::after(&self.db, (room, None), after, most, RANGE_BYTES).unwrap()
    }

    /// Whether an identity is a member of a room.
    pub(crate) fn is_member(&self, room: RoomId, identity: IdentityId) -> bool {
        queries::member_by_identity(&self.db, room, identity).unwrap().is_some()
    }

    /// The questions that wait in the rooms that live at this time.
    pub(crate) fn held(&self, now: HubTime) -> Vec<HeldQuestion> {
        held::list(&self.db, None, now, usize::MAX).unwrap()
    }

    /// All reports.
    pub(crate) fn reports(&self) -> Vec<MessageReport> {
        reports::list(&self.db, true, usize::MAX).unwrap()
    }

    /// All messages with a larger id, in order, each with its key.
    pub(crate) fn messages_above(&self, id: i64) -> Vec<(Message, Option<String>)> {
        let sql = format!(
            "SELECT {} WHERE m.id > ?1 ORDER BY m.id",
            crate::store::sqlite::sql::rows::MESSAGE.replace(" FROM", ", m.key FROM")
        );
        let mut query = self.db.prepare_cached(&sql).unwrap();
        let rows = query.query_map([id], |row| {
            Ok((crate::store::sqlite::sql::rows::message(row)?, row.get(26)?))
        });
        rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }
}
