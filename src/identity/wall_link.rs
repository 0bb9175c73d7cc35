//! The secrets in the links of walls.
//!
//! A secret is derived from the hub's signing key and the link's random id, as the keys of hosts are, so that it is not
//! stored. It is short enough to be typed with a television's remote control: 16 letters, 71 bits.

use std::fmt;
use std::str::FromStr;

use hmac::Mac;

use super::Signer;
use super::host_key::keyed;
use crate::domain::ids::WallLinkId;

/// The name of the scheme in the `Authorization` header.
const SCHEME: &str = "ColaHub-Wall";

/// Separates these secrets from everything else that is made with the signing key.
const LABEL: &[u8] = b"\0colahub wall link 1\0";

/// Letters and digits that people do not confuse, those of the rooms' codes.
const LETTERS: &[u8; 22] = b"acdefghjkmnpqrtwxy3479";

/// The number of letters of a secret, and of those that stand together.
const LENGTH: usize = 16;
const TOGETHER: usize = 4;

/// The secret of a link.
#[derive(Clone)]
pub struct WallSecret([u8; LENGTH]);

impl fmt::Debug for WallSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WallSecret(…)")
    }
}

impl fmt::Display for WallSecret {
    /// The secret as it is in a link: `acde-fghj-kmnp-qrtw`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, letters) in self.0.chunks(TOGETHER).enumerate() {
            let hyphen = if n == 0 { "" } else { "-" };
            write!(f, "{hyphen}{}", String::from_utf8_lossy(letters))?;
        }
        Ok(())
    }
}

/// The error for a text that no link has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecret;

impl FromStr for WallSecret {
    type Err = NoSecret;

    /// Parses a secret in either case. Spaces and hyphens are ignored.
    fn from_str(text: &str) -> Result<Self, NoSecret> {
        let mut letters = [0; LENGTH];
        let mut typed = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-'));
        for letter in &mut letters {
            let byte = typed.next().ok_or(NoSecret)?.to_ascii_lowercase();
            *letter = *LETTERS.iter().find(|known| **known == byte).ok_or(NoSecret)?;
        }
        typed.next().map_or(Ok(Self(letters)), |_| Err(NoSecret))
    }
}

impl WallSecret {
    /// Parses an `Authorization` header: `ColaHub-Wall SECRET`. `None` for anything else.
    #[must_use]
    pub fn parse(header: &[u8]) -> Option<Self> {
        let (scheme, secret) = std::str::from_utf8(header).ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case(SCHEME).then(|| secret.parse().ok())?
    }

    /// Whether two secrets are the same. Takes as long for a wrong one as for the right one.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.iter().zip(other.0).fold(0, |unlike, (own, other)| unlike | (own ^ other)) == 0
    }
}

impl Signer {
    /// The secret of the link with this id.
    #[must_use]
    pub fn wall_secret(&self, id: WallLinkId) -> WallSecret {
        let mut mac = keyed(&self.root);
        mac.update(LABEL);
        mac.update(id.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let mut letters = [0; LENGTH];
        // Two bytes a letter, so that all letters are as good as equally likely.
        for (letter, pair) in letters.iter_mut().zip(bytes.chunks(2)) {
            let number = pair.iter().fold(0, |number, byte| number << 8 | usize::from(*byte));
            *letter = LETTERS.get(number % LETTERS.len()).copied().unwrap_or_default();
        }
        WallSecret(letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> WallLinkId {
        WallLinkId::from_random([n; 16])
    }

    #[test]
    fn each_link_and_each_hub_has_its_own_secret() {
        let (one, other) = (Signer::with_key([1; 32]), Signer::with_key([2; 32]));
        let secret = one.wall_secret(id(1));
        assert!(secret.is(&one.wall_secret(id(1))));
        assert!(!secret.is(&one.wall_secret(id(2))));
        assert!(!secret.is(&other.wall_secret(id(1))));
    }

    #[test]
    fn a_secret_is_read_as_people_type_it() {
        let secret = Signer::with_key([1; 32]).wall_secret(id(1));
        let text = secret.to_string();
        assert_eq!((text.len(), text.matches('-').count()), (19, 3), "{text}");
        for typed in [text.clone(), text.to_uppercase(), text.replace('-', " ")] {
            assert!(typed.parse::<WallSecret>().unwrap().is(&secret), "{typed}");
        }
        assert!(WallSecret::parse(format!("colahub-wall {text}").as_bytes()).unwrap().is(&secret));
        for bad in ["", &text[1..], &format!("{text}a"), "ooooooooooooooo0"] {
            assert!(bad.parse::<WallSecret>().is_err(), "{bad}");
            assert!(WallSecret::parse(format!("ColaHub-Wall {bad}").as_bytes()).is_none());
        }
        for bad in [&b"Bearer x"[..], b"ColaHub-Wall", b"\xff \xff"] {
            assert!(WallSecret::parse(bad).is_none(), "{bad:?}");
        }
    }
}
