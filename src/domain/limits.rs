//! All limits in one place, and three profiles of them. docs/limits.md says what a person sees at each limit.

use std::time::Duration;

use super::throttle::Rate;

/// The limits in force. `_each` is per address, unless the field says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The largest WebSocket message and the largest body of a polling request, in bytes. A message with 1000 of the
    /// widest characters, escaped, has to fit.
    pub message_size: usize,
    /// TCP connections in all.
    pub connections: usize,
    /// TCP connections of one address.
    pub connections_each: usize,
    /// New connections of all addresses together. Above this rate they wait in the kernel's queue.
    pub arrivals: Rate,
    /// Engine.IO sessions in all. A page has one for each room, on either transport.
    pub sessions: usize,
    /// Engine.IO sessions of one address.
    pub sessions_each: usize,
    /// Engine.IO handshakes from one address.
    pub handshakes: Rate,
    /// Bytes that may be queued for the clients of one address, beside those in the transport's buffers.
    pub unread_each: usize,
    /// Events of one session, of all kinds and in all its namespaces. Connecting to a namespace counts as one.
    pub events: Rate,
    /// Messages of one person.
    pub messages: Rate,
    /// How many times the limits of one person apply to one address, for messages and other actions in rooms.
    pub people_each: usize,
    /// Rooms that were made from one address and have not ended.
    pub rooms_each: usize,
    /// Rooms made from one address.
    pub rooms_made: Rate,
    /// Password guesses for one room from one address.
    pub guesses: Rate,
    /// Password guesses for one room from all addresses together.
    pub room_guesses: Rate,
    /// Passwords of one address that may wait to be checked or hashed.
    pub passwords_each: usize,
    /// Bytes of HTTP answers that are being sent to one address.
    pub answers_each: usize,
    /// Alerts of one person.
    pub alerts: Rate,
    /// Messages that one person reports to the host.
    pub reports: Rate,
    /// Requests for a roster of one person.
    pub rosters: Rate,
    /// Typing signals of one person. More are dropped silently.
    pub typing: Rate,
    /// Joins of one person.
    pub joins: Rate,
    /// Joins from one address by people who have not been in a room since the hub was started.
    pub newcomers: Rate,
    /// How much of a room's capacity the people of one address may use, in percent.
    pub places_each: usize,
    /// Changes of name, per chatter.
    pub renames: Rate,
    /// Rooms that one socket may be in at once.
    pub rooms_joined: usize,
    /// Namespaces that one client may be connected to at once.
    pub namespaces_each: usize,
    /// Namespaces in use that were opened from one address: their first client came from there.
    pub namespaces_opened: usize,
    /// Namespaces that may be in use at once.
    pub namespaces: usize,
}

const fn rate(burst: u32, every_ms: u64) -> Rate {
    Rate { burst, every: Duration::from_millis(every_ms) }
}

/// A rate that nobody reaches.
const UNLIMITED: Rate = rate(1_000_000, 1);

impl Limits {
    /// For an event, where every phone has an address of its own. A browser with a few tabs, each in several rooms,
    /// stays well below these limits even if all of them reconnect at once after the Wi-Fi was gone.
    pub const EVENT: Self = Self {
        message_size: 64 * 1024,
        connections: 4_096,
        connections_each: 256,
        arrivals: rate(100, 2),
        sessions: 8_192,
        sessions_each: 128,
        handshakes: rate(200, 50),
        unread_each: 4 * 1024 * 1024,
        events: rate(200, 50),
        messages: rate(40, 333),
        people_each: 5,
        rooms_each: 20,
        rooms_made: rate(20, 6_000),
        guesses: rate(10, 6_000),
        room_guesses: rate(60, 1_000),
        passwords_each: 4,
        answers_each: 1 << 20,
        alerts: rate(10, 1_000),
        reports: rate(5, 12_000),
        rosters: rate(20, 250),
        typing: rate(10, 250),
        joins: rate(60, 1_000),
        newcomers: rate(20, 3_000),
        places_each: 50,
        renames: rate(10, 2_000),
        rooms_joined: 16,
        namespaces_each: 32,
        namespaces_opened: 256,
        namespaces: 2_048,
    };

    /// For a hub behind a NAT or a proxy, where many people share an address.
    pub const NAT: Self = Self {
        connections_each: 65_536,
        sessions_each: 65_536,
        handshakes: rate(5_000, 2),
        unread_each: 64 * 1024 * 1024,
        rooms_each: 10_000,
        namespaces_opened: 100_000,
        rooms_made: rate(200, 500),
        guesses: rate(100, 600),
        people_each: 1_000,
        newcomers: rate(5_000, 2),
        places_each: 100,
        room_guesses: rate(100, 600),
        passwords_each: 64,
        answers_each: 16 << 20,
        ..Self::EVENT
    };

    /// For benchmarks and networks where everyone is trusted: no limits but those that protect the board itself.
    pub const OFF: Self = Self {
        arrivals: UNLIMITED,
        sessions: 65_536,
        handshakes: UNLIMITED,
        events: UNLIMITED,
        messages: UNLIMITED,
        people_each: 100_000,
        rooms_made: UNLIMITED,
        guesses: UNLIMITED,
        room_guesses: UNLIMITED,
        alerts: UNLIMITED,
        reports: UNLIMITED,
        rosters: UNLIMITED,
        typing: UNLIMITED,
        joins: UNLIMITED,
        newcomers: UNLIMITED,
        renames: UNLIMITED,
        rooms_joined: 10_000,
        namespaces_each: 10_000,
        namespaces: 100_000,
        ..Self::NAT
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::EVENT
    }
}
