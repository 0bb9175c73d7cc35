//! How much of the database each room and author uses, so that the largest loses first.
//!
//! Counted in memory, and only once the database is too large: in steps, from the oldest message to the
//! newest, and then with each new one. A stored count would cost a write per message.

use std::collections::HashMap;

use rusqlite::{Connection, params};

/// The most rows that one step reads.
const LOOK: i64 = 2_000;

/// Bytes of a message besides its text: its row, and its index entries.
pub(in crate::store) const ROW: u64 = 128;

/// This many of a room's newest messages stay while another room has more.
pub(in crate::store) const NEWEST: u64 = 100;

/// How much somebody uses.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Weight {
    pub(in crate::store) rows: u64,
    /// Text and rows, in bytes.
    pub(in crate::store) bytes: u64,
}

impl Weight {
    fn add(&mut self, text: u64) {
        self.rows += 1;
        self.bytes += ROW + text;
    }

    fn lose(&mut self, lost: Self) {
        self.rows = self.rows.saturating_sub(lost.rows);
        self.bytes = self.bytes.saturating_sub(lost.bytes);
    }
}

/// The weights of all rooms, and of the authors in the room that loses.
#[derive(Debug, Default)]
pub(in crate::store) struct Weights {
    /// The last message that is counted.
    seen: i64,
    rooms: HashMap<i64, Weight>,
    authors: Authors,
}

/// The weights of the authors in a room, without its newest hundred messages.
#[derive(Debug, Default)]
pub(in crate::store) struct Authors {
    room: i64,
    /// The last place that is counted.
    seen: i64,
    texts: HashMap<i64, Weight>,
    /// The author whose messages are being emptied, and up to which place they are.
    pub(in crate::store) losing: Option<(i64, i64)>,
}

impl Weights {
    /// Counts further messages. Returns whether all are counted.
    pub(in crate::store) fn count(&mut self, db: &Connection) -> rusqlite::Result<bool> {
        let mut next = db.prepare_cached(
            "SELECT id, room, octet_length(content) FROM messages WHERE id > ?1 ORDER BY id LIMIT ?2",
        )?;
        let mut rows = next.query([self.seen, LOOK])?;
        let mut counted = 0;
        while let Some(row) = rows.next()? {
            self.seen = row.get(0)?;
            self.rooms.entry(row.get(1)?).or_default().add(size(row.get(2)?));
            counted += 1;
        }
        Ok(counted < LOOK)
    }

    /// The room that loses next, and how many of its newest messages it keeps: the largest room with more
    /// than a hundred messages, else the largest.
    pub(in crate::store) fn largest(&self) -> Option<(i64, u64)> {
        let largest = |least: u64| {
            let rooms = self.rooms.iter().filter(|(_, weight)| weight.rows > least);
            rooms.max_by_key(|(room, weight)| (weight.bytes, **room)).map(|(room, _)| *room)
        };
        largest(NEWEST).map(|room| (room, NEWEST)).or_else(|| largest(0).map(|room| (room, 0)))
    }

    /// The last message that is counted. Newer ones need not be subtracted.
    pub(in crate::store) fn seen(&self) -> i64 {
        self.seen
    }

    /// Subtracts from a room.
    pub(in crate::store) fn lose(&mut self, room: i64, lost: Weight) {
        if let Some(weight) = self.rooms.get_mut(&room) {
            weight.lose(lost);
        }
    }

    /// Removes a room, which is deleted or cannot lose more.
    pub(in crate::store) fn forget(&mut self, room: i64) {
        self.rooms.remove(&room);
    }

    /// The weights of this room's authors.
    pub(in crate::store) fn authors(&mut self, room: i64) -> &mut Authors {
        if self.authors.room != room {
            self.authors = Authors { room, ..Authors::default() };
        }
        &mut self.authors
    }
}

impl Authors {
    /// Counts further messages up to a place. Returns whether all are counted.
    pub(in crate::store) fn count(&mut self, db: &Connection, last: i64) -> rusqlite::Result<bool> {
        let mut next = db.prepare_cached(
            "SELECT seq, chatter, kind, octet_length(content) FROM messages
             WHERE room = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq LIMIT ?4",
        )?;
        let mut rows = next.query(params![self.room, self.seen, last, LOOK])?;
        let mut counted = 0;
        while let Some(row) = rows.next()? {
            self.seen = row.get(0)?;
            // The hub's notices have no author.
            let is_said = row.get::<_, i64>(2)? <= 1;
            let text = size(row.get(3)?);
            if is_said && text > 0 {
                self.texts.entry(row.get(1)?).or_default().add(text);
            }
            counted += 1;
        }
        Ok(counted < LOOK)
    }

    /// The author who loses next: the largest, if there are others and their texts are worth emptying.
    pub(in crate::store) fn largest(&self) -> Option<i64> {
        if self.texts.len() < 2 {
            return None;
        }
        let largest = self.texts.iter().max_by_key(|(author, weight)| (weight.bytes, **author));
        let (author, weight) = largest?;
        (weight.bytes > 2 * weight.rows * ROW).then_some(*author)
    }

    /// Subtracts from an author.
    pub(in crate::store) fn lose(&mut self, author: i64, lost: Weight) {
        if let Some(weight) = self.texts.get_mut(&author) {
            weight.lose(lost);
        }
    }

    /// Removes an author, who cannot lose more.
    pub(in crate::store) fn forget(&mut self, author: i64) {
        self.texts.remove(&author);
        self.losing = None;
    }
}

/// A length, as SQLite returns it.
pub(in crate::store) fn size(bytes: i64) -> u64 {
    u64::try_from(bytes).unwrap_or(0)
}
