//! What the host has set for the event: two of the hub's own values, which are missing unless set.

use rusqlite::{Connection, OptionalExtension};

use crate::domain::event_settings::{EventEdit, EventSettings};
use crate::domain::language::Language;
use crate::domain::text::Title;
use crate::store::sqlite::sql::statements::{WriteError, set_meta};

/// The event's title, a text.
pub(in crate::store) const TITLE: &str = "event_title";

/// The event's language: 0 is Korean, 1 is English.
pub(in crate::store) const LANGUAGE: &str = "event_language";

/// Sets one of them. Returns whether it was different.
pub(in crate::store) fn set(db: &Connection, edit: &EventEdit) -> Result<bool, WriteError> {
    let was = settings(db)?;
    if was.with(edit.clone()) == was {
        return Ok(false);
    }
    match edit {
        EventEdit::Title(Some(title)) => set_meta(db, TITLE, title.as_str())?,
        EventEdit::Title(None) => unset(db, TITLE)?,
        EventEdit::Language(Some(language)) => {
            set_meta(db, LANGUAGE, i64::from(*language == Language::En))?;
        }
        EventEdit::Language(None) => unset(db, LANGUAGE)?,
    }
    Ok(true)
}

/// Both values. One that cannot be read counts as not set.
pub(in crate::store) fn settings(db: &Connection) -> rusqlite::Result<EventSettings> {
    let title = value::<String>(db, TITLE)?.and_then(|title| Title::parse(&title).ok());
    let language = value::<i64>(db, LANGUAGE)?.map(|number| match number {
        1 => Language::En,
        _ => Language::Ko,
    });
    Ok(EventSettings { title, language })
}

fn unset(db: &Connection, key: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM meta WHERE key = ?1")?.execute([key])?;
    Ok(())
}

fn value<T: rusqlite::types::FromSql>(db: &Connection, key: &str) -> rusqlite::Result<Option<T>> {
    let known = db
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional();
    match known {
        // A corrupted value of another type.
        Err(error) if error.sqlite_error().is_none() => Ok(None),
        other => other,
    }
}
