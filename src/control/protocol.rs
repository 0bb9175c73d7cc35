//! What is asked and answered on the control socket.

use serde::{Deserialize, Serialize};

use crate::discovery::Told;

/// What can be asked: `{"do":"status"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "lowercase")]
pub enum Request {
    /// How the hub is; answered with a [`Status`].
    Status,
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
    /// What of the hub is announced on the network.
    pub announced: Told,
    /// People present, counted once in each room.
    pub people: usize,
    /// Living rooms.
    pub rooms: usize,
    /// The most connections at once.
    pub places: usize,
    /// What is kept, and where.
    pub data: Data,
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
    /// Free space for the hub on the folder's disk, in bytes; nothing where it cannot be told.
    pub free: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_answers_are_as_documented() {
        let request: Request = serde_json::from_str(r#"{"do":"status"}"#).unwrap();
        assert_eq!(request, Request::Status);
        let good = serde_json::to_string(&Answer::Ok(1)).unwrap();
        let bad = serde_json::to_string(&Answer::<u8>::Error("No.".to_owned())).unwrap();
        assert_eq!((good.as_str(), bad.as_str()), (r#"{"ok":1}"#, r#"{"error":"No."}"#));
    }
}
