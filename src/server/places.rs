//! The most connections: as many as the configuration and the limit of open files allow.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// File descriptors for everything but connections: database, backups, log, timers, sockets.
const OTHERS: usize = 96;

/// Raises the limit of open files as far as possible. Returns the most connections at a time: `wanted`, or
/// fewer if the limit is too low.
pub(super) fn places(wanted: usize) -> usize {
    let files = open_files();
    let places = wanted.min(files.saturating_sub(OTHERS).max(1));
    if places < wanted {
        tracing::warn!(
            wanted,
            places,
            "the system lets the hub open too few files for `limits.connections`; \
             LimitNOFILE of the service raises that"
        );
    }
    places
}

/// The most files this process may have open.
fn open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let now = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // No limit counts as the largest number.
    now.map_or(usize::MAX, |now| usize::try_from(now).unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_places_than_wanted_or_than_files() {
        assert_eq!(places(16), 16);
        let most = places(usize::MAX);
        assert!(most >= 1 && most <= open_files().saturating_sub(OTHERS).max(1));
    }
}
