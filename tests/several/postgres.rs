//! A PostgreSQL of one's own: a temporary cluster of Debian's programs, on a Unix socket, gone with the test.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A cluster. It is stopped and removed when it is dropped, and when the process ends.
pub(crate) struct Postgres {
    folder: PathBuf,
    programs: PathBuf,
    /// Waits for the end of its standard input, then stops the server and removes the folder.
    janitor: Child,
    databases: AtomicU32,
}

impl Postgres {
    /// The cluster that the tests of this process share. `None` where PostgreSQL is not installed: `./dev test`
    /// installs it, `cargo test` alone does without.
    pub(crate) fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Postgres>> = OnceLock::new();
        // What these tests are about is not the disk.
        SHARED.get_or_init(|| Self::start(&["fsync=off", "max_connections=400"])).as_ref()
    }

    /// A new cluster with these settings. `None` where PostgreSQL is not installed.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        let programs = programs()?;
        let folder = empty_folder();
        run(server_user(Command::new(programs.join("initdb")))
            .args([
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--username=postgres",
                "-D",
            ])
            .arg(folder.join("data")));
        let mut all =
            format!("listen_addresses = ''\nunix_socket_directories = '{}'\n", folder.display());
        for setting in settings {
            let (key, value) = setting.split_once('=').unwrap();
            all.push_str(&format!("{key} = '{value}'\n"));
        }
        let mut sh = server_user(Command::new("sh"));
        run(sh
            .args(["-c", "printf %s \"$1\" >>\"$2\"", "sh", &all])
            .arg(folder.join("data/postgresql.conf")));
        let stop = "cat >/dev/null; \"$1/pg_ctl\" -D \"$2/data\" -m immediate stop; rm -rf \"$2\"";
        let mut janitor = server_user(Command::new("sh"));
        janitor.args(["-c", stop, "sh"]).arg(&programs).arg(&folder);
        // In a group of its own, so that Ctrl-C does not end it first.
        std::os::unix::process::CommandExt::process_group(&mut janitor, 0);
        let janitor = janitor
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self { folder, programs, janitor, databases: AtomicU32::new(0) };
        cluster.up();
        Some(cluster)
    }

    /// Starts the server, and waits until it answers.
    pub(crate) fn up(&self) {
        let log = self.folder.join("log");
        run(self.pg_ctl().args(["--wait", "--timeout=600", "start", "--log"]).arg(log));
    }

    /// Crashes the server: what was not flushed is gone.
    #[allow(dead_code, reason = "for the stories of crashes")]
    pub(crate) fn crash(&self) {
        run(self.pg_ctl().args(["--mode=immediate", "stop"]));
    }

    fn pg_ctl(&self) -> Command {
        let mut command = server_user(Command::new(self.programs.join("pg_ctl")));
        command.arg("-D").arg(self.folder.join("data"));
        command
    }

    /// The URL of a new, empty database.
    pub(crate) fn database(&self) -> String {
        let name = format!("chat{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        format!("host={} user=postgres dbname={database}", self.folder.display())
    }

    /// Runs SQL and returns what psql prints: rows, with `|` between their columns.
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"]);
        psql.arg(&self.folder).args(["-d", database, "-c", sql]);
        run(&mut psql)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.janitor.stdin.take());
        let _ended = self.janitor.wait();
    }
}

/// Debian's folder of the newest server's programs.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = versions.filter_map(|entry| Some(entry.ok()?.path())).max_by_key(version)?;
    let programs = newest.join("bin");
    programs.join("initdb").exists().then_some(programs)
}

/// The server refuses to run as root, so then it runs as the user that Debian's package has made.
fn server_user(command: Command) -> Command {
    if !is_root() {
        return command;
    }
    let mut as_postgres = Command::new("setpriv");
    as_postgres.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]);
    as_postgres.arg(command.get_program()).args(command.get_args());
    as_postgres.current_dir("/");
    as_postgres
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

/// In /tmp, since the path of a Unix socket has 107 bytes at most.
fn empty_folder() -> PathBuf {
    let mut mktemp = server_user(Command::new("mktemp"));
    let path = run(mktemp.args(["--directory", "/tmp/colahub-postgres-XXXXXX"]));
    Path::new(path.trim()).to_owned()
}

fn run(command: &mut Command) -> String {
    // Not a pipe: a server that was started would hold it open.
    let mut out = unnamed_file();
    let err = unnamed_file();
    let ended = command.stdout(out.try_clone().unwrap()).stderr(err.try_clone().unwrap()).status();
    let ended = ended.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let read = |file: &mut std::fs::File| {
        std::io::Seek::rewind(file).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        text
    };
    let printed = read(&mut out);
    assert!(ended.success(), "{command:?}: {printed}{}", read(&mut { err }));
    printed
}

fn unnamed_file() -> std::fs::File {
    tempfile::tempfile().unwrap()
}
