//! Detects a WAL whose end cannot be read, which SQLite does not report.
//!
//! SQLite takes a WAL that is damaged in the middle for one that ends there. After a power cut that is right:
//! the commit under way was never acknowledged. But at most one commit is under way at a time, so more
//! commits behind the end mean that acknowledged ones are lost. The format:
//! <https://sqlite.org/fileformat2.html#walformat>.

use std::path::Path;

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// How many commits are in this WAL behind the frames that SQLite can read, without the one that may have
/// been under way.
pub(in crate::store) fn lost_commits(wal: &Path, read: usize) -> usize {
    let Ok(bytes) = std::fs::read(wal) else {
        return 0;
    };
    commits_behind(&bytes, read).saturating_sub(1)
}

fn commits_behind(wal: &[u8], read: usize) -> usize {
    let (Some(page), Some(salts)) = (number(wal, 8), wal.get(16..24)) else {
        return 0;
    };
    if !(512..=65_536).contains(&page) {
        return 0;
    }
    wal.get(HEADER..)
        .unwrap_or_default()
        .chunks(FRAME_HEADER + page as usize)
        .skip(read)
        // Frames of an earlier round, which are checkpointed, have other salts. A commit frame has the size
        // of the database.
        .filter(|frame| frame.get(8..16) == Some(salts) && number(frame, 4).is_some_and(|n| n > 0))
        .count()
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A WAL of frames, each with a salt and whether it commits.
    fn wal(frames: &[(u8, bool)]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes[8..12].copy_from_slice(&512_u32.to_be_bytes());
        bytes[16..24].fill(7);
        for (salt, commits) in frames {
            let mut frame = vec![0; FRAME_HEADER + 512];
            frame[7] = u8::from(*commits);
            frame[8..16].fill(*salt);
            bytes.extend(frame);
        }
        bytes
    }

    #[test]
    fn commits_behind_what_could_be_read_are_counted() {
        let three = wal(&[(7, true), (7, false), (7, true), (7, true), (7, true)]);
        assert_eq!(commits_behind(&three, 5), 0, "all was read");
        assert_eq!(commits_behind(&three, 1), 3);
    }

    #[test]
    fn frames_of_an_earlier_round_and_garbage_are_none() {
        assert_eq!(commits_behind(&wal(&[(7, true), (6, true), (6, true)]), 1), 0);
        assert_eq!(commits_behind(&[0xff; 4096], 0), 0);
        assert_eq!(commits_behind(&[], 0), 0);
    }
}
