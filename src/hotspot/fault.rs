//! Why a network cannot be made: sentences that a host can act on.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::edit::EditError;

/// Why a network cannot be made, ended or shown.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no `nmcli`.
    #[error(
        "this machine has no NetworkManager, which makes the network: Raspberry Pi OS has it, elsewhere \
         `sudo apt install network-manager dnsmasq-base`"
    )]
    NoManager,
    /// NetworkManager is installed, but does not run.
    #[error(
        "NetworkManager does not run: `sudo systemctl enable --now NetworkManager` starts it; on a Raspberry Pi, \
         `sudo raspi-config` can choose it under Advanced Options, Network Config"
    )]
    NotRunning,
    /// There is no dnsmasq for NetworkManager.
    #[error("NetworkManager needs dnsmasq to share a network: `sudo apt install dnsmasq-base`")]
    NoDnsmasq,
    /// There is no Wi-Fi device, but perhaps these cables.
    #[error("this machine has no Wi-Fi{}", cables(.0))]
    NoWifi(Vec<String>),
    /// There are several Wi-Fi devices.
    #[error("this machine has several Wi-Fi devices: choose one with --interface {}", .0.join(" or "))]
    ManyWifis(Vec<String>),
    /// There is no device of this name, but there are others.
    #[error("there is no network device {0} with a Wi-Fi or a cable; --interface can be {others}", others = or_none(.1))]
    NoDevice(String, Vec<String>),
    /// NetworkManager leaves this device to others.
    #[error(
        "NetworkManager does not manage {0}: take it out of /etc/network/interfaces and of \
         `unmanaged-devices` in /etc/NetworkManager, then `sudo nmcli device set {0} managed yes`"
    )]
    Unmanaged(String),
    /// The Wi-Fi cannot be an access point.
    #[error(
        "the Wi-Fi {0} cannot be an access point: use another one, or plug an access point into a cable \
         and choose that with --interface"
    )]
    NoAccessPoint(String),
    /// No country is set.
    #[error(
        "the Wi-Fi does not know its country, and must not send without: add --country KR, with yours"
    )]
    NoCountry,
    /// The country could not be set.
    #[error("the Wi-Fi's country could not be set to {0}: {1}")]
    Country(String, String),
    /// The hotspot is on another device.
    #[error("the hotspot is on {0}: end it there first with `sudo colahub hotspot stop`")]
    Elsewhere(String),
    /// There is no free network.
    #[error("all networks from 10.42.0.0 to 10.42.255.0 are in use on this machine")]
    NoAddress,
    /// The configuration cannot be changed.
    #[error("{}: {}; write the hotspot's network there yourself, or take the `wifi` settings out of it", .0.display(), .1)]
    Config(PathBuf, EditError),
    /// A file cannot be read or written.
    #[error("{}: {}", .0.display(), .1)]
    File(PathBuf, String),
    /// The network did not come up.
    #[error(
        "the network did not come up, and everything is as it was: {0}; `journalctl -u NetworkManager` has more"
    )]
    NotUp(String),
    /// The network that replaces an earlier one did not come up.
    #[error(
        "the network did not come up with its new settings: {0}; `journalctl -u NetworkManager` has more, and \
         `sudo colahub hotspot stop` puts back what was before it"
    )]
    NotUpAgain(String),
    /// A program is missing.
    #[error("this machine has no `{0}`")]
    NoProgram(String),
    /// What a program said.
    #[error("{0}")]
    Said(String),
}

impl Fault {
    pub(super) fn file(path: &Path, error: &io::Error) -> Self {
        Self::File(path.to_owned(), error.to_string())
    }
}

fn cables(names: &[String]) -> String {
    match names {
        [] => ", nor a cable that NetworkManager knows".to_owned(),
        names => format!(
            ": plug an access point into its cable, and add --interface {}",
            names.join(" or --interface ")
        ),
    }
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none here".to_owned() } else { names.join(" or ") }
}
