//! A service that systemd keeps from its data folder: the unit lets it write to its state directory only.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Adds to a failure with the data folder that it may be systemd's doing, and what helps.
///
/// # Errors
/// Those of `result`.
pub(super) fn explained<T>(result: anyhow::Result<T>, data_dir: &Path) -> anyhow::Result<T> {
    let states = env::var("STATE_DIRECTORY").unwrap_or_default();
    match hint(&states, data_dir) {
        Some(hint) => result.with_context(|| hint),
        None => result,
    }
}

/// `states` is what systemd gives the service to write to, with colons between; empty without systemd.
fn hint(states: &str, data_dir: &Path) -> Option<String> {
    let folder = fs::canonicalize(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let states: Vec<PathBuf> = states.split(':').filter(|s| !s.is_empty()).map(real_of).collect();
    let is_outside = !states.is_empty() && !states.iter().any(|state| folder.starts_with(state));
    is_outside.then(|| {
        let folder = folder.display();
        format!(
            "systemd may keep this service from {folder}: `sudo systemctl edit colahub` with the lines \
             \"[Service]\" and \"ReadWritePaths={folder}\" lets it write there (docs/storage.md, Moving the data)"
        )
    })
}

fn real_of(state: &str) -> PathBuf {
    fs::canonicalize(state).unwrap_or_else(|_| state.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_service_whose_data_is_elsewhere_hears_of_the_sandbox() {
        let root = tempfile::tempdir().unwrap();
        let (state, stick) = (root.path().join("state"), root.path().join("stick"));
        fs::create_dir(&state).unwrap();
        fs::create_dir(&stick).unwrap();
        let shown = state.to_str().unwrap();
        assert_eq!(hint("", &stick), None, "no service");
        assert_eq!(hint(shown, &state), None);
        assert_eq!(hint(&format!("/other:{shown}"), &state.join("below")), None);
        let told = hint(shown, &stick).unwrap();
        let stick = fs::canonicalize(&stick).unwrap();
        assert!(told.contains(&format!("ReadWritePaths={}\"", stick.display())), "{told}");
    }
}
