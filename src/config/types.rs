//! The types of settings: values are parsed here, and need no checks later.

use std::fmt;
use std::net::{Ipv6Addr, SocketAddr};
use std::time::Duration;

use tracing_subscriber::filter::{LevelFilter, Targets};

use super::wifi::Secret;
use crate::domain::throttle::Rate;

/// The hub's name on the network: a DNS label of 1 to 58 lower-case letters, digits and hyphens.
///
/// A DNS label has at most 63 bytes (RFC 1035, section 2.3.4). Five are left for the number that is appended if another
/// hub has the name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubName(String);

impl HubName {
    const MAX_BYTES: usize = 58;

    /// Parses a name in any case; `None` if it cannot be a DNS label.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX_BYTES).contains(&text.len());
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let hyphen_at_end = text.starts_with('-') || text.ends_with('-');
        (fits && plain && !hyphen_at_end).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The name, without `.local`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for HubName {
    fn default() -> Self {
        Self("cola".to_owned())
    }
}

impl fmt::Display for HubName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A pattern for the names of network interfaces: `wlan0`, or `veth*` for all with that prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfacePattern(String);

impl InterfacePattern {
    /// Linux's limit for an interface name (`IFNAMSIZ`, 16 with the terminating zero).
    const MAX_BYTES: usize = 15;

    /// Parses a name; a `*` as its last character stands for any ending.
    pub fn parse(text: &str) -> Option<Self> {
        let beginning = text.strip_suffix('*').unwrap_or(text);
        let plain =
            beginning.bytes().all(|byte| byte.is_ascii_graphic() && !b"*/:,".contains(&byte));
        (!text.is_empty() && beginning.len() <= Self::MAX_BYTES && plain)
            .then(|| Self(text.to_owned()))
    }

    /// Whether the pattern matches the interface with this name.
    pub fn matches(&self, name: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => name.starts_with(beginning),
            None => name == self.0,
        }
    }

    pub(super) fn trusted(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// A set of limits: how much of the hub one address may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Profile {
    /// Every device has an address of its own, as on the hub's own wireless network.
    #[default]
    Event,
    /// Many people come from one address, as behind a venue's router.
    Nat,
    /// No limits per address: for measurements.
    Off,
}

impl Profile {
    /// Parses `event`, `nat` or `off`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "event" => Some(Self::Event),
            "nat" => Some(Self::Nat),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// How much memory the hub may use before it refuses new clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Memory {
    /// A fixed part of the board's memory; see `budget`.
    #[default]
    Auto,
    /// No limit.
    Off,
    /// This number of bytes.
    Bytes(u64),
}

impl Memory {
    /// Parses `auto`, `off`, or a size from 8 MB to 64 GB.
    pub fn parse(text: &str) -> Option<Self> {
        const RANGE: std::ops::RangeInclusive<u64> = 8_000_000..=64_000_000_000;
        match text {
            "auto" => Some(Self::Auto),
            _ => match size(text)? {
                Some(bytes) => RANGE.contains(&bytes).then_some(Self::Bytes(bytes)),
                None => Some(Self::Off),
            },
        }
    }
}

/// Parses `ADDR:PORT`, `[ADDR]:PORT`, or a port alone, which stands for every address of the machine.
pub(super) fn listen(text: &str) -> Option<SocketAddr> {
    match text.parse() {
        Ok(port) => Some(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))),
        Err(_) => text.parse().ok(),
    }
}

/// Parses a duration such as `90min` or `1day 12h`, from 1 second to 365 days.
pub(super) fn lifetime(text: &str) -> Option<Duration> {
    const MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    let lifetime = humantime::parse_duration(text).ok()?;
    (Duration::from_secs(1)..=MAX).contains(&lifetime).then_some(lifetime)
}

/// Parses a duration from 1 second to a day, or `off`, which is zero.
pub(super) fn memory_span(text: &str) -> Option<Duration> {
    const MAX: Duration = Duration::from_secs(24 * 60 * 60);
    if text == "off" {
        return Some(Duration::ZERO);
    }
    lifetime(text).filter(|span| *span <= MAX)
}

/// Parses a duration from 0 to a day.
pub(super) fn take_back(text: &str) -> Option<Duration> {
    if text == "0" { Some(Duration::ZERO) } else { memory_span(text) }
}

/// Parses a duration from 1 minute to 365 days, or `off`.
pub(super) fn span(text: &str) -> Option<Option<Duration>> {
    const MIN: Duration = Duration::from_secs(60);
    if text == "off" {
        return Some(None);
    }
    lifetime(text).filter(|span| *span >= MIN).map(Some)
}

/// Parses a duration from 0 to a second.
pub(super) fn gather(text: &str) -> Option<Duration> {
    humantime::parse_duration(text).ok().filter(|gather| *gather <= Duration::from_secs(1))
}

/// Parses the URL of a PostgreSQL database; the store checks its parts.
pub(super) fn database(text: &str) -> Option<Secret> {
    const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];
    let is_url = SCHEMES.iter().any(|scheme| text.starts_with(scheme)) || text.contains("host=");
    (is_url && text.len() <= 2_000).then(|| Secret::new(text))
}

/// Parses a duration from 1 second to 5 minutes.
pub(super) fn patience(text: &str) -> Option<Duration> {
    const RANGE: std::ops::RangeInclusive<Duration> =
        Duration::from_secs(1)..=Duration::from_secs(300);
    humantime::parse_duration(text).ok().filter(|span| RANGE.contains(span))
}

/// Parses a size such as `500MB` or `1GiB`, from 1 MB to 1000 GB, or `off`.
pub(super) fn size(text: &str) -> Option<Option<u64>> {
    const RANGE: std::ops::RangeInclusive<u64> = 1_000_000..=1_000_000_000_000;
    if text == "off" {
        return Some(None);
    }
    bytes(text).filter(|bytes| RANGE.contains(bytes)).map(Some)
}

/// Parses a number of bytes with its unit, such as `64KiB` or `500 MB`.
fn bytes(text: &str) -> Option<u64> {
    const UNITS: [(&str, u64); 6] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
    ];
    let (number, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|number| (number.trim_end(), unit)))?;
    number.parse::<u64>().ok()?.checked_mul(*unit)
}

/// Parses a rate such as `20/s`, `10/min` or `5/h burst 20`: how often in a span of time, and how often at once.
/// Without a burst, the two numbers are the same.
pub(super) fn rate(text: &str) -> Option<Rate> {
    const BURST_MAX: u32 = 1_000_000;
    let mut words = text.split_whitespace();
    let (number, unit) = words.next()?.split_once('/')?;
    let number = number.parse::<u32>().ok()?;
    let unit = match unit {
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let burst = match (words.next(), words.next(), words.next()) {
        (None, ..) => number,
        (Some("burst"), Some(burst), None) => burst.parse().ok()?,
        _ => return None,
    };
    // A rate counts in whole milliseconds.
    let is_good = (1..=1_000).contains(&number) && (1..=BURST_MAX).contains(&burst);
    is_good.then(|| Rate { burst, every: Duration::from_millis((unit / u64::from(number)).max(1)) })
}

/// Parses the size of one message, from 32 KiB (1000 of the widest emoji need 25) to 1 MiB.
pub(super) fn message_size(text: &str) -> Option<usize> {
    usize::try_from(bytes(text)?).ok().filter(|size| (32 * 1024..=1024 * 1024).contains(size))
}

/// Parses how many bytes may wait for the clients of one address, from 1 MiB to 1 GiB.
pub(super) fn unread(text: &str) -> Option<usize> {
    let range = 1024 * 1024..=1024 * 1024 * 1024;
    usize::try_from(bytes(text)?).ok().filter(|size| range.contains(size))
}

/// Parses the size of one address's answers, from 1 MiB (the largest page of history needs 700 kB) to 16 MiB, the
/// limit for all addresses together.
pub(super) fn answers_size(text: &str) -> Option<usize> {
    usize::try_from(bytes(text)?).ok().filter(|size| (1 << 20..=16 << 20).contains(size))
}

/// Parses `LEVEL` and `TARGET=LEVEL`, separated by commas.
///
/// Stricter than the parser of `Targets`, which takes a misspelt level for the name of a target, and then logs that
/// target and nothing else.
pub(super) fn levels(text: &str) -> Option<Targets> {
    text.split(',').try_fold(Targets::new(), |targets, part| match part.split_once('=') {
        Some((target, text)) => Some(targets.with_target(target.trim(), level(text)?)),
        None => Some(targets.with_default(level(part)?)),
    })
}

fn level(text: &str) -> Option<LevelFilter> {
    match text.trim() {
        "off" => Some(LevelFilter::OFF),
        "error" => Some(LevelFilter::ERROR),
        "warn" => Some(LevelFilter::WARN),
        "info" => Some(LevelFilter::INFO),
        "debug" => Some(LevelFilter::DEBUG),
        "trace" => Some(LevelFilter::TRACE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_named_whole_or_by_its_beginning() {
        let matches = |pattern: &str, name| InterfacePattern::parse(pattern).unwrap().matches(name);
        assert!(matches("wlan0", "wlan0") && !matches("wlan0", "wlan01"));
        assert!(matches("veth*", "veth4f1c") && !matches("veth*", "eth0"));
        assert!(matches("*", "anything"));
        for bad in ["", "a*b", "e th", "much-too-long-a-name", "eth0:1"] {
            assert_eq!(InterfacePattern::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_hub_name_is_a_dns_label_in_lower_case() {
        assert_eq!(HubName::parse("Camp-2").unwrap().as_str(), "camp-2");
        assert!(HubName::parse(&"a".repeat(58)).is_some());
        for bad in ["", "-a", "a-", "a.b", "a b", "콜라", &"a".repeat(59)] {
            assert_eq!(HubName::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_port_alone_listens_on_every_address() {
        assert_eq!(listen("8080"), "[::]:8080".parse().ok());
        assert_eq!(listen("127.0.0.1:80"), "127.0.0.1:80".parse().ok());
        for bad in ["", "65536", "localhost:80", "::1", "127.0.0.1"] {
            assert_eq!(listen(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_lifetime_is_one_second_to_a_year() {
        assert_eq!(lifetime("1s"), Some(Duration::from_secs(1)));
        assert_eq!(lifetime("365days"), Some(Duration::from_secs(31_536_000)));
        for bad in ["999ms", "365days 1s", "1", "soon", ""] {
            assert_eq!(lifetime(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_span_is_a_minute_to_a_year_or_off() {
        assert_eq!(span("1min"), Some(Some(Duration::from_secs(60))));
        assert_eq!(span("off"), Some(None));
        for bad in ["59s", "366days", "never", ""] {
            assert_eq!(span(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn gathering_takes_a_second_at_most() {
        assert_eq!(gather("0s"), Some(Duration::ZERO));
        assert_eq!(gather("1s"), Some(Duration::from_secs(1)));
        for bad in ["1001ms", "5", "off"] {
            assert_eq!(gather(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_size_has_a_unit() {
        assert_eq!(size("1GiB"), Some(Some(1 << 30)));
        assert_eq!(size("500 MB"), Some(Some(500_000_000)));
        assert_eq!(size("1000GB"), Some(Some(1_000_000_000_000)));
        assert_eq!(size("off"), Some(None));
        for bad in ["1", "999kB", "1001GB", "-1GB", "1.5GB", "GB", "18446744073709551615GB"] {
            assert_eq!(size(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn memory_is_a_share_a_size_or_unbounded() {
        assert_eq!(Memory::parse("auto"), Some(Memory::Auto));
        assert_eq!(Memory::parse("off"), Some(Memory::Off));
        assert_eq!(Memory::parse("8MB"), Some(Memory::Bytes(8_000_000)));
        for bad in ["7MB", "65GB", "half", "100", ""] {
            assert_eq!(Memory::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_rate_is_so_many_in_a_time_and_so_many_at_once() {
        let every = |ms, burst| Some(Rate { burst, every: Duration::from_millis(ms) });
        assert_eq!(rate("20/s"), every(50, 20));
        assert_eq!(rate("10/min burst 3"), every(6_000, 3));
        assert_eq!(rate("1/h  burst 1000000"), every(3_600_000, 1_000_000));
        assert_eq!(rate("1000/s"), every(1, 1_000));
        for bad in [
            "",
            "20",
            "/s",
            "0/s",
            "1001/s",
            "-1/s",
            "1.5/s",
            "20/d",
            "20 / s",
            "20/s burst",
            "20/s burst 0",
            "20/s burst 1000001",
            "20/s burst 5 5",
            "20/s 5",
            "20/s BURST 5",
        ] {
            assert_eq!(rate(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_message_size_fits_the_longest_text_and_a_board() {
        assert_eq!(message_size("64KiB"), Some(65_536));
        assert_eq!((message_size("32KiB"), message_size("1MiB")), (Some(32_768), Some(1 << 20)));
        for bad in ["31KiB", "1025KiB", "64", "off", "64KB"] {
            assert_eq!(message_size(bad), None, "{bad}");
        }
    }

    #[test]
    fn levels_are_by_target_and_a_misspelt_one_is_no_target() {
        let expected = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_target("colahub::store", LevelFilter::DEBUG);
        assert_eq!(levels("info, colahub::store=debug"), Some(expected));
        for bad in ["", "verbose", "info,", "colahub=", "colahub=loud", "a=b=info"] {
            assert_eq!(levels(bad), None, "{bad:?}");
        }
    }
}
