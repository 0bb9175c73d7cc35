//! The event's own network: a Wi-Fi of this machine's, or a network behind one of its cables, to which an access point
//! is connected. NetworkManager makes it, now and at every start; its dnsmasq gives out addresses and answers the hub's name.
//!
//! [`Plan`] observes and refuses, and changes nothing until it is carried out. What was there before is kept in a file, and
//! [`Stop`] puts it back. The files are made by pure code (`network`, `before`), and the answers of programs are read by
//! pure code (`terse`, `clients`, `country`).

mod before;
mod clients;
mod country;
mod fault;
mod machine;
mod manager;
mod network;
mod plan;
mod status;
mod stop;
mod terse;
#[cfg(test)]
mod tests;

pub use before::Connection;
pub use clients::Client;
pub use country::Country;
pub use fault::Fault;
pub use machine::Machine;
pub use network::{Password, Ssid};
pub use plan::{Plan, Protection, Wanted};
pub use status::{Health, Status, health, status};
pub use stop::Stop;

/// The connection, as NetworkManager keeps it.
const KEYFILE: &str = "/etc/NetworkManager/system-connections/colahub-hotspot.nmconnection";

/// The names that the network's DNS answers. NetworkManager's dnsmasq reads every file in this folder.
const DNSMASQ: &str = "/etc/NetworkManager/dnsmasq-shared.d/colahub.conf";
