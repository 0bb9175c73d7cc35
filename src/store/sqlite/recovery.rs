//! Recovers a sound database from whatever is in the data folder, and makes and restores backups.

pub(in crate::store) mod backup;
pub(in crate::store) mod check;
pub(in crate::store) mod guard;
pub(in crate::store) mod import;
pub(in crate::store) mod recover;
pub(in crate::store) mod renew;
pub(in crate::store) mod replace;
pub(in crate::store) mod restore;
pub(in crate::store) mod rules;
pub(in crate::store) mod salvage;
pub(in crate::store) mod wal;
pub(in crate::store) mod wipe;
