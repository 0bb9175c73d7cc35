//! The keys of hosts. Their secrets are not stored.

use rusqlite::{Connection, OptionalExtension, params};

use crate::domain::host::{HostKey, HostName, HostRole, KeyUse};
use crate::domain::ids::HostKeyId;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::domain::time::WallTime;
use crate::store::sqlite::sql::rows;
use crate::store::sqlite::sql::statements::WriteError;
use crate::store::write::Written;

/// Adds a key.
pub(in crate::store) fn add(db: &Connection, key: &HostKey) -> Result<(), WriteError> {
    let added = db
        .prepare_cached(
            "INSERT OR IGNORE INTO host_keys (id, name, helper, made_at) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            key.id.as_bytes(),
            key.name.as_str(),
            key.role == HostRole::Helper,
            key.made_at.0
        ])?;
    if added == 0 { Err(Refusal::Host(HostRefusal::KeyNameTaken).into()) } else { Ok(()) }
}

/// Revokes a key.
pub(in crate::store) fn revoke(db: &Connection, name: &HostName) -> Result<(), WriteError> {
    let gone =
        db.prepare_cached("DELETE FROM host_keys WHERE name = ?1")?.execute([name.as_str()])?;
    if gone == 0 { Err(Refusal::Host(HostRefusal::NoSuchKey).into()) } else { Ok(()) }
}

/// Uses up a number of a key, if it is higher than every number used before, and comes from the browser that the key
/// belongs to.
pub(in crate::store) fn take_number(
    db: &Connection,
    KeyUse { id, number, browser }: &KeyUse,
) -> Result<Written, WriteError> {
    let (key, last, owner) = db
        .prepare_cached(
            "SELECT id, name, helper, made_at, browser, number FROM host_keys WHERE id = ?1",
        )?
        .query_row([id.as_bytes()], |row| {
            Ok((key(row)?, row.get::<_, i64>(5)?, row.get::<_, Option<String>>(4)?))
        })
        .optional()?
        .ok_or(WriteError::Refused(Refusal::Host(HostRefusal::BadSignature)))?;
    if owner.is_some_and(|owner| owner != browser.as_str()) {
        return Err(Refusal::Host(HostRefusal::OtherBrowser).into());
    }
    if *number <= last {
        return Err(Refusal::Host(HostRefusal::Replayed).into());
    }
    db.prepare_cached("UPDATE host_keys SET number = ?2, browser = ?3 WHERE id = ?1")?
        .execute(params![id.as_bytes(), number, browser.as_str()])?;
    Ok(Written::KeyUsed(HostKey { is_used: true, ..key }))
}

/// The keys, the oldest first.
pub(in crate::store) fn list(db: &Connection) -> rusqlite::Result<Vec<HostKey>> {
    let mut query = db.prepare_cached(
        "SELECT id, name, helper, made_at, browser FROM host_keys ORDER BY made_at, name",
    )?;
    rows::readable(query.query_map([], key)?)
}

fn key(row: &rusqlite::Row<'_>) -> rusqlite::Result<HostKey> {
    Ok(HostKey {
        id: HostKeyId::from_bytes(row.get(0)?),
        name: HostName::trusted(row.get(1)?),
        role: if row.get(2)? { HostRole::Helper } else { HostRole::Host },
        made_at: WallTime(row.get(3)?),
        is_used: row.get::<_, Option<String>>(4)?.is_some(),
    })
}
