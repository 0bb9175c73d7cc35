//! The installed service as systemd knows it: its state, its user, and what its sandbox lets it write to.
//!
//! [`Unit::ask`] is the only function here that asks systemd (`systemctl show`); what it answers is read by pure code.

mod sandbox;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub use sandbox::{Obstacle, drop_in, nearest, real};

/// The unit's name, without its suffix.
const NAME: &str = "colahub";

/// systemd runs here if this exists, as in sd_booted(3).
const BOOTED: &str = "/run/systemd/system";

/// The properties that systemd is asked for.
const PROPERTIES: &str = "LoadState,ActiveState,SubState,Job,Result,NRestarts,NFileDescriptorStore,User,Group,\
     SupplementaryGroups,ProtectSystem,ProtectHome,PrivateTmp,ReadWritePaths,BindPaths,StateDirectory,\
     CacheDirectory,LogsDirectory,RuntimeDirectory,ExecStart,Environment";

/// The state of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ServiceState {
    /// It runs and is ready.
    Active,
    /// It is being started for the first time.
    Starting,
    /// It keeps ending, and systemd restarts it each time.
    Looping,
    /// It has failed, and systemd does not start it again.
    Failed,
    /// It is stopped, or being stopped.
    #[default]
    Stopped,
}

/// A unit that is installed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Unit {
    /// The state of the service.
    pub state: ServiceState,
    /// How it ended last, in systemd's words (`exit-code`, `watchdog`, …); `success` while it is being started.
    pub result: String,
    /// How often systemd has restarted it by itself. The count survives a stop, so it may be above 0 for a service
    /// that is running well.
    pub restarts: u32,
    /// How many sockets of the service systemd holds (its file descriptor store).
    pub stored: usize,
    /// The user that it runs as; root if the unit names none.
    pub user: String,
    /// Whether it reads the default configuration file and nothing else, as the packaged unit does.
    pub is_plain: bool,
    group: String,
    groups: Vec<String>,
    sandbox: sandbox::Sandbox,
}

impl Unit {
    /// Asks systemd. `None` if no systemd runs here, it does not answer, or the service is not installed.
    pub fn ask() -> Option<Self> {
        if !Path::new(BOOTED).try_exists().unwrap_or(true) {
            return None;
        }
        Self::parse(&output("systemctl", &["show", NAME, "-p", PROPERTIES])?)
    }

    /// Reads the output of `systemctl show`. `None` if the unit is not installed.
    fn parse(shown: &str) -> Option<Self> {
        let value = |key: &str| {
            let of = |line: &&str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with('='));
            shown.lines().find(of).map_or("", |line| &line[key.len() + 1..])
        };
        if value("LoadState") != "loaded" {
            return None;
        }
        let restarts = value("NRestarts").parse().unwrap_or(0);
        let named = |key: &str| Some(value(key)).filter(|name| !name.is_empty());
        let user = named("User").unwrap_or("root").to_owned();
        Some(Self {
            state: state(
                (value("ActiveState"), value("SubState")),
                !matches!(value("Job"), "" | "0"),
                restarts,
            ),
            result: value("Result").to_owned(),
            restarts,
            stored: value("NFileDescriptorStore").parse().unwrap_or(0),
            is_plain: is_plain(value("ExecStart"), value("Environment")),
            group: named("Group").map_or_else(String::new, str::to_owned),
            groups: words(value("SupplementaryGroups")),
            sandbox: sandbox::Sandbox::parse(value),
            user,
        })
    }

    /// What prevents the service from writing to its data in this folder; empty if nothing does.
    pub fn obstacles(&self, data_dir: &Path) -> Vec<Obstacle> {
        self.sandbox.obstacles(data_dir)
    }

    /// Whether systemd makes this folder for the service before it starts.
    pub fn makes(&self, folder: &Path) -> bool {
        self.sandbox.makes(folder)
    }

    /// A command that runs this program as the service's user, with that user's groups and an empty environment. Only
    /// root can run it. Changing the user of this process would need `unsafe`.
    ///
    /// # Errors
    /// The path of this program is unknown.
    pub fn run_as_user(&self, args: &[&str]) -> std::io::Result<Command> {
        let mut command = Command::new("setpriv");
        command.arg(format!("--reuid={}", self.user));
        let group = Some(self.group.clone()).filter(|group| !group.is_empty());
        let group = group.or_else(|| output("id", &["-g", &self.user]));
        command.args(group.map(|group| format!("--regid={}", group.trim())));
        if self.groups.is_empty() {
            command.arg("--init-groups");
        } else {
            // The user's own and the unit's, as systemd does.
            let own = output("id", &["-G", &self.user]).unwrap_or_default();
            let all = own.split_whitespace().chain(self.groups.iter().map(String::as_str));
            command.arg(format!("--groups={}", all.collect::<Vec<_>>().join(",")));
        }
        command.arg("--").arg(env::current_exe()?).args(args);
        let path = env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).stdin(Stdio::null());
        Ok(command)
    }

    /// Tells the running service to read its configuration again. Returns whether systemd says that it has.
    pub fn reload(&self) -> bool {
        output("systemctl", &["reload", NAME]).is_some()
    }

    /// The last error of the service in the journal, as far as this user may read it.
    pub fn last_error(&self) -> Option<String> {
        // In a restart loop, systemd's own messages may fill many lines.
        let args = ["-u", NAME, "-b", "-p", "err", "-n", "20", "-o", "cat", "-q", "--no-pager"];
        last_error(&output("journalctl", &args)?)
    }
}

/// Whether systemd has started this process for a unit.
pub fn is_inside() -> bool {
    let is_ours = |pid: String| pid == std::process::id().to_string();
    env::var_os("STATE_DIRECTORY").is_some_and(|states| !states.is_empty())
        || env::var("SYSTEMD_EXEC_PID").is_ok_and(is_ours)
}

/// The output of a command that has succeeded, in the C locale.
fn output(program: &str, args: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(args).env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).stderr(Stdio::null());
    let done = command.output().ok().filter(|done| done.status.success())?;
    Some(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// The state, given whether systemd has a job queued for it, and how often it started the service again.
fn state((active, sub): (&str, &str), has_job: bool, restarts: u32) -> ServiceState {
    match active {
        "active" | "reloading" | "refreshing" => ServiceState::Active,
        "activating" if restarts > 0 || sub.starts_with("auto-restart") => ServiceState::Looping,
        "activating" => ServiceState::Starting,
        // In a restart loop, for a moment between two starts.
        "inactive" if has_job && restarts > 0 => ServiceState::Looping,
        "inactive" if has_job => ServiceState::Starting,
        "failed" => ServiceState::Failed,
        _ => ServiceState::Stopped,
    }
}

/// Whether the unit runs `colahub run` without flags, and without variables that change the configuration.
fn is_plain(exec_start: &str, environment: &str) -> bool {
    let argv = exec_start.split_once("argv[]=").and_then(|(_, rest)| rest.split_once(" ;"));
    let argv = argv.map_or("", |(argv, _)| argv).split_whitespace();
    argv.skip(1).eq(["run"]) && !words(environment).iter().any(|set| set.starts_with("COLAHUB_"))
}

/// The last line that gives a reason. systemd's own last lines only say that there was a failure.
fn last_error(journal: &str) -> Option<String> {
    let why =
        journal.lines().rfind(|line| !line.is_empty() && !line.starts_with("Failed to start "))?;
    Some(why.strip_prefix("colahub: ").unwrap_or(why).to_owned())
}

/// The words of a list, each of which may be quoted as for a shell.
fn words(list: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    let mut characters = list.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '\\' => word.get_or_insert_default().extend(characters.next()),
            ' ' if !is_quoted => words.extend(word.take()),
            plain => word.get_or_insert_default().push(plain),
        }
    }
    words.extend(word);
    words
}

/// A list of paths that may begin with the marks of systemd.exec(5): `-` (may be missing) and `+` (below the root).
fn paths(list: &str) -> Vec<PathBuf> {
    words(list).iter().map(|path| path.trim_start_matches(['-', '+']).into()).collect()
}

#[cfg(test)]
mod tests;
