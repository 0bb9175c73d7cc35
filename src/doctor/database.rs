//! Checks whether the PostgreSQL database that several hubs share answers.

use super::Finding;
use crate::config::Config;
use crate::store::{Database, try_database};

const CHECK: &str = "database";

/// Tries to connect. `None` for a hub that has a database of its own.
pub(super) fn check(config: &Config) -> Option<Finding> {
    let url = config.database_url.as_ref()?;
    let password = match password(config) {
        Ok(password) => password,
        Err(finding) => return Some(finding),
    };
    let database = Database::parse(url.expose(), password.as_deref(), config.database_patience);
    Some(match database.and_then(|database| try_database(&database)) {
        Ok(seen) => Finding::good(CHECK, seen),
        // The error's own sentence says what to do.
        Err(error) => {
            Finding::bad(CHECK, error.to_string(), "docs/several-hubs.md sets it up step by step")
        }
    })
}

/// The password for the database, if the configuration names a file with it.
///
/// # Errors
/// The finding that says why the password cannot be read.
pub(super) fn password(config: &Config) -> Result<Option<String>, Finding> {
    let refused = |why| Finding::bad(CHECK, why, "Give the hub's user leave to read it");
    config.database_password().map_err(refused)
}
