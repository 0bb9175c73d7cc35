//! The state of the hotspot: for the host, and for `colahub doctor`.

use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::before::Before;
use super::clients::{self, Client};
use super::machine::Machine;
use super::network::{CONNECTION, names_in};
use super::{DNSMASQ, Fault, manager};

/// A hotspot.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The name of the Wi-Fi.
    pub ssid: String,
    /// Whether it has no password.
    pub open: bool,
    /// The network device.
    pub interface: String,
    /// Whether the network is up.
    pub up: bool,
    /// The machine's own address in the network.
    pub address: Ipv4Addr,
    /// The names at which the network's own DNS answers.
    pub names: Vec<String>,
    /// The devices in the network.
    pub clients: Vec<Client>,
}

/// The hotspot of this machine; `None` if there is none. Only root can ask.
///
/// # Errors
/// NetworkManager does not run, or a file cannot be read.
pub fn status(machine: &Machine) -> Result<Option<Status>, Fault> {
    let Some(Before { interface, address, ssid, is_open, is_wifi, .. }) = Before::read(machine)?
    else {
        return Ok(None);
    };
    let up = manager::active(machine)?.as_deref() == Some(interface.as_str());
    let names = machine.read(DNSMASQ)?.and_then(|text| names_in(&text)).map(|(names, _)| names);
    let names = names.unwrap_or_default();
    let clients = if up { clients(machine, &interface, is_wifi)? } else { Vec::new() };
    Ok(Some(Status { ssid, open: is_open, interface, up, address, names, clients }))
}

fn clients(machine: &Machine, interface: &str, is_wifi: bool) -> Result<Vec<Client>, Fault> {
    let path = format!("/var/lib/NetworkManager/dnsmasq-{interface}.leases");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let leases = clients::leases(&machine.read(path)?.unwrap_or_default(), now);
    if !is_wifi {
        return Ok(leases);
    }
    // Without `iw`, whoever has an address counts.
    let dump = machine.run("iw", &["dev", interface, "station", "dump"]);
    Ok(dump.map_or_else(|_| leases.clone(), |dump| clients::stations(&dump, &leases)))
}

/// Whether the hotspot that should be up is up.
#[derive(Debug, PartialEq, Eq)]
pub enum Health {
    /// It is up.
    Up {
        /// The network device.
        device: String,
        /// The names at which its DNS answers.
        names: Vec<String>,
        /// The machine's own address in the network.
        address: Ipv4Addr,
    },
    /// It is not, for this reason.
    Down(String),
}

/// Looks after the hotspot; `None` if this machine makes none. Every user may ask.
#[must_use]
pub fn health(machine: &Machine) -> Option<Health> {
    let (names, address) = names_in(&machine.read(DNSMASQ).ok()??)?;
    Some(match manager::active(machine) {
        Ok(Some(device)) => Health::Up { device, names, address },
        Ok(None) => Health::Down(format!(
            "the connection {CONNECTION} is not active; a cable may be unplugged, or the Wi-Fi switched off"
        )),
        Err(why) => Health::Down(why.to_string()),
    })
}
