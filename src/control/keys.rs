//! Requests about the keys of hosts.

use super::answer::{Acting, Denied};
use super::protocol::{HostLine, MadeKey};
use crate::domain::host::{HostKey, HostName, HostRole};
use crate::domain::ids::HostKeyId;
use crate::domain::refusal::{HostRefusal, Refusal};
use crate::hub::command::Call;
use crate::wire;

/// Makes a key. Its secret is in the answer, and is not stored.
pub(super) async fn add(
    parts: &Acting<'_>,
    name: &str,
    is_helper: bool,
) -> Result<MadeKey, Denied> {
    let name = HostName::parse(name)?;
    let id = HostKeyId::from_random((parts.random)());
    let role = if is_helper { HostRole::Helper } else { HostRole::Host };
    let made_at = parts.hub.clock().wall().0;
    let key = HostKey { id, name: name.clone(), role, made_at, is_used: false };
    parts.act(|tell| Call::AddKey(key, tell)).await.map_err(|refusal| match refusal {
        Refusal::Host(HostRefusal::KeyNameTaken) => {
            let sentence = format!(
                "there is a key of the name {name} already; `colahub host revoke` takes it away"
            );
            Denied::new(refusal, sentence)
        }
        other => other.into(),
    })?;
    let secret = parts.signer.host_secret(id).text();
    let urls = parts.reach.urls();
    let links = urls.iter().map(|url| format!("{url}/host#{id}.{secret}")).collect();
    Ok(MadeKey { id: id.to_string(), secret, links })
}

/// Lists the keys, the oldest first.
pub(super) async fn list(parts: &Acting<'_>) -> Result<Vec<HostLine>, Denied> {
    let line = |key: HostKey| HostLine {
        id: key.id.to_string(),
        name: key.name.to_string(),
        role: key.role.as_str().to_owned(),
        made_at: wire::iso(key.made_at),
        is_used: key.is_used,
    };
    Ok(parts.reader.host_keys().await?.into_iter().map(line).collect())
}

/// Revokes a key.
pub(super) async fn revoke(parts: &Acting<'_>, name: &str) -> Result<(), Denied> {
    let none = || {
        let sentence = format!("there is no key of the name {name}; `colahub host list` shows all");
        Denied::new(Refusal::Host(HostRefusal::NoSuchKey), sentence)
    };
    let wanted = HostName::parse(name).map_err(|_| none())?;
    let revoked = parts.act(|tell| Call::RevokeKey(wanted, tell)).await;
    revoked.map_err(|refusal| match refusal {
        Refusal::Host(HostRefusal::NoSuchKey) => none(),
        other => other.into(),
    })
}
