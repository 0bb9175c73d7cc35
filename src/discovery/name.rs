//! Chooses the hub's name on the network: the configured one, or that with a number.
//!
//! Pure: it gets what was seen and when, and decides on the name.

use std::time::{Duration, Instant};

use super::Names;

/// The most bytes of a label that mdns-sd reliably answers for.
const LABEL_MAX: usize = 58;

/// The highest number after a name. If all of these are taken, somebody does that on purpose.
const NUMBER_MAX: u32 = 99;

/// How long the wished name must have been free before it is taken back: longer than another hub takes to restart or to
/// come back into range, and longer than its records stay in caches.
const FREE_FOR_GOOD: Duration = Duration::from_secs(10 * 60);

/// How often in a row a hub that may keep its name tolerates another device with it before it gives way.
const TRESPASSES_MAX: u32 = 5;

/// The claim on a name.
#[derive(Debug, Clone)]
pub(super) struct Claim {
    wish: String,
    /// The machine's own host name, which its other programs announce.
    machine: Option<String>,
    number: u32,
    /// Since when no other device was seen with the wished name.
    free_since: Option<Instant>,
    /// How often in a row another device was seen with a name that this hub may keep.
    trespasses: u32,
}

impl Claim {
    /// Claims `wish`, with the number that it had in an earlier run, if there is one.
    pub(super) fn new(wish: &str, machine: Option<String>, remembered: Option<u32>) -> Self {
        let number = remembered.filter(|number| (1..=NUMBER_MAX).contains(number)).unwrap_or(1);
        let mut claim =
            Self { wish: wish.to_owned(), machine, number, free_since: None, trespasses: 0 };
        claim.spare_the_machine();
        claim
    }

    /// The names as they are to be announced.
    pub(super) fn names(&self) -> Names {
        names(&self.wish, self.number)
    }

    /// The wished host name, without its domain.
    pub(super) fn wish(&self) -> &str {
        &self.wish
    }

    /// The number after the name; 1 stands for the wished name.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Whether the name is not the wished one but could become so.
    pub(super) fn waits_for_wish(&self) -> bool {
        self.number > 1 && !self.is_machines(1)
    }

    /// Whether the machine itself has the wished name.
    pub(super) fn wish_is_the_machines(&self) -> bool {
        self.is_machines(1)
    }

    /// Takes the next name, since another device has this one. Returns false if there is none left.
    #[must_use]
    pub(super) fn lost(&mut self) -> bool {
        self.free_since = None;
        self.trespasses = 0;
        self.number += 1;
        self.spare_the_machine();
        if self.number > NUMBER_MAX {
            self.number = 1;
            self.spare_the_machine();
            return false;
        }
        true
    }

    /// Notes that another device answers for this hub's name. Returns whether this hub has to give the name up.
    /// `mine` says that it may keep it, so that of two hubs only one gives way.
    #[must_use]
    pub(super) fn is_contested(&mut self, mine: bool) -> bool {
        self.trespasses += 1;
        !mine || self.trespasses > TRESPASSES_MAX
    }

    /// Notes that no other device answers for the name.
    pub(super) fn is_undisputed(&mut self) {
        self.trespasses = 0;
    }

    /// Notes whether another device was seen with the wished name. Returns true if the name has been free for long
    /// enough, and takes it back.
    #[must_use]
    pub(super) fn wish_seen(&mut self, taken: bool, now: Instant) -> bool {
        if taken || !self.waits_for_wish() {
            self.free_since = None;
            return false;
        }
        let since = *self.free_since.get_or_insert(now);
        let is_free = now.duration_since(since) >= FREE_FOR_GOOD;
        if is_free {
            self.number = 1;
            self.free_since = None;
        }
        is_free
    }

    fn spare_the_machine(&mut self) {
        if self.is_machines(self.number) {
            self.number += 1;
        }
    }

    fn is_machines(&self, number: u32) -> bool {
        self.machine.as_deref() == Some(names(&self.wish, number).host.as_str())
    }
}

/// The names with this number, as mDNS numbers them (RFC 6762, section 9; RFC 6763, appendix D).
fn names(wish: &str, number: u32) -> Names {
    if number == 1 {
        return Names { host: wish.to_owned(), instance: wish.to_owned() };
    }
    let with = |suffix: String| {
        let kept = wish.len().min(LABEL_MAX - suffix.len());
        // A hub's name is ASCII, so any cut is at a character's boundary.
        format!("{}{suffix}", wish[..kept].trim_end_matches('-'))
    };
    Names { host: with(format!("-{number}")), instance: with(format!(" ({number})")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(claim: &Claim) -> String {
        claim.names().host
    }

    #[test]
    fn host_and_instance_carry_the_same_number() {
        let mut claim = Claim::new("cola", None, None);
        assert_eq!(claim.names(), Names { host: "cola".into(), instance: "cola".into() });
        assert!(claim.lost());
        assert_eq!(claim.names(), Names { host: "cola-2".into(), instance: "cola (2)".into() });
        assert_eq!(claim.names().local(), "cola-2.local");
    }

    #[test]
    fn a_numbered_name_fits_its_label() {
        let long = "a".repeat(58);
        let mut claim = Claim::new(&long, None, Some(98));
        assert!(claim.lost());
        let Names { host, instance } = claim.names();
        assert!(host.len() <= LABEL_MAX && host.ends_with("a-99"), "{host}");
        assert!(instance.len() <= LABEL_MAX && instance.ends_with("a (99)"), "{instance}");
        assert!(!claim.lost(), "there is no hundredth");
        assert_eq!(claim.names().host, long);
    }

    #[test]
    fn no_hyphen_is_doubled_where_a_name_is_cut() {
        let name = format!("{}-{}", "a".repeat(55), "bb");
        assert_eq!(names(&name, 10).host, format!("{}-10", "a".repeat(55)));
    }

    #[test]
    fn the_machines_own_name_is_never_claimed() {
        let mut claim = Claim::new("cola", Some("cola".into()), None);
        assert_eq!(host(&claim), "cola-2");
        assert!(claim.wish_is_the_machines() && !claim.waits_for_wish());
        assert!(!claim.wish_seen(false, Instant::now()));
        assert!(claim.lost());
        let mut claim = Claim::new("cola", Some("cola-2".into()), None);
        assert!(claim.lost());
        assert_eq!(host(&claim), "cola-3");
    }

    #[test]
    fn a_remembered_number_is_kept_and_nonsense_is_not() {
        assert_eq!(host(&Claim::new("cola", None, Some(3))), "cola-3");
        assert_eq!(host(&Claim::new("cola", None, Some(0))), "cola");
        assert_eq!(host(&Claim::new("cola", None, Some(1_000_000))), "cola");
    }

    #[test]
    fn the_wished_name_is_taken_back_only_when_it_was_free_all_the_time() {
        let start = Instant::now();
        let at = |minutes: u64| start + Duration::from_secs(60 * minutes);
        let mut claim = Claim::new("cola", None, Some(2));
        assert!(!claim.wish_seen(false, at(0)));
        assert!(!claim.wish_seen(false, at(9)));
        assert!(!claim.wish_seen(true, at(10)), "it came back");
        assert!(!claim.wish_seen(false, at(11)));
        assert!(!claim.wish_seen(false, at(20)));
        assert!(claim.wish_seen(false, at(21)));
        assert_eq!(host(&claim), "cola");
        assert!(!claim.wish_seen(false, at(60)), "it has it");
    }

    #[test]
    fn of_two_hubs_the_one_with_the_higher_id_gives_way_first() {
        let mut claim = Claim::new("cola", None, None);
        assert!(claim.is_contested(false));
        assert!(claim.lost());
        for _ in 0..TRESPASSES_MAX {
            assert!(!claim.is_contested(true));
        }
        assert!(claim.is_contested(true));
        claim.is_undisputed();
        assert!(!claim.is_contested(true));
    }
}
