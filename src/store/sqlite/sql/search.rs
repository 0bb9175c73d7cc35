//! Searching a room's messages, from the newest back.

use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};

use crate::domain::ids::Seq;
use crate::domain::search::Needle;
use crate::store::reader::{Found, SEARCH};
use crate::store::sqlite::sql::queries::{self, Member};

/// Messages before a place that a member may read and that contain a text, newest first, at most `most`.
pub(in crate::store) fn search(
    db: &Connection,
    member: &Member,
    needle: &Needle,
    before: Seq,
    most: usize,
) -> rusqlite::Result<Found> {
    let begun = Instant::now();
    let mut places = db.prepare_cached(
        "SELECT seq, content FROM messages WHERE room = (SELECT n FROM rooms WHERE id = ?1)
         AND seq < ?2 AND seq >= ?3 AND kind = 0 AND taken_back = 0 ORDER BY seq DESC",
    )?;
    let mut places = places.query(params![member.room.as_bytes(), before.0, member.first.0])?;
    let (mut found, mut end, mut is_early) = (Vec::new(), None, false);
    while let Some(row) = places.next()? {
        let seq = Seq(row.get(0)?);
        if let ValueRef::Text(content) = row.get_ref(1)?
            && needle.is_in(&String::from_utf8_lossy(content))
        {
            found.push(seq);
        }
        is_early = begun.elapsed() >= SEARCH;
        if is_early || found.len() >= most {
            end = (seq > member.first).then_some(seq);
            break;
        }
    }
    let is_early = is_early && end.is_some() && found.len() < most;
    let messages = queries::at_places(db, (member.room, Some(member.chatter.id)), &found)?;
    Ok(Found { messages, before: end, is_early })
}
