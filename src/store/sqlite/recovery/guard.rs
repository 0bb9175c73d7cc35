//! Guards against what a foreign database file could do.
//!
//! SQLite runs what a file's schema contains: triggers, views, generated columns, constraints. So no
//! connection runs triggers or views, and a file is used only if its tables are the hub's own.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;

use crate::store::sqlite::sql::schema;

/// The most bytes of one value or row. A message has at most 32,000.
const VALUE_MAX: i32 = 1 << 20;

/// Disables what a schema could run, and limits the size of values.
pub(in crate::store) fn guard(db: &Connection) -> rusqlite::Result<()> {
    for (option, wanted) in [
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
    ] {
        db.set_db_config(option, wanted)?;
    }
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, VALUE_MAX)?;
    Ok(())
}

/// How a file's schema differs from the hub's own.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Strange {
    /// Tables and indexes of the hub that are missing or different.
    pub(in crate::store) wrong: Vec<String>,
    /// Objects that no hub makes: triggers, views, other tables and indexes.
    pub(in crate::store) extra: Vec<String>,
}

impl Strange {
    /// Why the file cannot be used as it is: a clause. `None` if it can.
    pub(in crate::store) fn complaint(&self) -> Option<String> {
        let Self { wrong, extra } = self;
        match (wrong.first(), extra.first()) {
            (Some(wrong), _) => Some(format!("its {wrong} is not as a hub makes it")),
            (None, Some(extra)) => Some(format!("{extra} is in it, which no hub makes")),
            (None, None) => None,
        }
    }
}

/// An object of a schema: its type, name and SQL.
type Object = (String, String, Option<String>);

/// Compares a file's schema with the hub's own of this version.
pub(in crate::store) fn strange(db: &Connection, version: usize) -> rusqlite::Result<Strange> {
    let own = objects(&schema::empty(version)?)?;
    let found = objects(db)?;
    let lacks = |these: &[Object], those: &[Object]| -> Vec<String> {
        let missing = these.iter().filter(|object| !those.contains(object));
        missing.map(|(sort, name, _)| format!("{sort} {name:?}")).collect()
    };
    let wrong = lacks(&own, &found);
    let mut extra = lacks(&found, &own);
    // A changed object counts as wrong only.
    extra.retain(|object| !wrong.contains(object));
    Ok(Strange { wrong, extra })
}

fn objects(db: &Connection) -> rusqlite::Result<Vec<Object>> {
    // ANALYZE's tables are read by the planner only.
    let mut query = db.prepare(
        "SELECT type, name, sql FROM sqlite_schema WHERE name NOT IN ('sqlite_stat1', 'sqlite_stat4')",
    )?;
    let object = |row: &rusqlite::Row<'_>| {
        // Damage may have made it no text; then it is no hub's either.
        let text = |at| match row.get_ref(at)? {
            ValueRef::Text(bytes) => Ok(Some(String::from_utf8_lossy(bytes).into_owned())),
            _ => Ok::<_, rusqlite::Error>(None),
        };
        let name = |at| Ok::<_, rusqlite::Error>(text(at)?.unwrap_or_default());
        Ok((name(0)?, name(1)?, text(2)?.as_deref().map(bare)))
    };
    query.query_map([], object)?.collect()
}

/// A statement without comments and with single spaces: a flipped bit in a comment changes nothing.
fn bare(sql: &str) -> String {
    let code = sql.lines().map(|line| line.split("--").next().unwrap_or(line));
    code.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_of_each_version_has_nothing_strange() {
        for version in 1..=schema::NEWEST {
            let db = schema::empty(version).unwrap();
            assert_eq!(strange(&db, version).unwrap(), Strange::default());
        }
    }

    #[test]
    fn objects_that_no_hub_makes_are_named() {
        for (sql, named) in [
            ("CREATE VIEW v AS SELECT 1", "view \"v\" is in it"),
            (
                "CREATE TRIGGER keeps BEFORE UPDATE ON messages BEGIN SELECT 1; END",
                "trigger \"keeps\" is in it",
            ),
            ("CREATE TABLE more (a)", "table \"more\" is in it"),
            ("CREATE UNIQUE INDEX once ON messages (content)", "once"),
            ("DROP INDEX messages_by_key", "index \"messages_by_key\" is not"),
            ("ALTER TABLE chatters ADD COLUMN more TEXT", "table \"chatters\" is not"),
            ("ALTER TABLE rooms DROP COLUMN title", "table \"rooms\" is not"),
        ] {
            let db = schema::empty(schema::NEWEST).unwrap();
            db.execute_batch(sql).unwrap();
            let complaint = strange(&db, schema::NEWEST).unwrap().complaint().unwrap();
            assert!(complaint.contains(named), "{complaint}");
        }
    }

    #[test]
    fn a_schema_that_is_no_text_any_more_can_be_read() {
        let db = schema::empty(schema::NEWEST).unwrap();
        db.execute_batch(
            "PRAGMA writable_schema = 1;
             UPDATE sqlite_schema SET sql = CAST(x'ff' || CAST(sql AS BLOB) AS TEXT) WHERE name = 'bans';",
        )
        .unwrap();
        let complaint = strange(&db, schema::NEWEST).unwrap().complaint().unwrap();
        assert!(complaint.contains("bans"), "{complaint}");
    }

    #[test]
    fn no_trigger_and_no_view_is_run() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE t (a); CREATE TABLE heard (a); CREATE VIEW v AS SELECT 1;
             CREATE TRIGGER spy AFTER INSERT ON t BEGIN INSERT INTO heard VALUES (new.a); END;",
        )
        .unwrap();
        guard(&db).unwrap();
        db.execute("INSERT INTO t VALUES (1)", []).unwrap();
        let heard: i64 = db.query_row("SELECT count(*) FROM heard", [], |row| row.get(0)).unwrap();
        assert_eq!(heard, 0);
        assert!(db.prepare("SELECT * FROM v").is_err());
        assert!(db.query_row("SELECT zeroblob(2000000)", [], |_| Ok(())).is_err());
    }
}
