//! The types of rooms.

use std::net::IpAddr;

use crate::domain::host::HostName;
use crate::domain::room::History;
use crate::domain::text::{Namespace, Password, Title};

/// A room to be created.
#[derive(Debug)]
pub struct NewRoom {
    /// Its namespace.
    pub namespace: Namespace,
    /// Its title.
    pub title: Title,
    /// How many people it holds; 0 is no limit.
    pub capacity: u32,
    /// Its password, if it is to be locked.
    pub password: Option<Password>,
    /// The creator's address. `None` for rooms of the host and of the hub itself.
    pub from: Option<IpAddr>,
    /// Whether the host creates it. It then does not count towards the limit of rooms, and is logged as an action of
    /// the host.
    pub by_host: bool,
    /// The holder of the key with which the host creates it; see [`Call::By`](super::Call::By).
    pub by: Option<HostName>,
    /// Where people who join begin to read. `None` for the configuration's choice.
    pub history: Option<History>,
    /// Whether an event file of the host says it: [`HostRefusal::AlreadyThere`] if a living room of the host has its channel
    /// and title.
    ///
    /// [`HostRefusal::AlreadyThere`]: crate::domain::refusal::HostRefusal::AlreadyThere
    pub is_once: bool,
}
