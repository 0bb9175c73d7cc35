//! Wipes the shared database, over a connection of its own. The hubs learn of it from the log.

use tokio_postgres::{Client, Row};

use super::connect::{ConnectError, Database, said};
use super::rows::RowError;
use super::{connect_to_read, migrate};
use crate::domain::ids::WipeId;
use crate::store::wipe::{Content, LeftFile, NotedExport, WipeReceipt, WipeSurvey};

/// What a wipe would remove. Blocks.
///
/// # Errors
/// See [`ConnectError`].
pub fn survey_shared(database: &Database) -> Result<WipeSurvey, ConnectError> {
    let (runtime, client) = connect_to_read(database)?;
    let refused = |error: RowError| database.refused(&error);
    runtime.block_on(survey(&client)).map_err(refused)
}

async fn survey(client: &Client) -> Result<WipeSurvey, RowError> {
    let asked =
        "SELECT said, browsers, all_rooms, host_rooms, export, said_since FROM survey_wipe()";
    let row = client.query_one(asked, &[]).await?;
    let content = Content {
        messages: count(&row, 0)?,
        people: count(&row, 1)?,
        rooms: count(&row, 2)?,
        host_rooms: count(&row, 3)?,
    };
    let (export, since) = (export(&row, 4)?, count(&row, 5)?);
    Ok(WipeSurvey {
        content: Ok(content),
        export: export.map(|export| (export, since)),
        copies: Vec::new(),
        set_aside: Vec::new(),
        left: Vec::new(),
    })
}

/// Wipes it. The receipt is kept in the database. Blocks, up to some seconds.
///
/// # Errors
/// See [`ConnectError`]. Nothing is wiped then, unless the connection was lost during the commit.
pub fn wipe_shared(
    database: &Database,
    id: WipeId,
    keep_rooms: bool,
) -> Result<WipeReceipt, ConnectError> {
    let (runtime, mut client) = connect_to_read(database)?;
    let refused = |error: RowError| database.refused(&error);
    runtime.block_on(wipe(&mut client, id, keep_rooms)).map_err(refused)
}

async fn wipe(client: &mut Client, id: WipeId, keep_rooms: bool) -> Result<WipeReceipt, RowError> {
    let tx = client.transaction().await?;
    tx.execute(migrate::LOCK, &[]).await?;
    let wiped =
        "SELECT said, browsers, all_rooms, host_rooms, wall, export, said_since FROM wipe($1)";
    let row = tx.query_one(wiped, &[&keep_rooms]).await?;
    let host_rooms = count(&row, 3)?;
    let content = Content {
        messages: count(&row, 0)?,
        people: count(&row, 1)?,
        rooms: count(&row, 2)?,
        host_rooms,
    };
    let mut receipt = WipeReceipt {
        id: id.to_string(),
        at: row.try_get(4)?,
        content: Some(content),
        rooms_kept: if keep_rooms { host_rooms } else { 0 },
        copies: 0,
        set_aside: 0,
        bytes: 0,
        export: export(&row, 5)?,
        said_since: Some(count(&row, 6)?),
        left: Vec::new(),
    };
    let kept = serde_json::json!(receipt).to_string();
    tx.execute(KEEP, &[&"wiped", &kept]).await?;
    tx.execute("SELECT pg_notify('colahub', '')", &[]).await?;
    tx.commit().await?;
    // The rows of the rooms that are gone are still in the table's file.
    let vacuumed = client.batch_execute("VACUUM FULL rooms").await;
    if let Err(error) = vacuumed {
        let (name, why) = ("the table of rooms".to_owned(), said(&error));
        receipt.left.push(LeftFile { name, why });
    }
    Ok(receipt)
}

/// Sets one of the database's own values.
const KEEP: &str = "INSERT INTO meta VALUES ($1, $2)
     ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/// The receipt of the last wipe. Blocks.
///
/// # Errors
/// See [`ConnectError`].
pub fn shared_receipt(database: &Database) -> Result<Option<WipeReceipt>, ConnectError> {
    let (runtime, client) = connect_to_read(database)?;
    let asked = client.query_opt("SELECT value FROM meta WHERE key = 'wiped'", &[]);
    let row = runtime.block_on(asked).map_err(|error| database.refused(&error))?;
    Ok(row.and_then(|row| serde_json::from_str(row.try_get(0).ok()?).ok()))
}

/// Remembers an export until the next wipe. Blocks.
///
/// # Errors
/// See [`ConnectError`].
pub fn note_shared_export(database: &Database, export: &NotedExport) -> Result<(), ConnectError> {
    let (runtime, client) = connect_to_read(database)?;
    let text = serde_json::json!(export).to_string();
    let noted = runtime.block_on(client.execute(KEEP, &[&"export", &text]));
    noted.map(|_| ()).map_err(|error| database.refused(&error))
}

fn count(row: &Row, at: usize) -> Result<u64, RowError> {
    Ok(u64::try_from(row.try_get::<_, i64>(at)?).unwrap_or(0))
}

fn export(row: &Row, at: usize) -> Result<Option<NotedExport>, RowError> {
    let text: Option<String> = row.try_get(at)?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

#[cfg(test)]
mod tests {
    use crate::store::postgres::migrate::MIGRATIONS;

    /// The tables that a wipe keeps, some of their rows at least.
    const KEPT: [&str; 5] = ["commits", "host_keys", "hubs", "meta", "rooms"];

    #[test]
    fn a_wipe_empties_every_table_that_is_not_kept() {
        let all = MIGRATIONS.concat();
        let made =
            all.split("CREATE TABLE ").skip(1).filter_map(|rest| rest.split([' ', '(']).next());
        let (_, wipe) = all.rsplit_once("FUNCTION wipe(").unwrap();
        let (_, list) = wipe.split_once("TRUNCATE ").unwrap();
        let (list, _) = list.split_once(';').unwrap();
        let emptied: Vec<&str> = list.split(',').map(str::trim).collect();
        for table in made {
            assert_ne!(emptied.contains(&table), KEPT.contains(&table), "{table}");
        }
    }
}
