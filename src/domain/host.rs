//! Hosts: people and programs that run an event over the network with keys of their own, and what each may do.

use std::fmt;
use std::str::FromStr;

use super::ids::HostKeyId;
use super::refusal::Refusal;
use super::text::{TITLE_MAX, Title};
use super::time::WallTime;

/// The most characters of a browser's mark.
const BROWSER_MAX: usize = 64;

/// The name of a key's holder, for the log: one line of at most [`TITLE_MAX`] characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HostName(String);

impl HostName {
    /// A name from a text.
    ///
    /// # Errors
    /// It is empty, too long, or has more than one line or invisible characters.
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
    /// May do everything.
    Host,
    /// May take messages back, kick people and see reports.
    Helper,
}

impl HostRole {
    /// The role's name, on the wire and in the store.
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

/// A key with which somebody acts as the host over the network. Its secret is not stored.
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
    /// Whether it was used. From then on it belongs to the browser that used it first.
    pub is_used: bool,
}

/// The mark that tells a browser with a key from other browsers: 1 to 64 letters, digits, `-` and `_`. Empty for a
/// program, which has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BrowserMark(String);

impl BrowserMark {
    /// The mark itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The error for a text that is not a browser's mark.
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

/// What a signed request says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The key.
    pub id: HostKeyId,
    /// The request's number. It is accepted only if it is higher than every number accepted before for the key.
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
