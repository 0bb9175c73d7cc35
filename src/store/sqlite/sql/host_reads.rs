//! What the host reads of all rooms.

use rusqlite::{Connection, params};

use crate::domain::ids::MessageId;
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::reader::{Heard, STREAM_SPAN};
use crate::store::sqlite::sql::rows;

/// What people have said in the rooms that live at `now`, with an id above `after`: the newest, oldest first.
pub(in crate::store) fn stream(
    db: &Connection,
    MessageId(after): MessageId,
    most: usize,
    now: HubTime,
) -> rusqlite::Result<Vec<Heard>> {
    // The sign keeps SQLite from beginning with the rooms, whose messages it would have to sort.
    let sql = format!(
        "SELECT {} WHERE m.id > max(?1, (SELECT max(id) FROM messages) - ?2) AND m.kind IN (0, 1)
         AND r.deleted = 0 AND +r.expires_hub > ?3 ORDER BY m.id DESC LIMIT ?4",
        rows::message_with_room()
    );
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut query = db.prepare_cached(&sql)?;
    let heard = query.query_map(params![after, STREAM_SPAN, rows::sql(now), most], |row| {
        let title = Title::trusted(rows::text(row, 25)?);
        Ok(Heard { message: rows::message(row)?, code: rows::parsed(row, 24)?, title })
    })?;
    let mut heard = rows::readable(heard)?;
    heard.reverse();
    Ok(heard)
}
