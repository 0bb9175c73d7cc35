//! The short code of a room, made to be said aloud across a table and typed on a phone.

use std::fmt;
use std::str::FromStr;

/// Letters and digits that people do not confuse when they read or hear them: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
const LETTERS: &[u8; 22] = b"ACDEFGHJKMNPQRTWXY3479";

/// The number of letters of a code.
const LENGTH: usize = 6;

/// A room's code: six letters of an alphabet of 22, so there are 113 million codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code([u8; LENGTH]);

/// The error for a text that is not a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a room code")]
pub struct NotACode;

impl Code {
    /// Makes a code from random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        let mut number = u128::from_le_bytes(bytes);
        let mut letters = [0; LENGTH];
        for letter in &mut letters {
            let count = LETTERS.len() as u128;
            *letter = LETTERS[usize::try_from(number % count).unwrap_or(0)];
            number /= count;
        }
        Self(letters)
    }

    /// The code as text, in capitals.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = NotACode;

    /// Parses a code in either case. Spaces and hyphens, which people put between letters, are ignored.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let mut letters = [0; LENGTH];
        let mut typed = text.bytes().filter(|b| !matches!(b, b' ' | b'-'));
        for letter in &mut letters {
            let byte = typed.next().ok_or(NotACode)?.to_ascii_uppercase();
            *letter = *LETTERS.iter().find(|l| **l == byte).ok_or(NotACode)?;
        }
        typed.next().map_or(Ok(Self(letters)), |_| Err(NotACode))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_type_it() {
        let code = Code::from_random([0x5a; 16]);
        let typed = code.as_str().to_lowercase();
        let spaced = format!("{} - {}", &typed[..3], &typed[3..]);
        assert_eq!(typed.parse(), Ok(code));
        assert_eq!(spaced.parse(), Ok(code));
        for bad in ["", "ACDEF", "ACDEFGH", "ACDEF0", "한국어"] {
            assert_eq!(bad.parse::<Code>(), Err(NotACode), "{bad}");
        }
    }
}
