//! How much anyone may do. The profiles are for an event, for many people behind one address, and
//! for trusted networks and benches.

use std::time::Duration;

use super::throttle::Rate;

/// The limits of one profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Password guesses for one room from one address.
    pub guesses: Rate,
    /// Clients' own alerts, for each connection.
    pub notes: Rate,
    /// Requests for a roster, for each connection.
    pub rosters: Rate,
    /// Signals of typing, for each connection; more are dropped silently.
    pub typing: Rate,
    /// Changes of name, for each chatter.
    pub renames: Rate,
    /// Rooms that one connection may be in at once.
    pub rooms_joined: usize,
    /// Namespaces that one client may be connected to at once.
    pub namespaces_each: usize,
    /// Namespaces that may be alive at once.
    pub namespaces: usize,
}

const fn rate(burst: u32, every_ms: u64) -> Rate {
    Rate { burst, every: Duration::from_millis(every_ms) }
}

impl Limits {
    /// For an event: every phone has an address of its own.
    pub const EVENT: Self = Self {
        guesses: rate(10, 6_000),
        notes: rate(10, 1_000),
        rosters: rate(20, 250),
        typing: rate(10, 250),
        renames: rate(10, 2_000),
        rooms_joined: 16,
        namespaces_each: 32,
        namespaces: 2_048,
    };

    /// For a hub behind a NAT or a proxy: what counts by address is for many people.
    pub const NAT: Self = Self { guesses: rate(100, 600), ..Self::EVENT };

    /// For benches and networks where everyone is trusted.
    pub const OFF: Self = Self {
        guesses: rate(1_000_000, 1),
        notes: rate(1_000_000, 1),
        rosters: rate(1_000_000, 1),
        typing: rate(1_000_000, 1),
        renames: rate(1_000_000, 1),
        rooms_joined: 10_000,
        namespaces_each: 10_000,
        namespaces: 100_000,
    };
}
