//! Rate limits of actions in rooms: per person, over all their connections, and per address, since a new identity costs
//! nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use super::command::ConnInfo;
use super::state::Hub;
use crate::domain::ids::{ConnId, IdentityId};
use crate::domain::limits::Limits;
use crate::domain::recent::Recent;
use crate::domain::refusal::Refusal;
use crate::domain::throttle::{Rate, Throttle};
use crate::domain::time::HubTime;

/// The most people, and the most addresses, that are tracked at once for one action.
const COUNTED: usize = 16_384;

/// At least this many people are remembered as having been in a room; the most recent ones.
const KNOWN: usize = 16_384;

/// An action with a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Action {
    Message,
    Alert,
    Report,
    Roster,
    Typing,
    Join,
}

/// The rate limits of all people and addresses.
#[derive(Debug)]
pub(super) struct RateLimits {
    by: HashMap<Action, Pair>,
    newcomers: Throttle<IpAddr>,
    known: Recent<IdentityId>,
}

/// The rate limits of one action.
#[derive(Debug)]
struct Pair {
    people: Throttle<IdentityId>,
    addresses: Throttle<IpAddr>,
}

impl RateLimits {
    pub(super) fn new(limits: &Limits) -> Self {
        let pair = |rate| Pair {
            people: Throttle::new(rate, COUNTED),
            addresses: Throttle::new(times(rate, limits.people_each), COUNTED),
        };
        let by = rates(limits).map(|(action, rate)| (action, pair(rate))).into();
        Self { by, newcomers: Throttle::new(limits.newcomers, COUNTED), known: Recent::new(KNOWN) }
    }

    /// Changes the limits. Actions that were counted still count.
    pub(super) fn set(&mut self, limits: &Limits) {
        for (action, rate) in rates(limits) {
            let Some(Pair { people, addresses }) = self.by.get_mut(&action) else { continue };
            people.set_rate(rate);
            addresses.set_rate(times(rate, limits.people_each));
        }
        self.newcomers.set_rate(limits.newcomers);
    }

    /// Counts an action of a person and of their address.
    fn take(&mut self, action: Action, who: &ConnInfo, now: HubTime) -> Result<(), Duration> {
        let Some(Pair { people, addresses }) = self.by.get_mut(&action) else { return Ok(()) };
        people.take(who.identity, now)?;
        addresses.take(who.peer, now).inspect_err(|_| people.give_back(&who.identity))
    }

    /// Counts a join. `is_new` if they are not in the room already.
    fn take_join(&mut self, who: &ConnInfo, is_new: bool, now: HubTime) -> Result<(), Duration> {
        self.take(Action::Join, who, now)?;
        if is_new && !self.known.contains(&who.identity) {
            self.newcomers.take(who.peer, now)?;
        }
        Ok(())
    }

    /// Remembers that a person has been in a room.
    pub(super) fn knows(&mut self, identity: IdentityId) {
        self.known.insert(identity);
    }
}

/// The rate of each action for one person.
fn rates(limits: &Limits) -> [(Action, Rate); 6] {
    [
        (Action::Message, limits.messages),
        (Action::Alert, limits.alerts),
        (Action::Report, limits.reports),
        (Action::Roster, limits.rosters),
        (Action::Typing, limits.typing),
        (Action::Join, limits.joins),
    ]
}

/// The rate for this number of people together.
fn times(rate: Rate, people: usize) -> Rate {
    let people = u32::try_from(people).unwrap_or(u32::MAX).max(1);
    let every = (rate.every / people).max(Duration::from_millis(1));
    Rate { burst: rate.burst.saturating_mul(people), every }
}

impl Hub {
    /// Refuses an action above the rate of the person or of their address.
    pub(super) fn limit(
        &mut self,
        conn: ConnId,
        action: Action,
        now: HubTime,
    ) -> Result<(), Refusal> {
        let who = &self.conns.get(&conn).ok_or(Refusal::Unavailable)?.who;
        self.rate_limits.take(action, who, now).map_err(Refusal::TooFast)
    }

    /// Refuses a join above the rate.
    pub(super) fn limit_join(
        &mut self,
        conn: ConnId,
        is_new: bool,
        now: HubTime,
    ) -> Result<(), Refusal> {
        let who = &self.conns.get(&conn).ok_or(Refusal::Unavailable)?.who;
        self.rate_limits.take_join(who, is_new, now).map_err(Refusal::TooFast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> RateLimits {
        RateLimits::new(&Limits {
            messages: Rate { burst: 2, every: Duration::from_secs(1) },
            people_each: 3,
            newcomers: Rate { burst: 2, every: Duration::from_secs(1) },
            ..Limits::OFF
        })
    }

    fn who(person: u8, address: u8) -> ConnInfo {
        let identity = IdentityId::from_random([person; 16]);
        ConnInfo { id: ConnId(1), identity, peer: [10, 0, 0, address].into(), namespace: None }
    }

    #[test]
    fn a_person_has_one_limit_wherever_they_connect_from() {
        let mut limits = limits();
        let mut say = |who| limits.take(Action::Message, &who, HubTime(0)).is_ok();
        assert_eq!([say(who(1, 1)), say(who(1, 2)), say(who(1, 3))], [true, true, false]);
        assert!(say(who(2, 1)));
    }

    #[test]
    fn an_address_has_the_limit_of_several_people_and_a_refusal_costs_the_person_nothing() {
        let mut limits = limits();
        let mut say = |who, ms| limits.take(Action::Message, &who, HubTime(ms)).is_ok();
        let said = (0..20).filter(|person| say(who(*person, 1), 0)).count();
        assert_eq!(said, 6);
        assert!(say(who(100, 2), 0), "another address");
        let back = [say(who(50, 1), 333), say(who(50, 1), 666), say(who(50, 1), 999)];
        assert_eq!(back, [true, true, false], "both of their own are left");
    }

    #[test]
    fn changed_limits_count_at_once_for_people_and_addresses() {
        let mut limits = limits();
        let mut changed =
            Limits { newcomers: Rate { burst: 9, every: Duration::from_secs(1) }, ..Limits::OFF };
        let say = |limits: &mut RateLimits, n| {
            limits.take(Action::Message, &who(n, 1), HubTime(0)).is_ok()
        };
        assert_eq!(
            [say(&mut limits, 1), say(&mut limits, 1), say(&mut limits, 1)],
            [true, true, false]
        );
        limits.set(&changed);
        assert!((0..9).all(|_| say(&mut limits, 1)));
        let joins = (0..20).filter(|n| limits.take_join(&who(*n, 1), true, HubTime(0)).is_ok());
        assert_eq!(joins.count(), 9);
        (changed.messages, changed.people_each) =
            (Rate { burst: 1, every: Duration::from_secs(1) }, 2);
        limits.set(&changed);
        let said = (20..30).filter(|n| say(&mut limits, *n)).count();
        assert!(said <= 2, "{said}: two people's pace for the address");
    }

    #[test]
    fn only_people_who_have_not_been_in_a_room_are_newcomers() {
        let mut limits = limits();
        let join = |limits: &mut RateLimits, person, is_new| {
            limits.take_join(&who(person, 1), is_new, HubTime(0)).is_ok()
        };
        assert_eq!([1, 2, 3].map(|n| join(&mut limits, n, true)), [true, true, false]);
        assert!(join(&mut limits, 4, false), "they are in already");
        limits.knows(IdentityId::from_random([5; 16]));
        assert!(join(&mut limits, 5, true));
    }
}
