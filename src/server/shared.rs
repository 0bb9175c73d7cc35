//! Prepares a hub that shares its database with other hubs.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;

use super::{Lock, random};
use crate::config::{Config, LiveConfig};
use crate::domain::ids::{Epoch, HubId, RunId};
use crate::export::Source;
use crate::store::{CommonSettings, Database, HubRun, Retention};

/// The file of the hub's id inside the data folder, since its database is elsewhere.
const ID_FILE: &str = "hub.id";

/// The database that the configuration names. `None` for a hub that has one of its own.
///
/// # Errors
/// The URL or the file of the password cannot be read: a sentence for the host.
pub fn database(config: &Config) -> anyhow::Result<Option<Database>> {
    let Some(url) = &config.database_url else {
        return Ok(None);
    };
    let password = config.database_password().map_err(anyhow::Error::msg)?;
    let database = Database::parse(url.expose(), password.as_deref(), config.database_patience)?;
    Ok(Some(database))
}

/// Where an export of this hub reads.
///
/// # Errors
/// As of [`database`].
pub fn source(config: &Config) -> anyhow::Result<Source> {
    Ok(match database(config)? {
        Some(database) => Source::Shared(Box::new(database)),
        None => Source::Folder(config.data_dir.clone()),
    })
}

/// Gives the hub in this folder a new id. No hub may be running on the folder.
///
/// # Errors
/// A hub is running on it, or it cannot be written.
pub fn renew_shared(folder: &Path) -> anyhow::Result<HubId> {
    let _lock = Lock::take(folder).context("a hub gets another id while it is stopped")?;
    let id = HubId::from_random(random());
    write(folder, id)?;
    Ok(id)
}

/// The description of this run for the shared database.
///
/// # Errors
/// The data folder cannot be written.
pub(super) fn hub_run(live: &LiveConfig, retention: Retention) -> anyhow::Result<HubRun> {
    let config = live.now();
    let url = config.http_public_url.as_ref().map(ToString::to_string);
    Ok(HubRun {
        hub: id(&config.data_dir)?,
        name: config.name.to_string(),
        url: url.unwrap_or_else(|| format!("http://{}.local", config.name)),
        run: RunId(i64::from_be_bytes(random())),
        epoch: Epoch(u32::from_be_bytes(random())),
        key: random(),
        language: config.language,
        rooms_max: config.rooms_limit,
        retention,
        settings: CommonSettings::new({
            let live = live.clone();
            move || live.now().common_settings()
        }),
    })
}

/// The hub's id, made at its first start.
fn id(folder: &Path) -> anyhow::Result<HubId> {
    let path = folder.join(ID_FILE);
    let shown = path.display();
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            if let Ok(id) = text.trim().parse() {
                return Ok(id);
            }
            tracing::warn!("{shown} holds no id; the hub gets a new one");
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{shown} cannot be read")),
    }
    let id = HubId::from_random(random());
    write(folder, id)?;
    Ok(id)
}

fn write(folder: &Path, id: HubId) -> anyhow::Result<()> {
    let (path, fresh) = (folder.join(ID_FILE), folder.join("hub.id.new"));
    std::fs::write(&fresh, format!("{id}\n"))
        .and_then(|()| std::fs::rename(&fresh, &path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_made_once_and_again_if_it_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let first = id(folder.path()).unwrap();
        assert_eq!(id(folder.path()).unwrap(), first);
        std::fs::write(folder.path().join(ID_FILE), "").unwrap();
        let second = id(folder.path()).unwrap();
        assert_ne!(second, first);
        assert_eq!(id(folder.path()).unwrap(), second);
    }
}
