//! The database file: its pragmas and its migrations.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::store::sqlite::disk::files::{self, immutable};
use crate::store::sqlite::recovery::guard::guard;
use crate::store::sqlite::recovery::wipe::WipeError;

/// "COLA" in the header, for `file` and curious hosts (`application_id`).
const APPLICATION_ID: i32 = 0x434f_4c41;

/// The writer's page cache, in KiB: it holds the inner pages of a database with millions of messages. Other
/// connections have 256 KiB (`.cargo/config.toml`).
const WRITER_PAGES: i32 = 1024;

/// How long a connection waits for a lock (`busy_timeout`).
pub(in crate::store) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// All migrations in order. A migration's number is its position plus one, as in its file name.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_rooms", include_str!("../../../../migrations/0001_rooms.sql")),
    ("0002_retention", include_str!("../../../../migrations/0002_retention.sql")),
    ("0003_host", include_str!("../../../../migrations/0003_host.sql")),
    ("0004_doors", include_str!("../../../../migrations/0004_doors.sql")),
    ("0005_guests", include_str!("../../../../migrations/0005_guests.sql")),
    ("0006_reports", include_str!("../../../../migrations/0006_reports.sql")),
    ("0007_hosts", include_str!("../../../../migrations/0007_hosts.sql")),
    ("0008_modes", include_str!("../../../../migrations/0008_modes.sql")),
    ("0009_mutes", include_str!("../../../../migrations/0009_mutes.sql")),
    ("0010_announcements", include_str!("../../../../migrations/0010_announcements.sql")),
    ("0011_rooms", include_str!("../../../../migrations/0011_rooms.sql")),
    ("0012_hosts", include_str!("../../../../migrations/0012_hosts.sql")),
    ("0013_questions", include_str!("../../../../migrations/0013_questions.sql")),
    ("0014_polls", include_str!("../../../../migrations/0014_polls.sql")),
    ("0015_walls", include_str!("../../../../migrations/0015_walls.sql")),
    ("0016_prepared", include_str!("../../../../migrations/0016_prepared.sql")),
    ("0017_once", include_str!("../../../../migrations/0017_once.sql")),
];

/// The schema version of this program.
pub(in crate::store) const NEWEST: usize = MIGRATIONS.len();

/// Why a database could not be opened: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be created or written.
    #[error("the data folder {} cannot be used: {cause}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The kernel's error.
        cause: std::io::Error,
    },
    /// It is not a regular file.
    #[error("{} is not a file, so it is no database; move it away", path.display())]
    NoFile {
        /// The path.
        path: PathBuf,
    },
    /// It cannot be accessed.
    #[error("the database {} cannot be looked at: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The kernel's error.
        cause: std::io::Error,
    },
    /// The folder of the copies cannot be listed, and one of them is needed.
    #[error(
        "the copies in {} cannot be looked at ({cause}), and the hub does not begin again without them; let its user read that folder, or move it away",
        path.display()
    )]
    Copies {
        /// The folder.
        path: PathBuf,
        /// The kernel's error.
        cause: std::io::Error,
    },
    /// The file belongs to another program.
    #[error("{} is an SQLite database of another program; move it away or choose another data folder", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer hub.
    #[error(
        "{} was written by a newer colahub (schema {found}, this one knows {known}); install that version again, or go back to a copy made before the update ({}.before-…)",
        path.display(), path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: usize,
        /// The schema version of this program.
        known: usize,
    },
    /// A migration failed; the file is unchanged.
    #[error("{} could not be updated to schema {migration}, and is as it was: {cause}", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// The migration.
        migration: &'static str,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
    /// The file has to be migrated, but the disk takes no writes.
    #[error("{} is from an older colahub and has to be updated, but the disk takes no writing", path.display())]
    Frozen {
        /// The file.
        path: PathBuf,
    },
    /// A wipe was ordered, and could not be carried out.
    #[error("the wipe that was ordered is not done, so the hub does not start: {0}")]
    Wipe(Box<WipeError>),
    /// A wipe was ordered, and has to be carried out first.
    #[error(
        "a wipe was ordered in {} and is not done; start the hub, or run `colahub wipe`, which finishes it",
        folder.display()
    )]
    WipeFirst {
        /// The data folder.
        folder: PathBuf,
    },
    /// SQLite could not open or read it.
    #[error("the database {} cannot be opened: {cause}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// SQLite's error.
        cause: rusqlite::Error,
    },
}

/// Opens the database for the writer. Creates or migrates it if necessary.
///
/// # Errors
/// See [`OpenError`]. The file is never left half migrated.
pub(in crate::store) fn open_writer(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let mut db = Connection::open(path).map_err(sqlite)?;
    guard(&db).map_err(sqlite)?;
    let version = version_of(&db, path)?;
    if version == 0 {
        // These two take effect only before the first table.
        db.pragma_update(None, "page_size", 4096).map_err(sqlite)?;
        db.pragma_update(None, "auto_vacuum", "INCREMENTAL").map_err(sqlite)?;
    }
    configure_writer(&db).map_err(sqlite)?;
    migrate(&mut db, path, version)?;
    Ok(db)
}

/// Opens the database for reading only.
///
/// # Errors
/// [`OpenError::Sqlite`].
pub(in crate::store) fn open_reader(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    // Not SQLITE_OPEN_READ_ONLY: a reader of a WAL database needs its shared memory file.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    guard(&db).map_err(sqlite)?;
    db.busy_timeout(BUSY_TIMEOUT).map_err(sqlite)?;
    db.pragma_update(None, "query_only", true).map_err(sqlite)?;
    // The writer decides what becomes of the WAL, also where a reader ends last.
    keep_wal(&db).map_err(sqlite)?;
    keep_plans(&db).map_err(sqlite)?;
    Ok(db)
}

/// Opens the database beside the writer, for a backup. The WAL of a hub that was not stopped is left as it is.
///
/// # Errors
/// SQLite's message.
pub(in crate::store) fn open_beside(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let has_wal = files::size(&files::with_suffix(path, "-wal")) > 0;
    let db = Connection::open_with_flags(path, flags)?;
    guard(&db)?;
    db.busy_timeout(BUSY_TIMEOUT)?;
    if has_wal {
        keep_wal(&db)?;
    }
    Ok(db)
}

/// Opens the database without writing anything, not even files beside it, on a disk that is read-only or
/// full. Nobody else may be writing to it.
///
/// # Errors
/// [`OpenError::Sqlite`].
pub(in crate::store) fn open_frozen(path: &Path) -> Result<Connection, OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if files::size(&files::with_suffix(path, "-wal")) == 0 {
        return open_alone(path).map_err(sqlite);
    }
    // The WAL counts, too. In exclusive mode SQLite reads it without a shared memory file, whose lock could
    // not be taken on a read-only file.
    let db = Connection::open_with_flags_and_vfs(path, flags, c"unix-none").map_err(sqlite)?;
    guard(&db).map_err(sqlite)?;
    db.pragma_update(None, "locking_mode", "EXCLUSIVE").map_err(sqlite)?;
    Ok(db)
}

/// Opens a complete database that nobody writes to. Creates no files beside it.
pub(in crate::store) fn open_alone(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let db = Connection::open_with_flags(immutable(path), flags)?;
    guard(&db)?;
    Ok(db)
}

/// Makes the end of the last connection leave the WAL as it is. SQLite folds it in otherwise and removes it, without
/// overwriting it.
pub(in crate::store) fn keep_wal(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Makes SQLite plan each statement once. Without this it reparses some statements for each message, to look
/// at the bound values: a third of the work of a write.
fn keep_plans(db: &Connection) -> rusqlite::Result<()> {
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn configure_writer(db: &Connection) -> rusqlite::Result<()> {
    db.busy_timeout(BUSY_TIMEOUT)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: NORMAL loses acknowledged messages in a power cut (in 30 of 30 trials).
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", true)?;
    // Deleted content is overwritten: what the host takes back must not be found any more.
    db.pragma_update(None, "secure_delete", true)?;
    // The hub shortens the WAL itself, and overwrites what it cuts off.
    db.pragma_update(None, "journal_size_limit", -1)?;
    db.pragma_update(None, "application_id", APPLICATION_ID)?;
    // A negative size is in KiB.
    db.pragma_update(None, "cache_size", -WRITER_PAGES)?;
    db.set_prepared_statement_cache_capacity(64);
    keep_plans(db)
}

/// The schema version; 0 for a new file.
pub(in crate::store) fn version_of(db: &Connection, path: &Path) -> Result<usize, OpenError> {
    let sqlite = |cause| OpenError::Sqlite { path: path.to_owned(), cause };
    let number = |name: &str| -> rusqlite::Result<i32> {
        db.pragma_query_value(None, name, |row| row.get(0))
    };
    let application = number("application_id").map_err(sqlite)?;
    let (tables, ours): (i64, i64) = db
        .query_row(
            "SELECT count(*), count(*) FILTER (WHERE name = 'memberships_by_chatter')
             FROM sqlite_schema",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .map_err(sqlite)?;
    // A corrupted header above the hub's own tables still counts as the hub's.
    if application != APPLICATION_ID && tables > 0 && ours == 0 {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let found = usize::try_from(number("user_version").map_err(sqlite)?).unwrap_or(usize::MAX);
    if found > MIGRATIONS.len() {
        let known = MIGRATIONS.len();
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    Ok(found)
}

fn migrate(db: &mut Connection, path: &Path, version: usize) -> Result<(), OpenError> {
    if version > 0 && version < MIGRATIONS.len() {
        back_up(db, path, version)?;
    }
    for (number, (migration, sql)) in (1_i32..).zip(MIGRATIONS).skip(version) {
        let failed = |cause| OpenError::Migration { path: path.to_owned(), migration, cause };
        let tx = db.transaction().map_err(failed)?;
        tx.execute_batch(sql).map_err(failed)?;
        tx.pragma_update(None, "user_version", number).map_err(failed)?;
        tx.commit().map_err(failed)?;
        tracing::info!(migration, "database updated");
    }
    Ok(())
}

/// An empty database in memory, with this schema version.
pub(in crate::store) fn empty(version: usize) -> rusqlite::Result<Connection> {
    let db = Connection::open_in_memory()?;
    MIGRATIONS.iter().take(version).try_for_each(|(_, sql)| db.execute_batch(sql))?;
    Ok(db)
}

/// Makes a copy beside the file before a migration, named after its schema version.
fn back_up(db: &Connection, path: &Path, version: usize) -> Result<(), OpenError> {
    let copy = path.with_extension(format!("sqlite3.before-{:04}", version + 1));
    let failed = |cause| OpenError::Migration { path: path.to_owned(), migration: "backup", cause };
    let in_folder = |cause| OpenError::Folder { path: copy.clone(), cause };
    if copy.try_exists().map_err(in_folder)? {
        // The remains of a start that was cut off before the migration: VACUUM INTO needs a new file.
        std::fs::remove_file(&copy).map_err(in_folder)?;
    }
    tracing::info!(copy = %copy.display(), "copying the database before its update");
    db.execute("VACUUM INTO ?1", [copy.to_string_lossy()]).map_err(failed)?;
    Ok(())
}

/// Writes a database as a hub with this schema version would leave it: a room, a member and two messages.
#[cfg(test)]
pub(in crate::store) fn write_as_of(path: &Path, version: usize) {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "page_size", 4096).unwrap();
    configure_writer(&db).unwrap();
    for (_, sql) in &MIGRATIONS[..version] {
        db.execute_batch(sql).unwrap();
    }
    db.pragma_update(None, "user_version", i32::try_from(version).unwrap()).unwrap();
    let id = |byte: u8| crate::domain::ids::RoomId::from_random([byte; 16]).as_bytes().to_vec();
    db.execute("INSERT INTO meta VALUES ('hub_time', 10)", []).unwrap();
    db.execute(
        "INSERT INTO rooms (n, id, code, title, namespace, capacity, created_at, created_hub, lifetime)
         VALUES (1, ?1, 'K7PMX3', 'room', 'anonymous', 0, 0, 0, 60000)",
        [id(1)],
    )
    .unwrap();
    let chatter =
        "INSERT INTO chatters (n, id, identity, nickname, created_at) VALUES (1, ?1, ?1, 'n1', 0)";
    db.execute(chatter, [id(1)]).unwrap();
    db.execute(
        "INSERT INTO memberships (room, identity, chatter, first_seq) VALUES (1, ?1, 1, 1)",
        [id(1)],
    )
    .unwrap();
    for (seq, content) in [(1, "하나"), (2, "둘")] {
        db.execute(
            "INSERT INTO messages (room, seq, chatter, kind, content, sent_at, sent_hub, key)
             VALUES (1, ?1, 1, 0, ?2, 0, 0, ?2)",
            (seq, content),
        )
        .unwrap();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_in_the_folder_is_compiled_in_in_order() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        // Those of PostgreSQL have a folder of their own.
        let files = files.filter(|entry| entry.path().is_file());
        let mut files: Vec<String> =
            files.map(|entry| entry.file_name().into_string().unwrap()).collect();
        files.sort();
        let known: Vec<String> = MIGRATIONS.iter().map(|m| format!("{}.sql", m.0)).collect();
        assert_eq!(files, known);
        for (index, name) in known.iter().enumerate() {
            assert!(name.starts_with(&format!("{:04}_", index + 1)), "{name}");
        }
    }

    #[test]
    fn a_database_of_a_newer_hub_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.sqlite3");
        let db = open_writer(&path).unwrap();
        db.pragma_update(None, "user_version", 99).unwrap();
        drop(db);
        let error = open_writer(&path).unwrap_err();
        assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
        assert!(error.to_string().contains("newer colahub"), "{error}");
    }

    #[test]
    fn a_database_of_another_program_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.sqlite3");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
        assert!(matches!(open_writer(&path), Err(OpenError::Foreign { .. })));
    }

    #[test]
    fn the_pragmas_hold() {
        let dir = tempfile::tempdir().unwrap();
        let db = open_writer(&dir.path().join("hub.sqlite3")).unwrap();
        let number =
            |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(number("synchronous"), 2, "FULL");
        assert_eq!(number("auto_vacuum"), 2, "INCREMENTAL");
        assert_eq!(number("foreign_keys"), 1);
        assert_eq!(number("secure_delete"), 1);
        assert_eq!(number("journal_size_limit"), -1);
        let mode: String = db.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        assert_eq!(mode, "wal");
    }

    #[test]
    fn a_copy_is_made_before_a_database_with_data_changes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.sqlite3");
        let db = open_writer(&path).unwrap();
        db.execute("INSERT INTO meta VALUES ('a', 1)", []).unwrap();
        back_up(&db, &path, 1).unwrap();
        back_up(&db, &path, 1).unwrap();
        let copy = Connection::open(dir.path().join("hub.sqlite3.before-0002")).unwrap();
        let kept: i64 = copy.query_row("SELECT value FROM meta", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }
}
