//! The shapes of the hub's own calls, `/api/…`, additional to the contract.

use serde::Serialize;

use super::{AnnouncementStatus, WireAnnouncement};
use crate::discovery;
use crate::domain::ids::RoomId;

/// The answer to `GET /api/hub`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HubInfo<'a> {
    /// The hub's id, a UUID.
    pub id: String,
    /// The hub's title.
    pub name: &'a str,
    /// The program's version.
    pub version: &'static str,
    /// The hub's language: `ko` or `en`.
    pub language: &'static str,
    /// How long the hub has been running, in seconds.
    pub uptime: u64,
    /// The hub's wall clock.
    pub time: String,
    /// Whether that clock has been synchronised or has a battery.
    pub time_trusted: bool,
    /// The URLs at which people join, with IP addresses, which every phone can open.
    pub addresses: Vec<String>,
    /// Number of live rooms.
    pub rooms: usize,
    /// How many people are present, counted once per room.
    pub people: usize,
    /// Whether the hub is announced on the network.
    pub announced: AnnouncementStatus,
    /// What the host announces in all rooms, the oldest first, for a lobby.
    pub announcements: Vec<WireAnnouncement<'a>>,
    /// `ok`, `full`, `read_only` or `restored`.
    pub storage: &'static str,
    /// The database that several hubs share. Absent for a hub with a database of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedDatabase>,
    /// Whether newcomers are admitted: `easy`, `tight` or `full`.
    pub memory: &'static str,
    /// The longest texts.
    pub limits: TextLimits,
    /// The wireless network; only for callers nearby.
    pub wifi: Option<WifiInfo<'a>>,
}

/// The hubs that share a database.
#[derive(Debug, Serialize)]
pub struct SharedDatabase {
    /// Whether the database answers. While it does not, nobody can send messages.
    pub answers: bool,
    /// How long its last round trip took, in milliseconds.
    pub milliseconds: f64,
    /// The running hubs, including this one.
    pub hubs: Vec<SharedHub>,
}

/// A hub that shares the database.
#[derive(Debug, Serialize)]
pub struct SharedHub {
    /// Its name.
    pub name: String,
    /// The address that people open.
    pub url: String,
}

/// The longest texts that the hub accepts, in graphemes, and the largest room with a full roster, in people.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "the field names say it")]
pub struct TextLimits {
    pub title: usize,
    pub password: usize,
    pub nickname: usize,
    pub content: usize,
    pub namespace: usize,
    pub roster_limit: usize,
}

/// The wireless network, as the join page's QR code needs it. Never sent to callers from elsewhere.
#[derive(Debug, Serialize)]
pub struct WifiInfo<'a> {
    /// The network's name.
    pub ssid: &'a str,
    /// Its password; `None` for an open network.
    pub password: Option<&'a str>,
    /// `WPA`, `WEP` or `nopass`, as in a QR code.
    pub security: &'static str,
}

/// The answer to `POST /api/identity`.
#[derive(Debug, Serialize)]
pub struct Token {
    /// The token, for `Authorization: Bearer` and Socket.IO's `auth`.
    pub token: String,
}

/// The answer to `GET /api/rooms/{id}/messages`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage<M> {
    /// The messages, oldest first.
    pub messages: Vec<M>,
    /// Whether the range goes on beyond this answer.
    pub more: bool,
    /// The first `seq` that the caller may read.
    pub first_seq: i64,
    /// Whether older messages have been pruned.
    pub pruned: bool,
    /// The hub's wall clock.
    pub time: String,
}

/// The answer to `GET /api/rooms/{id}/search`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchPage<M> {
    /// The messages that were found, newest first.
    pub messages: Vec<M>,
    /// Whether there is more to search.
    pub more: bool,
    /// The `before` with which to continue. Null if everything was searched.
    pub before: Option<i64>,
    /// Whether it ended at its time limit.
    pub is_early: bool,
}

/// The answer to `GET /api/rooms/{id}/questions`.
#[derive(Debug, Serialize)]
pub struct QuestionList<M> {
    /// The questions, in the order that was asked for.
    pub messages: Vec<M>,
    /// Whether there are more.
    pub more: bool,
    /// The `after` with which to continue. Null if there are no more.
    pub after: Option<String>,
}

/// The answer to `GET /api/rooms/{id}/chatters`.
#[derive(Debug, Serialize)]
pub struct ChatterPage<C> {
    /// The chatters on this page.
    pub chatters: Vec<C>,
    /// How many are present in all.
    pub present: usize,
    /// Whether there is another page.
    pub more: bool,
}

/// Another hub on the local network.
#[derive(Debug, Serialize)]
pub struct OtherHub {
    /// Its name in browsers of services: `cola (2)`.
    pub name: String,
    /// Its id, a UUID.
    pub id: String,
    /// Its version; may be empty.
    pub version: String,
    /// Its host name: `cola-2.local`.
    pub host: String,
    /// Its URL, with an IP address, which every phone can open.
    pub url: String,
}

impl From<discovery::FoundHub> for OtherHub {
    fn from(hub: discovery::FoundHub) -> Self {
        let url = hub.url();
        let discovery::FoundHub { name, id, version, host, at: _ } = hub;
        Self { name, id, version, host, url }
    }
}

/// The answer to `GET /api/unread`.
#[derive(Debug, Serialize)]
pub struct UnreadRooms {
    /// The rooms that exist, in no order.
    pub rooms: Vec<UnreadRoom>,
}

/// How much of a room is unread.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UnreadRoom {
    /// The room's id.
    pub room_id: String,
    /// The number of messages and announcements, at most 100.
    pub unread: u32,
}

impl UnreadRooms {
    /// The answer with these counts.
    #[must_use]
    pub fn new(counts: &[(RoomId, u32)]) -> Self {
        let room =
            |&(room, unread): &(RoomId, u32)| UnreadRoom { room_id: room.to_string(), unread };
        Self { rooms: counts.iter().map(room).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_unread_messages_have_the_shape_that_the_page_expects() {
        let room = "b1b2c3d4-0000-4000-8000-000000000001".parse().unwrap();
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../web/golden/unread.json")).unwrap();
        let sent = serde_json::to_value(UnreadRooms::new(&[(room, 100)])).unwrap();
        assert_eq!(sent, golden);
    }

    #[test]
    fn the_list_has_the_shape_that_the_page_expects() {
        let hub = discovery::FoundHub {
            name: "cola (2)".into(),
            id: "0e0c6a9e-3c5b-4a35-8a43-2f6d1c0b9a88".into(),
            version: "0.1.0".into(),
            host: "cola-2.local".into(),
            at: "192.168.4.7:8080".parse().unwrap(),
        };
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../web/golden/hubs.json")).unwrap();
        assert_eq!(serde_json::to_value([OtherHub::from(hub)]).unwrap(), golden);
    }
}
