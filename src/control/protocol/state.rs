//! The response to [`Request::Status`](super::Request::Status).

use serde::{Deserialize, Serialize};

use crate::wire::AnnouncementStatus;

/// The hub's state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// The hub's title.
    pub title: String,
    /// Uptime, in seconds.
    pub uptime: u64,
    /// When it was started, ISO 8601. `None` if the time is not known.
    pub since: Option<String>,
    /// How the time is known. `None` from a hub of an earlier version.
    #[serde(default)]
    pub clock: Option<ClockStatus>,
    /// The URLs at which people can join, IPv4 first.
    pub addresses: Vec<String>,
    /// Addresses of `listen` at which people cannot join now.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// Whether the hub is announced on the network.
    pub announced: AnnouncementStatus,
    /// URLs of other hubs with this hub's id: one card is a copy of the other.
    #[serde(default)]
    pub twins: Vec<String>,
    /// People present, counted once in each room.
    pub people: usize,
    /// Living rooms.
    pub rooms: usize,
    /// Messages that people have said in all rooms in the last minute.
    #[serde(default)]
    pub said_last_minute: usize,
    /// Grows whenever something that people have said is gone: a message was taken back, or a room has ended. Counted from
    /// the hub's start.
    #[serde(default)]
    pub removals: u64,
    /// Warnings for the host, each a sentence that says what to do.
    #[serde(default)]
    pub warnings: Vec<String>,
    /// Reported messages that the host is not done with. `None` if the database cannot be read.
    #[serde(default)]
    pub reports: Option<usize>,
    /// The most connections at a time.
    pub places: usize,
    /// How much memory it takes.
    pub memory: Memory,
    /// The stored data.
    pub data: Data,
}

/// An address of `listen` at which nobody can reach the hub now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The address with its port.
    pub address: String,
    /// Why: a sentence.
    pub reason: String,
}

/// How the hub knows the time of day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClockStatus {
    /// The hub's time, ISO 8601.
    pub time: String,
    /// The time of the machine's clock, ISO 8601.
    pub machine: String,
    /// Whether the machine's clock can be relied on.
    pub is_trusted: bool,
    /// Whether the hub's time is the one that a host has set.
    pub is_hosts: bool,
    /// Whether the clock of a shared database gives the times of messages, so that no host sets it.
    pub is_shared: bool,
}

/// The hub's memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Resident size, in bytes.
    pub taken: u64,
    /// The limit, in bytes. `None` without one.
    pub most: Option<u64>,
    /// `easy`, `tight` (newcomers cannot connect to namespaces) or `full` (nor get a session).
    pub state: String,
}

/// The stored data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// The data folder.
    pub folder: String,
    /// Size of the database with its WAL, in bytes.
    pub database: u64,
    /// Whether messages are stored: `ok`, `full`, `read_only`.
    pub storage: String,
    /// The last loss, with its time. `None` if there was none.
    pub loss: Option<String>,
    /// Why no backups are made, while that is so.
    #[serde(default)]
    pub copies: Option<String>,
    /// The hubs on the shared database. `None` for a hub that has its database alone.
    #[serde(default)]
    pub shared: Option<SharedDatabase>,
    /// Free space for the hub on the folder's disk, in bytes. `None` if unknown.
    pub free: Option<u64>,
    /// Why all of it is lost, or may be, when the machine restarts; nothing where it is on a disk.
    #[serde(default)]
    pub forgets: Option<String>,
}

/// A database that several hubs share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedDatabase {
    /// Host and port.
    pub place: String,
    /// Whether it answers.
    pub answers: bool,
    /// How long the last round trip took, in microseconds.
    pub round_trip: u64,
    /// The hubs that live, this one among them: name and address.
    pub hubs: Vec<(String, String)>,
    /// The settings that a hub should have as this one has them, and has not: its name and the key.
    #[serde(default)]
    pub differs: Vec<(String, String)>,
}
