//! How much anyone may do: every number in one place, and three sets of them. docs/limits.md says
//! what a person sees at each.

use std::time::Duration;

use super::throttle::Rate;

/// The limits in force. "Each" is for one address, unless it says for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest message on a WebSocket, and largest body of a polling request, in bytes. 1000
    /// characters of the widest kind, escaped, and what is around them have to fit.
    pub message_size: usize,
    /// TCP connections in all.
    pub connections: usize,
    /// TCP connections of one address.
    pub connections_each: usize,
    /// New connections, of all addresses together: beyond it they wait in the kernel for their turn.
    pub arrivals: Rate,
    /// Engine.IO sessions in all: one for each page and room, whatever its transport.
    pub sessions: usize,
    /// Engine.IO sessions of one address.
    pub sessions_each: usize,
    /// Engine.IO handshakes from one address.
    pub handshakes: Rate,
    /// Bytes of answers that may wait for clients of one address, beside what the transport holds.
    pub unread_each: usize,
    /// Events of one session, of all kinds and in all its namespaces together; connecting to one counts.
    pub events: Rate,
    /// Messages of one person.
    pub messages: Rate,
    /// How many times the limits of one person an address has, for messages and the other actions in rooms.
    pub people_each: usize,
    /// Living rooms that were made from one address.
    pub rooms_each: usize,
    /// Rooms made from one address.
    pub rooms_made: Rate,
    /// Password guesses for one room from one address.
    pub guesses: Rate,
    /// Password guesses for one room from all addresses together.
    pub room_guesses: Rate,
    /// Passwords of one address that may wait for their check, or for being made.
    pub passwords_each: usize,
    /// Bytes of answers over HTTP that are on their way to one address.
    pub answers_each: usize,
    /// Alerts of one person.
    pub alerts: Rate,
    /// Messages that one person reports to the host.
    pub reports: Rate,
    /// Requests for a roster of one person.
    pub rosters: Rate,
    /// Signals that one person is typing; more are dropped silently.
    pub typing: Rate,
    /// Joins of one person.
    pub joins: Rate,
    /// Joins from one address of people who have not been in a room in this run.
    pub newcomers: Rate,
    /// How much of a room with a limit the people of one address may hold, in percent.
    pub places_each: usize,
    /// Changes of name, for each chatter.
    pub renames: Rate,
    /// Rooms that one socket may be in at once.
    pub rooms_joined: usize,
    /// Namespaces that one client may be connected to at once.
    pub namespaces_each: usize,
    /// Living namespaces whose first client came from one address.
    pub namespaces_opened: usize,
    /// Namespaces that may be alive at once.
    pub namespaces: usize,
}

const fn rate(burst: u32, every_ms: u64) -> Rate {
    Rate { burst, every: Duration::from_millis(every_ms) }
}

/// More than anybody does.
const UNLIMITED: Rate = rate(1_000_000, 1);

impl Limits {
    /// For an event, where every phone has an address of its own. A browser with a few tabs, each in
    /// several rooms, that comes back all at once after the Wi-Fi was gone stays well below.
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

    /// For a hub behind a NAT or a proxy: what counts by address is for many people.
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

    /// For benches and networks where everyone is trusted: only what the board itself can hold.
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
