//! Checks whether the machine's clock can be right. The hub works without one: only the times that people read are
//! wrong.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use super::Finding;

const CHECK: &str = "clock";

/// 2026-01-01 in seconds since 1970. The program was written later, so a clock that shows less is wrong.
const WRITTEN: u64 = 1_767_225_600;

pub(super) fn check() -> Finding {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    judge(since.as_secs(), Path::new("/run/systemd/timesync/synchronized").exists())
}

fn judge(now: u64, is_synchronised: bool) -> Finding {
    if now < WRITTEN {
        return Finding::note(CHECK, "the clock is not set; times in the chat will be guessed")
            .and_advice(
                "the host's page offers the phone's time, and `colahub clock set` sets it for the hub; order does not depend on it",
            );
    }
    if is_synchronised {
        return Finding::good(CHECK, "the clock is synchronised");
    }
    Finding::good(CHECK, "the clock is plausible, though nothing here sets it by a time server")
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_in_1970_is_reported_and_breaks_nothing() {
        assert_eq!(judge(100, false).verdict, Verdict::Note);
        assert_eq!(judge(WRITTEN, false).verdict, Verdict::Good);
        assert_eq!(judge(WRITTEN, true).seen, "the clock is synchronised");
    }
}
