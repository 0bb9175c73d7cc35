//! The configuration: file, environment and flags, merged into one checked [`Config`].
//!
//! Later sources outweigh earlier ones: defaults, file, environment, flags. Every key is declared
//! once, in [`SETTINGS`], and that one table serves all three sources. The rest of the hub
//! sees only [`Config`], whose values need no further checks.

mod common;
mod draft;
pub mod edit;
mod encoding;
mod environment;
mod file;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod interfaces;
mod limits;
mod live;
mod networks;
mod origins;
mod problem;
mod raw;
mod reload;
mod setting;
mod settings;
mod types;
mod wifi;

use std::ffi::OsString;
use std::net::{Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};

use crate::domain::language::Language;
use crate::domain::limits::Limits;
use crate::domain::room::History;
use crate::domain::text::{Namespace, Title};
use draft::{Draft, Given};
use raw::Raw;

pub use encoding::Encoding;
pub use interfaces::Interfaces;
pub use live::LiveConfig;
pub use networks::Network;
pub use origins::CorsOrigin;
pub use problem::{Location, Problem, Problems};
pub use reload::{ReloadError, Reloaded};
pub use setting::{Applies, Setting};
pub use settings::SETTINGS;
pub use types::{HubName, InterfacePattern, Memory};
pub use wifi::{Secret, Wifi, WifiSecurity};

/// The file that is read when nobody names another; it may be missing.
pub const DEFAULT_FILE: &str = "/etc/colahub/config.toml";

/// The whole configuration of a hub, checked. A field is named like its key, with `_` for `.`.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The hub's name on the network, without `.local`.
    pub name: HubName,
    /// The hub's name as people see it: 1 to 30 graphemes, the name unless configured.
    pub title: Title,
    /// The language of what the hub itself says.
    pub language: Language,
    /// Where the hub accepts connections; at least one address.
    pub listen: Vec<SocketAddr>,
    /// The directory of the database and the hub's keys.
    pub data_dir: PathBuf,
    /// Whether the hub announces itself on the local network.
    pub mdns: bool,
    /// The network interfaces by which people reach the hub.
    pub interfaces: Interfaces,
    /// How long a room that people made lives: 1 second to 365 days.
    pub rooms_lifetime: Duration,
    /// Where people who join a room of the hub or the host begin to read it.
    pub rooms_history: History,
    /// How long people can take back a message of their own: up to a day. Zero turns that off.
    pub messages_take_back: Duration,
    /// The most rooms that live at once: 1 to 10,000.
    pub rooms_limit: usize,
    /// The most chatters that a room's roster lists: 2 to 1,000.
    pub rooms_roster_limit: usize,
    /// The title of the room that the hub makes whenever no room is open to everybody; `None` makes no room.
    pub rooms_first: Option<Title>,
    /// The namespace of that first room.
    pub rooms_first_namespace: Namespace,
    /// How long messages are kept, and rooms after they have ended: 1 minute to 365 days. `None` is for ever.
    pub retention_age: Option<Duration>,
    /// The most messages kept of one room: 0 (no limit) to 10,000,000.
    pub retention_per_room: usize,
    /// How large the database may grow, in bytes: 1 MB to 1000 GB. `None` is as large as the disk.
    pub retention_size: Option<u64>,
    /// How often the database is backed up: 1 minute to 365 days. `None` is never.
    pub backup_every: Option<Duration>,
    /// How many backups are kept: 1 to 100.
    pub backup_keep: usize,
    /// How long a busy hub gathers messages for one write to the disk: up to 1 second.
    pub database_gather: Duration,
    /// The URL of the PostgreSQL database that several hubs share; `None` for a hub with a SQLite database of its own.
    pub database_url: Option<Secret>,
    /// The file with the password for that database.
    pub database_password_file: Option<PathBuf>,
    /// How long writes wait for a lost connection to that database before they are refused: 1 second to 5 minutes.
    pub database_patience: Duration,
    /// The origins whose pages may call the hub from a browser, besides the hub's own.
    pub cors_origins: Vec<CorsOrigin>,
    /// Whether an HTTP call without credentials counts as from the person whose socket is connected from the same
    /// address, as Cola Chat's front end expects.
    pub identity_bridge: bool,
    /// How long the bridge remembers an address after its last connection was closed: 1 second to a day. Zero is not
    /// at all.
    pub identity_bridge_memory: Duration,
    /// The limits in force: those of the profile, with the host's changes.
    pub limits: Limits,
    /// How much memory the hub may use before it refuses new clients.
    pub limits_memory: Memory,
    /// Trusted proxies: their `X-Forwarded-For` says where a request comes from.
    pub limits_proxies: Vec<Network>,
    /// The log level of each target.
    pub log_level: Targets,
    /// Other host names of the hub, in lower case, for `Host` and `Origin`: those of a proxy or a name server.
    pub http_hosts: Vec<String>,
    /// The URL at which people open the hub, such as `https://chat.example`, if it is none of the hub's own addresses.
    pub http_public_url: Option<String>,
    /// Whether requests without `Origin` that change anything are refused.
    pub http_require_origin: bool,
    /// Whether `/metrics` answers requests from other machines.
    pub metrics_public: bool,
    /// The network interfaces on which signed requests of hosts are accepted; if empty, on all.
    pub host_interfaces: Vec<InterfacePattern>,
    /// The wireless network that the join page tells people to join.
    pub wifi: Option<Wifi>,
}

impl Config {
    /// The password of the user in `database.url`: the first line of its file.
    ///
    /// # Errors
    /// The file cannot be read, or holds none: a sentence for the host.
    pub fn database_password(&self) -> Result<Option<String>, String> {
        let Some(file) = &self.database_password_file else {
            return Ok(None);
        };
        let shown = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("database.password_file {shown} cannot be read: {error}"))?;
        match text.lines().next() {
            Some(password) if !password.is_empty() => Ok(Some(password.to_owned())),
            _ => Err(format!("database.password_file {shown} holds no password in its first line")),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        let name = HubName::default();
        let language = Language::default();
        Self {
            title: draft::title_of(&name),
            name,
            language,
            listen: vec![SocketAddr::from((Ipv6Addr::UNSPECIFIED, 8080))],
            data_dir: PathBuf::from("/var/lib/colahub"),
            mdns: true,
            interfaces: Interfaces::default(),
            rooms_lifetime: Duration::from_secs(24 * 60 * 60),
            rooms_history: History::All,
            messages_take_back: Duration::from_secs(10 * 60),
            rooms_limit: 500,
            rooms_roster_limit: 50,
            rooms_first: Some(draft::first_room(language)),
            rooms_first_namespace: Namespace::trusted("anonymous".to_owned()),
            retention_age: Some(Duration::from_secs(30 * 24 * 60 * 60)),
            retention_per_room: 50_000,
            retention_size: Some(1 << 30),
            backup_every: Some(Duration::from_secs(6 * 60 * 60)),
            backup_keep: 3,
            database_gather: Duration::from_millis(5),
            database_url: None,
            database_password_file: None,
            database_patience: Duration::from_secs(10),
            cors_origins: Vec::new(),
            identity_bridge: true,
            identity_bridge_memory: Duration::from_secs(600),
            limits: Limits::EVENT,
            limits_memory: Memory::default(),
            limits_proxies: Vec::new(),
            log_level: Targets::new().with_default(LevelFilter::INFO),
            http_hosts: Vec::new(),
            http_public_url: None,
            http_require_origin: false,
            metrics_public: false,
            host_interfaces: Vec::new(),
            wifi: None,
        }
    }
}

/// The sources of a configuration.
// No `Debug`: a variable may hold the wireless password.
#[derive(Clone, Default)]
pub struct Sources {
    /// The file named by `--config`, which then must exist.
    pub file: Option<PathBuf>,
    /// The environment; only variables `COLAHUB_*` are read.
    pub environment: Vec<(OsString, OsString)>,
    /// The settings given on the command line.
    pub flags: Vec<Flag>,
}

impl Sources {
    /// Whether there is no source but the default file, as for the packaged service.
    pub fn are_default(&self) -> bool {
        let is_default = |file: &Path| file == Path::new(DEFAULT_FILE);
        let is_ours = |name: &OsString| name.as_encoded_bytes().starts_with(b"COLAHUB_");
        self.flags.is_empty()
            && self.file.as_deref().is_none_or(is_default)
            && !self.environment.iter().any(|(name, _)| is_ours(name))
    }
}

/// A setting given on the command line, not checked yet.
#[derive(Clone)]
pub struct Flag {
    name: &'static str,
    key: &'static str,
    raw: Raw,
}

impl Flag {
    /// The flag `name` (`--data-dir`) that gives the setting `key` (`data_dir`) one value.
    pub fn one(name: &'static str, key: &'static str, value: impl Into<String>) -> Self {
        Self { name, key, raw: Raw::Untyped(value.into()) }
    }

    /// The repeatable flag `name` that gives the setting `key` a list of values.
    pub fn list(name: &'static str, key: &'static str, values: Vec<String>) -> Self {
        Self { name, key, raw: Raw::List(values.into_iter().map(Raw::Untyped).collect()) }
    }

    fn into_given(self) -> Result<Given, Problem> {
        let place = Location::Flag(self.name);
        match setting::find(self.key) {
            Some(setting) => Ok(Given { setting, raw: self.raw, place }),
            None => Err(Problem::unknown_key(place, self.key.to_owned())),
        }
    }
}

/// A configuration and the file it came from.
pub struct Loaded {
    /// The checked configuration.
    pub config: Config,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    /// Every value that was given, so that a reload can tell what has changed.
    given: Vec<Given>,
}

impl std::fmt::Debug for Loaded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { config, file, given: _ } = self;
        f.debug_struct("Loaded").field("config", config).field("file", file).finish_non_exhaustive()
    }
}

/// Merges the `sources` into a checked configuration.
///
/// # Errors
/// All problems that were found, in every source.
pub fn load(sources: Sources) -> Result<Loaded, Problems> {
    load_or(sources, Path::new(DEFAULT_FILE))
}

fn load_or(sources: Sources, default_file: &Path) -> Result<Loaded, Problems> {
    let file = sources
        .file
        .or_else(|| environment::named_file(&sources.environment))
        .or_else(|| may_exist(default_file).then(|| default_file.to_owned()));
    let from_file = file.iter().flat_map(|path| file::read(path));
    let from_environment = environment::read(sources.environment);
    let from_flags = sources.flags.into_iter().map(Flag::into_given);

    let given = from_file.chain(from_environment).chain(from_flags);
    let (config, given) = merge(given)?;
    Ok(Loaded { config, file, given })
}

/// Whether the file may exist. One whose metadata cannot be read counts, so that reading it reports the reason.
fn may_exist(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// Applies the values in order, so that the last one of a setting is kept. Returns the values with the configuration.
fn merge(
    given: impl Iterator<Item = Result<Given, Problem>>,
) -> Result<(Config, Vec<Given>), Problems> {
    let mut draft = Draft::default();
    let (mut good, mut problems) = (Vec::new(), Vec::new());
    for given in given {
        match given.and_then(|given| given.apply(&mut draft).map(|()| given)) {
            Ok(given) => good.push(given),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        let config = draft.finish().map_err(|problem| Problems(vec![problem]))?;
        Ok((config, good))
    } else {
        // Contradictions between settings are reported only if each value is good by itself.
        Err(Problems(problems))
    }
}

#[cfg(test)]
mod tests;
