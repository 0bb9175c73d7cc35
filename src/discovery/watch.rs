//! The timers of one run of the daemon.
//!
//! Pure: it gets the time and what was seen, and says what is due.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// How often the cache's size is checked: often enough that a flood cannot fill megabytes.
pub(super) const TICK: Duration = Duration::from_millis(250);

/// How often the addresses are checked.
const ADDRESSES_EVERY: Duration = Duration::from_secs(1);

/// How long announcing takes at most: probing 750 ms, then at once (RFC 6762, section 8).
const ANNOUNCED_WITHIN: Duration = Duration::from_secs(5);

/// How often the hub's own name is queried, to see whether somebody else answers.
const NAMES_EVERY: Duration = Duration::from_secs(60);

/// How long other hubs take at most to be heard again after the daemon was restarted.
const HEARD_WITHIN: Duration = Duration::from_secs(10);

/// How long an address counts as the hub's after it is gone: records of it live for 120 s.
const REMEMBERED: Duration = Duration::from_secs(5 * 60);

/// A repeating timer.
#[derive(Debug)]
struct Every {
    span: Duration,
    next: Instant,
}

impl Every {
    fn new(span: Duration, now: Instant) -> Self {
        Self { span, next: now + span }
    }

    fn is_due(&mut self, now: Instant) -> bool {
        let is_due = now >= self.next;
        if is_due {
            self.next = now + self.span;
        }
        is_due
    }
}

/// A check that is due.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Due {
    /// Check the machine's addresses.
    pub(super) addresses: bool,
    /// Nothing was announced in time: find out why.
    pub(super) diagnosis: bool,
    /// Remove the hubs that were not heard again.
    pub(super) stale: bool,
    /// Query names.
    pub(super) names: bool,
}

/// The timers of one run of the daemon.
#[derive(Debug)]
pub(super) struct Watch {
    addresses: Every,
    names: Every,
    diagnosis: Option<Instant>,
    stale: Option<Instant>,
}

impl Watch {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            addresses: Every::new(ADDRESSES_EVERY, now),
            names: Every::new(NAMES_EVERY, now),
            diagnosis: Some(now + ANNOUNCED_WITHIN),
            stale: Some(now + HEARD_WITHIN),
        }
    }

    /// The hub was announced: no diagnosis is needed.
    pub(super) fn announced(&mut self) {
        self.diagnosis = None;
    }

    pub(super) fn due(&mut self, now: Instant) -> Due {
        Due {
            addresses: self.addresses.is_due(now),
            diagnosis: self.diagnosis.take_if(|at| now >= *at).is_some(),
            stale: self.stale.take_if(|at| now >= *at).is_some(),
            names: self.names.is_due(now),
        }
    }
}

/// The machine's addresses, including those that it had until recently: caches still name them.
#[derive(Debug, Default)]
pub(super) struct OwnAddresses {
    seen: HashMap<IpAddr, Instant>,
}

impl OwnAddresses {
    pub(super) fn see(&mut self, addresses: impl IntoIterator<Item = IpAddr>, now: Instant) {
        self.seen.extend(addresses.into_iter().map(|ip| (ip, now)));
        self.seen.retain(|_, seen| now.duration_since(*seen) < REMEMBERED);
    }

    pub(super) fn has(&self, ip: &IpAddr) -> bool {
        self.seen.contains_key(ip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_is_due_in_its_time() {
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        let mut watch = Watch::new(start);
        assert_eq!(watch.due(at(0)), Due::default());
        assert_eq!(watch.due(at(1)), Due { addresses: true, ..Due::default() });
        assert_eq!(watch.due(at(1)), Due::default());
        assert!(watch.due(at(5)).diagnosis && !watch.due(at(6)).diagnosis);
        assert!(watch.due(at(10)).stale && !watch.due(at(11)).stale);
        assert!(watch.due(at(60)).names && !watch.due(at(61)).names && watch.due(at(120)).names);
    }

    #[test]
    fn an_announced_name_needs_no_diagnosis() {
        let start = Instant::now();
        let mut watch = Watch::new(start);
        watch.announced();
        assert!(!watch.due(start + ANNOUNCED_WITHIN).diagnosis);
    }

    #[test]
    fn an_address_that_went_is_still_known_for_a_while() {
        let start = Instant::now();
        let (old, new) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let mut own = OwnAddresses::default();
        own.see([old], start);
        own.see([new], start + Duration::from_secs(60));
        assert!(own.has(&old) && own.has(&new));
        own.see([new], start + REMEMBERED);
        assert!(!own.has(&old) && own.has(&new));
    }
}
