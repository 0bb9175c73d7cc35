//! What is asked and answered on the control socket.

use serde::{Deserialize, Serialize};

use crate::discovery::Told;

/// Most messages that are listed or taken back at once.
pub const MESSAGES_MAX: usize = 1_000;

/// What can be asked: `{"do":"status"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Request {
    /// How the hub is; answered with a [`Status`].
    Status,
    /// The living rooms; answered with [`RoomLine`]s.
    RoomList,
    /// A room of the host's own; answered with a [`Made`].
    RoomCreate {
        /// Its namespace.
        namespace: String,
        /// Its title.
        title: String,
        /// How many people it holds; 0 is no limit.
        capacity: u32,
        /// Its password; nothing where everybody may come in.
        password: Option<String>,
    },
    /// That nobody new comes into a room; answered with how many people are in it.
    RoomLock {
        /// Its code or id.
        room: String,
    },
    /// That they do again; answered with how many people are in it.
    RoomUnlock {
        /// Its code or id.
        room: String,
    },
    /// What was said in a room; answered with [`Said`]s, oldest first.
    MessageList {
        /// Its code or id.
        room: String,
        /// How many of the newest, at most [`MESSAGES_MAX`].
        last: usize,
    },
    /// That messages are taken back; answered with how many of them were not before.
    MessageDelete {
        /// The room's code or id.
        room: String,
        /// Their places in the room, at most [`MESSAGES_MAX`].
        seqs: Vec<i64>,
    },
    /// That a room ends now; answered with an [`Ended`].
    RoomClose {
        /// Its code or id.
        room: String,
    },
    /// That a room ends now and is deleted; answered with an [`Ended`].
    RoomDelete {
        /// Its code or id.
        room: String,
    },
    /// Who is present; answered with [`Person`]s.
    ChatterList {
        /// Only in this room: its code or id.
        room: Option<String>,
    },
    /// That somebody is taken out of all rooms; answered with `null`.
    ChatterKick {
        /// The chatter's id.
        chatter: String,
    },
    /// That somebody's browser may not come in any more; answered with `null`.
    ChatterBan {
        /// The chatter's id.
        chatter: String,
        /// For how many seconds their address is kept out too.
        address_for: Option<u64>,
    },
    /// That they may again; answered with `null`.
    ChatterUnban {
        /// The chatter's id.
        chatter: String,
    },
    /// Who may not come in; answered with [`Banned`]s.
    ChatterBans,
    /// What the host did; answered with [`Deed`]s, the newest first.
    Log,
}

/// What comes back: `{"ok":…}`, or a sentence for the host in `{"error":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer<T> {
    /// Done, and this is what was asked for.
    Ok(T),
    /// Not done, and why.
    Error(String),
}

/// A living room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomLine {
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its title.
    pub title: String,
    /// Its namespace.
    pub namespace: String,
    /// How many people it holds; 0 is no limit.
    pub capacity: u32,
    /// How many are present.
    pub people: usize,
    /// Whether it needs a password.
    pub is_password: bool,
    /// Whether the host has shut it, so that nobody new comes in.
    pub is_shut: bool,
    /// When it ends, ISO 8601, by the hub's estimate.
    pub expires: String,
}

/// A room that the host has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Its id.
    pub room: String,
    /// Its code.
    pub code: String,
    /// Where it is opened: one link for each of the hub's addresses, IPv4 first.
    pub links: Vec<String>,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    /// Its place in the room.
    pub seq: i64,
    /// Its place in the hub.
    pub id: i64,
    /// When, ISO 8601, by the hub's estimate.
    pub at: String,
    /// Who said it, or whom it is about.
    pub chatter: String,
    /// What they call themselves.
    pub nickname: String,
    /// What it says; empty where it was taken back.
    pub content: String,
    /// Whether it is a notice of the hub's own, which cannot be taken back.
    pub is_notice: bool,
    /// Whether the host took it back.
    pub taken_back: bool,
}

/// A room that was ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Its id.
    pub room: String,
    /// How many people were in it.
    pub people: usize,
}

/// Somebody who is present.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The chatter's id.
    pub id: String,
    /// What they call themselves.
    pub nickname: String,
    /// The code of the room they are in.
    pub room: String,
    /// How many connections they hold; 0 in the moment after the last went.
    pub sockets: usize,
}

/// Somebody who may not come in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Banned {
    /// The chatter's id.
    pub id: String,
    /// What they called themselves.
    pub nickname: String,
    /// Whether their address was kept out too, for a while.
    pub with_address: bool,
}

/// Something that the host did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deed {
    /// When, ISO 8601, by the hub's estimate.
    pub at: String,
    /// What, as on the command line: `room close`.
    pub deed: String,
    /// To what or whom, as it was called then.
    pub what: String,
}

/// How a hub is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The program's version.
    pub version: String,
    /// What people see as the hub's name.
    pub title: String,
    /// Seconds since it was started.
    pub uptime: u64,
    /// When that was, ISO 8601; nothing where the machine does not know the time.
    pub since: Option<String>,
    /// Where people can join, IPv4 first.
    pub addresses: Vec<String>,
    /// Where they cannot although `listen` says so.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// What of the hub is announced on the network.
    pub announced: Told,
    /// Other hubs with this one's id, by where they are opened: one card is a copy of the other.
    #[serde(default)]
    pub twins: Vec<String>,
    /// People present, counted once in each room.
    pub people: usize,
    /// Living rooms.
    pub rooms: usize,
    /// The most connections at once.
    pub places: usize,
    /// How much memory it takes.
    pub memory: Memory,
    /// What is kept, and where.
    pub data: Data,
}

/// An address of `listen` at which nobody reaches the hub now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// The address with its port.
    pub address: String,
    /// Why: a sentence.
    pub reason: String,
}

/// How much memory a hub takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// In bytes, now.
    pub taken: u64,
    /// In bytes, before it turns newcomers away; nothing where it may take all there is.
    pub most: Option<u64>,
    /// `easy`, `tight` (newcomers' sockets are refused) or `full` (their sessions too).
    pub state: String,
}

/// What a hub keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Data {
    /// The data folder.
    pub folder: String,
    /// The database's size with its log, in bytes.
    pub database: u64,
    /// Whether what is said is kept: `ok`, `full`, `read_only`.
    pub storage: String,
    /// When something was lost last, and what; nothing where nothing ever was.
    pub loss: Option<String>,
    /// Why no copies of the database are made, while that is so.
    #[serde(default)]
    pub copies: Option<String>,
    /// Free space for the hub on the folder's disk, in bytes; nothing where it cannot be told.
    pub free: Option<u64>,
    /// Why all of it is lost, or may be, when the machine restarts; nothing where it is on a disk.
    #[serde(default)]
    pub forgets: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_are_as_documented() {
        let request: Request = serde_json::from_str(r#"{"do":"status"}"#).unwrap();
        assert_eq!(request, Request::Status);
        let close: Request =
            serde_json::from_str(r#"{"do":"room-close","room":"K7PMX3"}"#).unwrap();
        assert_eq!(close, Request::RoomClose { room: "K7PMX3".to_owned() });
        let good = serde_json::to_string(&Answer::Ok(1)).unwrap();
        let bad = serde_json::to_string(&Answer::<u8>::Error("No.".to_owned())).unwrap();
        assert_eq!((good.as_str(), bad.as_str()), (r#"{"ok":1}"#, r#"{"error":"No."}"#));
    }
}
