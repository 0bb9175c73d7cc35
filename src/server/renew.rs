//! A new id, and a new key, for a hub whose card is a copy of another hub's.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;

use super::{Lock, random};
use crate::domain::ids::HubId;
use crate::{identity, store};

/// The result.
#[derive(Debug)]
pub struct Renewed {
    /// Its new id.
    pub id: HubId,
    /// The name under which the former key is kept. `None` if it is still used, or there was none.
    pub replaced_key: Option<String>,
}

/// Gives the hub in this folder a new id and, unless told otherwise, a new key, which makes everybody a new
/// chatter. `None` if no hub has run there.
///
/// # Errors
/// A hub is running on it, or it cannot be written: a sentence for the host.
pub fn renew(folder: &Path, keep_key: bool) -> anyhow::Result<Option<Renewed>> {
    match folder.metadata() {
        Ok(found) if found.is_dir() => {}
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            anyhow::bail!(
                "this user may not look into the data folder {}; use sudo",
                folder.display()
            );
        }
        _ => anyhow::bail!(
            "there is no data folder {}; a hub gets an id of its own at its first start",
            folder.display()
        ),
    }
    let _lock = Lock::take(folder).context("a hub gets another id while it is stopped")?;
    let id = HubId::from_random(random());
    if store::renew_id(folder, id)?.is_none() {
        return Ok(None);
    }
    let replaced_key = match keep_key {
        true => None,
        false => identity::renew(folder, &random()).context("the id is new, but not the key")?,
    };
    Ok(Some(Renewed { id, replaced_key }))
}
