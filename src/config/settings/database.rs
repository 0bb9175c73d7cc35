//! The settings of the database.

use super::super::setting::{Applies, Setting};
use super::super::types;
use super::path;

/// How long a busy hub gathers writes.
pub(super) const GATHER: Setting = Setting {
    key: "database.gather",
    applies: Applies::OnRestart,
    doc: "How long a busy hub gathers messages for one write to the disk; \"0s\" never waits.",
    allowed: "a duration from 0s to 1s, such as \"5ms\"",
    apply: |draft, raw| raw.text(types::gather).map(|gather| draft.config.database_gather = gather),
};

/// The database that several hubs share.
pub(super) const URL: Setting = Setting {
    key: "database.url",
    applies: Applies::OnRestart,
    doc: "The PostgreSQL that several hubs share; without it the hub has a database of its own.",
    allowed: "a URL such as \"postgres://colahub@10.0.0.5/colahub\"",
    apply: |draft, raw| {
        raw.secret(types::database).map(|url| draft.config.database_url = Some(url))
    },
};

/// The file with the password for that database.
pub(super) const PASSWORD_FILE: Setting = Setting {
    key: "database.password_file",
    applies: Applies::OnRestart,
    doc: "The file with the password of the user in database.url.",
    allowed: "a path",
    apply: |draft, raw| raw.text(path).map(|path| draft.config.database_password_file = Some(path)),
};

/// How long writes wait for a lost connection to that database.
pub(super) const PATIENCE: Setting = Setting {
    key: "database.patience",
    applies: Applies::OnRestart,
    doc: "How long messages wait while that PostgreSQL does not answer before they are refused.",
    allowed: "a duration from 1s to 5min",
    apply: |draft, raw| raw.text(types::patience).map(|span| draft.config.database_patience = span),
};
