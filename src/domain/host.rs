//! Hosts: the people who run an event by keys of their own, and what each of them may do.

use std::fmt;
use std::str::FromStr;

use super::ids::HostKeyId;
use super::refusal::Refusal;
use super::text::{TITLE_MAX, Title};
use super::time::WallTime;

/// Most characters of a browser's mark.
const BROWSER_MAX: usize = 64;

/// The name of a key's holder, for the log: one line of at most [`TITLE_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

impl HostName {
    /// A name from a text.
    ///
    /// # Errors
    /// It is empty, too long, or has more than one line or characters that are not seen.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let name = Title::parse(text).map_err(|_| {
            Refusal::bad(format!("a key's name has 1 to {TITLE_MAX} characters in one line"))
        })?;
        Ok(Self(name.as_str().to_owned()))
    }

    /// A name that was parsed before and comes back from the store.
    #[must_use]
    pub fn trusted(text: String) -> Self {
        Self(text)
    }

    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A role: what the holder of a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRole {
    /// Everything.
    Host,
    /// Take messages back, kick, see reports.
    Helper,
}

impl HostRole {
    /// The role's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Helper => "helper",
        }
    }

    /// Whether the holder of a key with this role may do what needs `needed`.
    #[must_use]
    pub fn may(self, needed: Self) -> bool {
        self == Self::Host || needed == Self::Helper
    }
}

/// A key by which somebody acts as the host over the network. Its secret is nowhere stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostKey {
    /// Its id, drawn at random.
    pub id: HostKeyId,
    /// Its holder's name. No two keys share one.
    pub name: HostName,
    /// Its holder's role.
    pub role: HostRole,
    /// When it was made.
    pub made_at: WallTime,
    /// Whether it was used. It then belongs to the browser that used it first.
    pub is_used: bool,
}

/// The mark by which a browser that holds a key is told from others: 1 to 64 letters, digits, `-` and `_`, or nothing
/// for a program that has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrowserMark(String);

impl BrowserMark {
    /// The mark itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A text that is no mark of a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMark;

impl FromStr for BrowserMark {
    type Err = NoMark;

    fn from_str(text: &str) -> Result<Self, NoMark> {
        let is_good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if text.len() > BROWSER_MAX || !text.bytes().all(is_good) {
            return Err(NoMark);
        }
        Ok(Self(text.to_owned()))
    }
}

/// One signed request: the next number of a key, from a browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub id: HostKeyId,
    /// The request's number. It counts only if it is above every number before.
    pub number: i64,
    /// The browser.
    pub browser: BrowserMark,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_helper_may_do_only_what_is_for_helpers() {
        use HostRole::{Helper, Host};
        assert!(Host.may(Host) && Host.may(Helper) && Helper.may(Helper));
        assert!(!Helper.may(Host));
    }

    #[test]
    fn a_mark_is_short_and_plain() {
        for good in ["", "a", "Zz09-_", &"x".repeat(64)] {
            assert_eq!(good.parse::<BrowserMark>().unwrap().as_str(), good);
        }
        for bad in ["a b", "é", "a&b", "%41", &"x".repeat(65)] {
            assert_eq!(bad.parse::<BrowserMark>(), Err(NoMark), "{bad}");
        }
    }

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(HostName::parse(" 무대 앞 ").unwrap().as_str(), "무대 앞");
        for bad in ["", "a\nb", "\u{202e}x", &"x".repeat(TITLE_MAX + 1)] {
            assert!(HostName::parse(bad).is_err(), "{bad:?}");
        }
    }
}
