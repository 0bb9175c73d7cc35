//! The keys of hosts: they are made and revoked on the hub's own machine, and used over the network.

use super::command::Responder;
use super::state::{Hub, Then, unexpected};
use crate::domain::host::{HostKey, HostName};
use crate::domain::refusal::Refusal;
use crate::store::{Deed, Moment, Written};

impl Hub {
    /// Adds a key.
    pub(super) fn add_key(&mut self, key: HostKey, tell: Responder<()>, at: Moment) {
        let what = format!("{} {:?}", key.role.as_str(), key.name.as_str());
        self.host_does(Deed::AddKey(key), what, Then::KeyChanged(tell), at);
    }

    /// Revokes a key.
    pub(super) fn revoke_key(&mut self, name: HostName, tell: Responder<()>, at: Moment) {
        let what = format!("{:?}", name.as_str());
        self.host_does(Deed::RevokeKey(name), what, Then::KeyChanged(tell), at);
    }
}

/// The key of which a number was used up.
pub(super) fn key_used(written: Written) -> Result<HostKey, Refusal> {
    match written {
        Written::KeyUsed(key) => Ok(key),
        other => Err(unexpected(&other)),
    }
}
