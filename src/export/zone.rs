//! Times as people read them, at an offset from UTC that the host names.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, UNIX_EPOCH};

use super::zip::DosTime;
use crate::domain::time::WallTime;

/// The last time that the formats hold: the end of 9999, with room for the offset.
const LAST: i64 = 253_402_200_000_000;

/// A time as ISO 8601 in UTC, with its milliseconds.
pub(super) fn utc(time: WallTime) -> String {
    let ms = u64::try_from(time.0.clamp(0, LAST)).unwrap_or(0);
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(ms)).to_string()
}

/// An offset from UTC, in minutes, at most 14 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UtcOffset(i32);

/// Why a text is no offset: a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an offset from UTC is written as +09:00 or -03:30, at most 14 hours")]
pub struct NotAnOffset;

impl UtcOffset {
    /// An offset of this number of minutes.
    ///
    /// # Errors
    /// It is more than 14 hours.
    pub fn minutes(minutes: i32) -> Result<Self, NotAnOffset> {
        if minutes.abs() > 14 * 60 { Err(NotAnOffset) } else { Ok(Self(minutes)) }
    }

    /// The offset in minutes.
    #[must_use]
    pub fn in_minutes(self) -> i32 {
        self.0
    }

    /// A time as `2026-11-27T18:41:31` at this offset.
    fn shifted(self, time: WallTime) -> String {
        let ms = time.0.saturating_add(i64::from(self.0) * 60_000).clamp(0, LAST);
        let since = Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        let text = humantime::format_rfc3339_seconds(UNIX_EPOCH + since).to_string();
        text.trim_end_matches('Z').to_owned()
    }

    /// `2026-11-27`.
    pub(super) fn date(self, time: WallTime) -> String {
        self.shifted(time).split('T').next().unwrap_or_default().to_owned()
    }

    /// `18:41`.
    pub(super) fn minute(self, time: WallTime) -> String {
        self.shifted(time).get(11..16).unwrap_or_default().to_owned()
    }

    /// `2026-11-27 18:41:31`, which spreadsheets take for a time.
    pub(super) fn cell(self, time: WallTime) -> String {
        self.shifted(time).replace('T', " ")
    }

    /// `2026-11-27T18:41:31+09:00`, for `<time>`.
    pub(super) fn machine(self, time: WallTime) -> String {
        format!("{}{self}", self.shifted(time))
    }

    /// The time in a zip.
    pub(super) fn dos(self, time: WallTime) -> DosTime {
        let text = self.shifted(time);
        let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<u16>().ok());
        let number = |from| number(from).unwrap_or(0);
        let years = (number(0) * 100 + number(2)).saturating_sub(1980).min(127);
        DosTime {
            time: (number(11) << 11) | (number(14) << 5) | (number(17) / 2),
            date: (years << 9) | (number(5) << 5) | number(8),
        }
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, minutes) = (if self.0 < 0 { '-' } else { '+' }, self.0.abs());
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl FromStr for UtcOffset {
    type Err = NotAnOffset;

    fn from_str(text: &str) -> Result<Self, NotAnOffset> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').ok_or(NotAnOffset)?),
        };
        let (hours, minutes) = rest.split_once(':').ok_or(NotAnOffset)?;
        let number = |two: &str| match two.len() == 2 && two.bytes().all(|b| b.is_ascii_digit()) {
            true => two.parse::<i32>().map_err(|_| NotAnOffset),
            false => Err(NotAnOffset),
        };
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        if minutes > 59 { Err(NotAnOffset) } else { Self::minutes(sign * (hours * 60 + minutes)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_at_its_offset() {
        let at = WallTime(1_795_772_491_000); // 2026-11-27 09:41:31 UTC
        let seoul: UtcOffset = "+09:00".parse().unwrap();
        assert_eq!(seoul.cell(at), "2026-11-27 18:41:31");
        assert_eq!((seoul.date(at).as_str(), seoul.minute(at).as_str()), ("2026-11-27", "18:41"));
        assert_eq!(seoul.machine(at), "2026-11-27T18:41:31+09:00");
        assert_eq!(UtcOffset::default().machine(at), "2026-11-27T09:41:31+00:00");
        let dos = seoul.dos(at);
        assert_eq!((dos.time, dos.date), ((18 << 11) | (41 << 5) | 15, (46 << 9) | (11 << 5) | 27));
        assert_eq!("-03:30".parse(), UtcOffset::minutes(-210));
        for wrong in ["9", "09:00", "+9:00", "+09:60", "+15:00", "+-1:00", "+09:00:00", ""] {
            assert_eq!(wrong.parse::<UtcOffset>(), Err(NotAnOffset), "{wrong}");
        }
        let _last = seoul.dos(WallTime(i64::MAX));
        let _first = UtcOffset::minutes(-840).unwrap().dos(WallTime(i64::MIN));
    }
}
