//! Rules that hold for any input of strangers: one function for each target of `fuzz/`, which panics if a rule is
//! broken. `./dev fuzz` searches for input that breaks one. The input that it has collected, and input written by
//! hand, is in `fuzz/corpus`, and the tests below run it.
//!
//! Each function is in the module whose internals it checks.

pub use crate::config::fuzzing::configuration;
pub use crate::domain::names::fuzzing::names;
pub use crate::event_file::fuzzing::event_files;
pub use crate::gateway::fuzzing::{cookies, events, tokens};
pub use crate::http::fuzzing::callers;
pub use crate::store::fuzzing::restore;

/// A target's name, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, each named as its folder in `fuzz/corpus` and its program in `fuzz/targets`.
pub const TARGETS: [Target; 8] = [
    ("callers", callers),
    ("configuration", configuration),
    ("cookies", cookies),
    ("event_files", event_files),
    ("events", events),
    ("names", names),
    ("restore", restore),
    ("tokens", tokens),
];

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::catch_unwind;
    use std::path::{Path, PathBuf};

    use super::*;

    /// The most files of one target's corpus that are kept in the repository.
    const FILES_MAX: usize = 200;
    const BYTES_MAX: u64 = 200 * 1024;

    fn files(folder: &str) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(folder);
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    fn replay(target: &str) {
        let (_, run) = TARGETS.into_iter().find(|(name, _)| *name == target).unwrap();
        for file in files(&format!("corpus/{target}")) {
            let data = fs::read(&file).unwrap();
            assert!(catch_unwind(|| run(&data)).is_ok(), "{}", file.display());
        }
    }

    #[test]
    fn the_guard_judges_callers_by_their_browsers_headers() {
        replay("callers");
    }

    #[test]
    fn a_configuration_is_valid_or_its_problems_are_reported() {
        replay("configuration");
    }

    #[test]
    fn cookies_of_others_neither_lend_nor_hide_an_identity() {
        replay("cookies");
    }

    #[test]
    fn an_event_file_has_slips_or_changes_nothing_the_second_time() {
        replay("event_files");
    }

    #[test]
    fn events_are_refused_or_decided_by_the_rules() {
        replay("events");
    }

    #[test]
    fn names_are_alike_exactly_if_they_look_alike() {
        replay("names");
    }

    #[test]
    fn a_restored_copy_has_only_what_a_hub_writes() {
        replay("restore");
    }

    #[test]
    fn only_tokens_of_this_hub_are_accepted() {
        replay("tokens");
    }

    #[test]
    fn each_target_has_its_program_and_a_corpus_that_is_not_too_large() {
        let stems = |folder| {
            let name = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
            files(folder).into_iter().map(name).collect::<Vec<_>>()
        };
        let names = TARGETS.map(|(name, _)| name);
        assert_eq!(stems("corpus"), names);
        assert_eq!(stems("targets"), names);
        for name in names {
            let corpus = files(&format!("corpus/{name}"));
            let bytes: u64 = corpus.iter().map(|file| fs::metadata(file).unwrap().len()).sum();
            assert!((10..=FILES_MAX).contains(&corpus.len()), "{name}: {} files", corpus.len());
            assert!(bytes <= BYTES_MAX, "{name}: {bytes} bytes");
        }
    }
}
