//! A separate PostgreSQL for tests: `postgres.sh` creates it, and removes it when this process ends.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/several/postgres.sh");

/// The exit code where PostgreSQL is not installed.
const NOT_INSTALLED: i32 = 3;

/// A running cluster.
pub(crate) struct Postgres {
    folder: String,
    /// Removes the cluster when its standard input ends, so also when this process is killed.
    _holder: Child,
    databases: AtomicU32,
}

impl Postgres {
    /// The cluster that the tests of this process share. `None` where PostgreSQL is not installed: `./dev test`
    /// installs it, `cargo test` alone does without.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        // These tests are not about the disk.
        SHARED.get_or_init(|| Self::start(&["fsync=off", "max_connections=400"])).as_ref()
    }

    fn start(settings: &[&str]) -> Option<Self> {
        let mut command = Command::new(SCRIPT);
        command.arg("hold").args(settings).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = command.spawn().unwrap();
        let mut folder = String::new();
        BufReader::new(holder.stdout.take().unwrap()).read_line(&mut folder).unwrap();
        if folder.is_empty() {
            assert_eq!(
                holder.wait().unwrap().code(),
                Some(NOT_INSTALLED),
                "PostgreSQL did not start"
            );
            return None;
        }
        let folder = folder.trim().to_owned();
        Some(Self { folder, _holder: holder, databases: AtomicU32::new(0) })
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("chat{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        format!("host={} user=postgres dbname={name}", self.folder)
    }

    /// Runs SQL. Returns what the server says beside the rows: notices, and plans where they are asked for.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let mut command = Command::new(SCRIPT);
        command.args(["sql", &self.folder, database]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut psql = command.spawn().unwrap();
        psql.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        let ended = psql.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        let errors: Vec<&str> = said.lines().filter(|line| line.contains("ERROR")).collect();
        assert!(ended.status.success(), "{}", errors.join("\n"));
        said
    }
}
