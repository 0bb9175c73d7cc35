//! A store without disk and thread: it commits when it is told to. For the tests of what is above.

#![allow(clippy::unwrap_used, reason = "a test may panic")]
#![cfg_attr(fuzzing, allow(dead_code, reason = "the simulation needs more of it"))]

use std::path::Path;

use rusqlite::Connection;

use crate::domain::ids::{HubId, IdentityId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::store::Past;
use crate::store::past;
use crate::store::sql::apply::apply;
use crate::store::sql::queries;
use crate::store::sql::schema;
use crate::store::write::{RANGE_BYTES, Write, Written};
use crate::store::writer;

/// The real schema and the real SQL, on a database in memory that outlives the hubs over it.
pub(crate) struct Memory {
    db: Connection,
}

impl Memory {
    /// An empty store.
    pub(crate) fn new() -> Self {
        Self { db: schema::open_writer(Path::new(":memory:")).unwrap() }
    }

    /// What a hub that starts now goes on from.
    pub(crate) fn past(&self) -> Past {
        past(&self.db, HubId::from_random([1; 16])).unwrap()
    }

    /// Commits these writes as one batch.
    pub(crate) fn commit<'a>(
        &self,
        batch: impl Iterator<Item = &'a Write>,
    ) -> Vec<Result<Written, Refusal>> {
        writer::commit(&self.db, batch).unwrap()
    }

    /// Does these writes up to the commit, which fails: as on a full disk, or cut off before it.
    pub(crate) fn fail<'a>(&self, batch: impl Iterator<Item = &'a Write>) {
        let tx = self.db.unchecked_transaction().unwrap();
        for write in batch {
            // Also a refusal leaves nothing: all of it is rolled back.
            let _undone = apply(&tx, write);
        }
        tx.rollback().unwrap();
    }

    /// What a member reads after a place, as over HTTP.
    pub(crate) fn after(&self, room: RoomId, after: Seq, most: usize) -> (Vec<Message>, bool) {
        queries::after(&self.db, room, after, most, RANGE_BYTES).unwrap()
    }

    /// Whether a browser has a place in a room.
    pub(crate) fn is_member(&self, room: RoomId, identity: IdentityId) -> bool {
        queries::member_by_identity(&self.db, room, identity).unwrap().is_some()
    }

    /// All messages with an id above this one, in the order of their ids, each with its key.
    pub(crate) fn messages_above(&self, id: i64) -> Vec<(Message, Option<String>)> {
        let sql = format!(
            "SELECT {} WHERE m.id > ?1 ORDER BY m.id",
            crate::store::sql::rows::MESSAGE.replace(" FROM", ", m.key FROM")
        );
        let mut query = self.db.prepare_cached(&sql).unwrap();
        let rows =
            query.query_map([id], |row| Ok((crate::store::sql::rows::message(row)?, row.get(14)?)));
        rows.unwrap().collect::<rusqlite::Result<_>>().unwrap()
    }
}
