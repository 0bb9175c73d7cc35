//! What was before the hotspot, so that `stop` puts it back: kept in a file of root's.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Fault;
use super::machine::Machine;
use super::network::{Network, Password};
use crate::config::edit::{self, Change, quoted};

/// The file.
pub(super) const FILE: &str = "/etc/colahub/hotspot.json";

/// The settings that a hotspot changes, in the order of [`Wifi`].
const KEYS: [&str; 3] = ["wifi.ssid", "wifi.security", "wifi.password"];

/// The values of [`KEYS`] as they are spelled in the configuration; `None` for a key that is not there.
pub(super) type Wifi = [Option<String>; 3];

/// A connection of NetworkManager's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    pub(super) uuid: String,
    /// Its name, as people know it.
    pub(super) name: String,
}

/// The hotspot, and what was before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    pub(super) interface: String,
    pub(super) address: Ipv4Addr,
    pub(super) ssid: String,
    pub(super) is_wifi: bool,
    pub(super) is_open: bool,
    /// The connection that the device had.
    pub(super) connection: Option<Connection>,
    pub(super) radio_was_off: bool,
    /// The configuration file that was changed.
    pub(super) config: PathBuf,
    /// The settings that were there.
    pub(super) wifi: Wifi,
    /// The settings as the hotspot has written them.
    pub(super) written: Wifi,
}

impl Before {
    /// Reads the file; `None` if this machine makes no hotspot.
    pub(super) fn read(machine: &Machine) -> Result<Option<Self>, Fault> {
        let Some(text) = machine.read(FILE)? else { return Ok(None) };
        let damaged = |error| Fault::Said(format!("{FILE} is damaged: {error}; delete it"));
        serde_json::from_str(&text).map(Some).map_err(damaged)
    }

    pub(super) fn write(&self, machine: &Machine) -> Result<(), Fault> {
        let text = serde_json::to_string_pretty(self);
        let text = text.map_err(|error| Fault::Said(error.to_string()))?;
        // It may have a password.
        machine.write(FILE, &format!("{text}\n"), 0o600)
    }
}

/// The settings that tell people to join this network.
pub(super) fn wifi_of(network: &Network) -> Wifi {
    let open = network.password.is_none().then(|| quoted("nopass"));
    let password = network.password.as_ref().map(|password| quoted(Password::expose(password)));
    [Some(quoted(network.ssid.as_str())), open, password]
}

/// The settings in the text of a configuration.
pub(super) fn wifi_in(text: &str) -> Result<Wifi, edit::EditError> {
    let found = edit::spelled(text, &KEYS)?;
    Ok(found.try_into().unwrap_or_default())
}

/// The text of a configuration with these settings.
pub(super) fn with_wifi(text: &str, wifi: &Wifi) -> Result<String, edit::EditError> {
    let changes: Vec<Change<'_>> =
        KEYS.into_iter().zip(wifi).map(|(key, value)| (key, value.clone())).collect();
    edit::changed(text, &changes)
}
