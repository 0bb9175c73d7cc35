//! The schema: its migrations, each in a transaction of its own.

use tokio_postgres::Client;

use super::HubRun;
use super::connect::{ConnectError, Database};

/// All migrations in order. A migration's number is its position plus one, as in its file name.
pub(super) const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/postgres/0001_hubs.sql"),
    include_str!("../../../migrations/postgres/0002_guests.sql"),
    include_str!("../../../migrations/postgres/0003_reports.sql"),
    include_str!("../../../migrations/postgres/0004_settings.sql"),
    include_str!("../../../migrations/postgres/0005_hosts.sql"),
    include_str!("../../../migrations/postgres/0006_pruning.sql"),
    include_str!("../../../migrations/postgres/0007_modes.sql"),
    include_str!("../../../migrations/postgres/0008_mutes.sql"),
    include_str!("../../../migrations/postgres/0009_announcements.sql"),
    include_str!("../../../migrations/postgres/0010_rooms.sql"),
    include_str!("../../../migrations/postgres/0011_hosts.sql"),
    include_str!("../../../migrations/postgres/0012_plans.sql"),
    include_str!("../../../migrations/postgres/0013_questions.sql"),
    include_str!("../../../migrations/postgres/0014_polls.sql"),
    include_str!("../../../migrations/postgres/0015_wipe.sql"),
    include_str!("../../../migrations/postgres/0016_event.sql"),
    include_str!("../../../migrations/postgres/0017_walls.sql"),
    include_str!("../../../migrations/postgres/0018_prepared.sql"),
    include_str!("../../../migrations/postgres/0019_dropped.sql"),
    include_str!("../../../migrations/postgres/0020_drops_told.sql"),
    include_str!("../../../migrations/postgres/0021_batches.sql"),
    include_str!("../../../migrations/postgres/0022_once.sql"),
    include_str!("../../../migrations/postgres/0023_lookups.sql"),
];

/// Takes the log's lock, so that only one hub migrates at a time, and no commit is under way.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtext('colahub.log'))";

/// Checks the schema without changing it. Returns its state as a clause for the host.
pub(super) async fn check(database: &Database, client: &Client) -> Result<String, ConnectError> {
    let refused = |error: tokio_postgres::Error| database.refused(&error);
    let is_new = client
        .query_one("SELECT to_regclass('colahub.meta') IS NULL", &[])
        .await
        .map_err(refused)?
        .get::<_, bool>(0);
    if is_new {
        let may = "SELECT has_database_privilege(current_database(), 'CREATE'), current_user::text";
        let row = client.query_one(may, &[]).await.map_err(refused)?;
        if !row.get::<_, bool>(0) {
            let cause = format!("{} may not make a schema there", row.get::<_, String>(1));
            return Err(ConnectError::Failed { place: database.place(), cause });
        }
        return Ok("the first hub that starts sets the database up".into());
    }
    let version =
        "SELECT value::bigint, (SELECT count(*) FROM hubs) FROM meta WHERE key = 'version'";
    let row = client.query_one(version, &[]).await.map_err(refused)?;
    let found = usize::try_from(row.get::<_, i64>(0)).unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        return Err(ConnectError::Newer { found, known: MIGRATIONS.len() });
    }
    Ok(match row.get::<_, i64>(1) {
        1 => "1 hub runs on it".to_owned(),
        hubs => format!("{hubs} hubs run on it"),
    })
}

/// Checks that the schema is that of this program, for somebody who does not change it.
pub(super) async fn check_newest(database: &Database, client: &Client) -> Result<(), ConnectError> {
    let known = check(database, client).await?;
    let version = "SELECT coalesce((SELECT value::bigint FROM meta WHERE key = 'version'), 0)";
    let is_there = client.query_one("SELECT to_regclass('colahub.meta') IS NOT NULL", &[]).await;
    let is_there: bool = is_there.map_err(|error| database.refused(&error))?.get(0);
    let found = match is_there {
        true => {
            client.query_one(version, &[]).await.map_err(|error| database.refused(&error))?.get(0)
        }
        false => 0_i64,
    };
    if usize::try_from(found) == Ok(MIGRATIONS.len()) {
        return Ok(());
    }
    let cause =
        format!("its schema is not that of this program; start a hub on it first ({known})");
    Err(ConnectError::Failed { place: database.place(), cause })
}

/// Brings the schema up to date, and stores the key and the epoch that all hubs share if they are missing.
pub(super) async fn migrate(
    database: &Database,
    client: &mut Client,
    hub: &HubRun,
) -> Result<(), ConnectError> {
    let refused = |error: tokio_postgres::Error| database.refused(&error);
    let transaction = client.transaction().await.map_err(refused)?;
    transaction.execute(LOCK, &[]).await.map_err(refused)?;
    transaction.batch_execute("CREATE SCHEMA IF NOT EXISTS colahub").await.map_err(refused)?;
    let is_new = transaction
        .query_one("SELECT to_regclass('colahub.meta') IS NULL", &[])
        .await
        .map_err(refused)?
        .get::<_, bool>(0);
    let found = match is_new {
        true => 0,
        false => transaction
            .query_one("SELECT value::bigint FROM meta WHERE key = 'version'", &[])
            .await
            .map_err(refused)?
            .get::<_, i64>(0),
    };
    let found = usize::try_from(found).unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        return Err(ConnectError::Newer { found, known: MIGRATIONS.len() });
    }
    for migration in MIGRATIONS.iter().skip(found) {
        transaction.batch_execute(migration).await.map_err(refused)?;
    }
    let version = MIGRATIONS.len().to_string();
    let key: String = hub.key.iter().map(|byte| format!("{byte:02x}")).collect();
    let epoch = hub.epoch.0.to_string();
    transaction
        .execute(
            "INSERT INTO meta VALUES ('version', $1), ('born', wall_now()::text), ('epoch', $2),
                 ('identity_key', $3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE meta.key = 'version'",
            &[&version, &epoch, &key],
        )
        .await
        .map_err(refused)?;
    transaction.commit().await.map_err(refused)
}
