//! Starting: what the network will be, what changes for it, and the change itself.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::before::{self, Before, Connection};
use super::country::{self, Country};
use super::machine::Machine;
use super::manager;
use super::network::{Network, Password, Ssid, UUID, free_address};
use super::stop;
use super::terse::{Device, Kind};
use super::{DNSMASQ, Fault, KEYFILE};

/// How the network is protected.
pub enum Protection {
    /// By this password.
    Password(Password),
    /// By the password that it has had already, or else by a new one.
    AsBefore,
    /// Not at all.
    Open,
}

/// What the host wants.
pub struct Wanted {
    /// The name of the Wi-Fi. Behind a cable it is the access point's, and only shown to people.
    pub ssid: Ssid,
    /// How it is protected.
    pub protection: Protection,
    /// The country whose rules the Wi-Fi follows; `None` if the machine knows it.
    pub country: Option<Country>,
    /// The network device; `None` is the machine's Wi-Fi.
    pub interface: Option<String>,
    /// The hub's name, without `.local`.
    pub hub: String,
    /// The configuration file, which need not exist.
    pub config: PathBuf,
}

/// A network that can be made.
pub struct Plan {
    network: Network,
    before: Before,
    country: Option<Country>,
    /// The device's state, as NetworkManager calls it.
    state: String,
    /// Whether it takes the place of a hotspot that is there already.
    is_again: bool,
    /// The text of the configuration with its new settings.
    config: String,
    is_password_new: bool,
}

impl Plan {
    /// Looks at the machine, and changes nothing. `random` makes a password, if one is needed.
    ///
    /// # Errors
    /// The network cannot be made here.
    pub fn make(machine: &Machine, wanted: Wanted, random: [u8; 16]) -> Result<Self, Fault> {
        let Wanted { ssid, protection, country, interface, hub, config: config_path } = wanted;
        manager::check(machine)?;
        let device = manager::choose(manager::devices(machine)?, interface.as_deref())?;
        let earlier = Before::read(machine)?;
        if let Some(earlier) = earlier.as_ref().filter(|one| one.interface != device.name) {
            return Err(Fault::Elsewhere(earlier.interface.clone()));
        }
        let is_wifi = device.kind == Kind::Wifi;
        if is_wifi {
            manager::check_access_point(machine, &device.name)?;
            if country.is_none() && !country::is_known(machine) {
                return Err(Fault::NoCountry);
            }
        }
        let address = match &earlier {
            Some(earlier) => earlier.address,
            None => free_address(&manager::addresses_without(machine, &device.name)?)
                .ok_or(Fault::NoAddress)?,
        };
        let at = |why| Fault::Config(config_path.clone(), why);
        let text = machine.read(&config_path)?.unwrap_or_default();
        let there = before::wifi_in(&text).map_err(at)?;
        let kept = earlier.as_ref().filter(|_| keeps(&there, &ssid)).and(password_in(&there));
        let (password, is_password_new) = match protection {
            Protection::Password(password) => (Some(password), false),
            Protection::Open => (None, false),
            Protection::AsBefore if kept.is_some() => (kept, false),
            Protection::AsBefore => (Some(Password::from_random(random)), true),
        };
        let name = device.name.clone();
        let network = Network { ssid, password, interface: name, kind: device.kind, address, hub };
        let written = before::wifi_of(&network);
        let config = before::with_wifi(&text, &written).map_err(at)?;
        let radio_was_off = is_wifi && !manager::is_radio_on(machine)?;
        let is_again = earlier.is_some();
        let first = Before {
            interface: device.name.clone(),
            address,
            ssid: String::new(),
            is_wifi,
            is_open: false,
            connection: connection(&device),
            radio_was_off,
            config: config_path.clone(),
            wifi: there.clone(),
            written: before::Wifi::default(),
        };
        let before = earlier.unwrap_or(first);
        // If the host has changed the settings since, those are what `stop` puts back.
        let wifi = if before.written == there { before.wifi.clone() } else { there };
        let (ssid, is_open) = (network.ssid.as_str().to_owned(), network.password.is_none());
        let before = Before { ssid, is_open, wifi, written, config: config_path, ..before };
        Ok(Self {
            network,
            before,
            country,
            state: device.state,
            is_again,
            config,
            is_password_new,
        })
    }

    /// What changes, in sentences: for a host who has to agree.
    #[must_use]
    pub fn outlook(&self) -> String {
        let Network { interface, ssid, address, kind, .. } = &self.network;
        let ssid = ssid.as_str();
        let guarded =
            if self.network.password.is_some() { "with a password" } else { "open to everybody" };
        let mut text = match kind {
            Kind::Wifi => format!(
                "This makes the Wi-Fi {ssid:?}, {guarded}, on {interface}: now, and at every start of this machine.\n"
            ),
            _ => format!(
                "This gives out addresses on the cable of {interface}: now, and at every start of this machine. The \
                 access point there has to make the Wi-Fi {ssid:?}, {guarded}, and must not give out addresses itself.\n"
            ),
        };
        let _ = writeln!(
            text,
            "It writes {KEYFILE}, {DNSMASQ}, {} and the wifi settings in {}.",
            before::FILE,
            self.before.config.display()
        );
        if let Some(country) = &self.country {
            let _ = writeln!(text, "It sets the Wi-Fi's country to {}.", country.as_str());
        }
        if let (Some(Connection { name, .. }), false) = (&self.before.connection, self.is_again) {
            let _ = writeln!(text, "{interface} leaves the network {name:?}.");
        }
        if self.before.connection.is_some() || self.is_again {
            let _ = writeln!(
                text,
                "An SSH session over {interface} ends: join {ssid:?} and connect to {address} then. Over another \
                 interface it goes on."
            );
        }
        text.push_str("`sudo colahub hotspot stop` puts everything back.\n");
        text
    }

    /// Makes the network. `reload` tells the hub that its configuration has changed, and `tell` gets a sentence
    /// for each step that the host should know. The network itself comes last, since it may end the host's session.
    ///
    /// # Errors
    /// It cannot be made. Everything is then as it was, unless it was to replace an earlier hotspot.
    pub fn carry_out(
        &self,
        machine: &Machine,
        reload: &dyn Fn(),
        tell: &mut dyn FnMut(&str),
    ) -> Result<(), Fault> {
        self.before.write(machine)?;
        let done = self.write(machine).and_then(|()| {
            reload();
            self.bring_up(machine, tell)
        });
        done.map_err(|why| {
            let why = why.to_string();
            if self.is_again {
                return Fault::NotUpAgain(why);
            }
            stop::put_back(machine, &self.before, reload, tell);
            Fault::NotUp(why)
        })
    }

    fn write(&self, machine: &Machine) -> Result<(), Fault> {
        // Readable, as the hub's user reads it.
        machine.write(&self.before.config, &self.config, 0o644)?;
        machine.write(DNSMASQ, &self.network.dnsmasq(), 0o644)?;
        machine.write(KEYFILE, &self.network.keyfile(), 0o600)?;
        manager::load(machine, KEYFILE)
    }

    fn bring_up(&self, machine: &Machine, tell: &mut dyn FnMut(&str)) -> Result<(), Fault> {
        let Network { interface, ssid, address, .. } = &self.network;
        if let Some(country) = &self.country
            && !country::set(machine, country)?
        {
            tell(&format!(
                "The country {0} is set until this machine's next start; for good, add \
                 cfg80211.ieee80211_regdom={0} to the kernel's command line.",
                country.as_str()
            ));
        }
        if self.network.kind == Kind::Wifi {
            manager::switch_on(machine, interface)?;
        }
        tell(&self.words());
        if self.network.kind == Kind::Cable && self.state == "unavailable" {
            tell(&format!(
                "{interface} has no cable yet: the network is there once one is plugged in."
            ));
            return Ok(());
        }
        if self.before.connection.is_some() {
            let ssid = ssid.as_str();
            tell(&format!("If this session ends now, join {ssid:?} and connect to {address}."));
        }
        manager::up(machine, UUID, interface)?;
        tell("The network is up.");
        Ok(())
    }

    /// How people get in.
    fn words(&self) -> String {
        let Network { ssid, password, .. } = &self.network;
        let ssid = ssid.as_str();
        match password {
            Some(password) if self.is_password_new => {
                format!("The password of {ssid:?} is  {}", password.expose())
            }
            Some(_) => format!("{ssid:?} has the password that you gave."),
            None => format!("{ssid:?} is open: anybody nearby can join, and listen."),
        }
    }

    /// The names at which the network's own DNS answers.
    #[must_use]
    pub fn names(&self) -> [String; 2] {
        self.network.names()
    }

    /// The machine's own address in the network.
    #[must_use]
    pub fn address(&self) -> std::net::Ipv4Addr {
        self.network.address
    }
}

/// The connection that is active on a device, unless it is a hotspot of ours, whose origin is known.
fn connection(device: &Device) -> Option<Connection> {
    let (uuid, name) = device.connection.clone().filter(|(uuid, _)| uuid != UUID)?;
    Some(Connection { uuid, name })
}

/// Whether these settings are of a network with this name.
fn keeps(wifi: &before::Wifi, ssid: &Ssid) -> bool {
    let [name, ..] = wifi;
    *name == Some(crate::config::edit::quoted(ssid.as_str()))
}

/// The password in these settings, as `start` writes it.
fn password_in([_, _, password]: &before::Wifi) -> Option<Password> {
    // JSON's strings are spelled as TOML's are.
    let text: String = serde_json::from_str(password.as_deref()?).ok()?;
    Password::parse(&text)
}
