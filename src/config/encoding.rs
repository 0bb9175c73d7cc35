//! Decodes a file: UTF-8, with or without a byte order mark. For other encodings the error names a guess.

use std::fmt;

/// An encoding that a file seems to be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, which Notepad calls "Unicode" or "UTF-16".
    Utf16,
    /// Korean Windows' own code page 949, which Notepad calls "ANSI".
    Cp949,
    /// Not text at all.
    Binary,
    /// Something else, which is not UTF-8 on this line, counted from 1.
    Unknown(usize),
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Utf16 => f.write_str("UTF-16"),
            Self::Cp949 => {
                f.write_str("probably in Korean Windows' own encoding (CP949, \"ANSI\")")
            }
            Self::Binary => f.write_str("not a text, or damaged"),
            Self::Unknown(line) => write!(f, "not UTF-8 on line {line}"),
        }
    }
}

impl Encoding {
    /// The remedy, as the end of a sentence.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Utf16 | Self::Cp949 | Self::Unknown(_) => {
                "; in Windows' Notepad, choose UTF-8 as the encoding when you save it"
            }
            Self::Binary => "; write it again, or take away the file: the hub needs none",
        }
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The text in these bytes, without a byte order mark.
///
/// # Errors
/// The bytes are not UTF-8; the error is the encoding that they seem to be in.
pub(super) fn decode(mut bytes: Vec<u8>) -> Result<String, Encoding> {
    if bytes.starts_with(BOM) {
        bytes.drain(..BOM.len());
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || is_utf16(&bytes) {
        return Err(Encoding::Utf16);
    }
    // A power cut may leave a file of zeros.
    if bytes.contains(&0) {
        return Err(Encoding::Binary);
    }
    String::from_utf8(bytes).map_err(|error| {
        let (valid, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        match is_cp949(bytes) {
            true => Encoding::Cp949,
            false => {
                let before = bytes.get(..valid).unwrap_or_default();
                Encoding::Unknown(1 + before.iter().filter(|byte| **byte == b'\n').count())
            }
        }
    })
}

/// Whether the bytes are UTF-16 without a mark: of ASCII, each character has a NUL beside it, always on the same
/// side, and a configuration is mostly ASCII.
fn is_utf16(bytes: &[u8]) -> bool {
    let (mut first, mut second) = (0, 0);
    for pair in bytes.chunks_exact(2) {
        first += usize::from(pair[0] == 0 && pair[1] != 0);
        second += usize::from(pair[0] != 0 && pair[1] == 0);
    }
    let (more, less) = (first.max(second), first.min(second));
    less == 0 && more > bytes.len() / 4
}

/// Whether the bytes are pairs of code page 949 between ASCII, and some are its Hangul.
fn is_cp949(bytes: &[u8]) -> bool {
    let (mut bytes, mut hangul) = (bytes.iter(), 0);
    while let Some(lead) = bytes.next() {
        if lead.is_ascii() {
            continue;
        }
        let Some(trail) = bytes.next() else { return false };
        match (lead, trail) {
            (0xb0..=0xc8, 0xa1..=0xfe) => hangul += 1,
            (0x81..=0xfe, 0x41..=0x5a | 0x61..=0x7a | 0x81..=0xfe) => {}
            _ => return false,
        }
    }
    hangul > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_read_with_a_mark_or_without() {
        let text = "title = \"여름 캠프\"\n";
        assert_eq!(decode(text.into()).unwrap(), text);
        assert_eq!(decode([BOM, text.as_bytes()].concat()).unwrap(), text);
        assert_eq!(decode(Vec::new()).unwrap(), "");
    }

    #[test]
    fn the_likely_encoding_is_named() {
        let utf16: Vec<u8> = "title = \"여름\"".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode([b"\xff\xfe", &utf16[..]].concat()), Err(Encoding::Utf16));
        assert_eq!(decode(utf16), Err(Encoding::Utf16), "without a mark");
        assert_eq!(decode(vec![0; 512]), Err(Encoding::Binary), "as a power cut leaves it");
        assert_eq!(decode(b"\x7fELF\x02\x01\x01\0\0\0\0\0".to_vec()), Err(Encoding::Binary));
        // 여름 캠프
        let cp949 = b"title = \"\xbf\xa9\xb8\xa7 \xc4\xb7\xc7\xc1\"\n";
        assert_eq!(decode(cp949.to_vec()), Err(Encoding::Cp949));
        assert_eq!(decode(b"a = 1\nb = \"\xe9\"\n".to_vec()), Err(Encoding::Unknown(2)), "Latin-1");
        assert_eq!(decode(b"\xb0".to_vec()), Err(Encoding::Unknown(1)));
    }
}
