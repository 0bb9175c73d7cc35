//! The keys with which hosts sign their requests.
//!
//! A key is derived from the hub's signing key and its own random id, so secrets are not stored, and hubs that share a
//! signing key accept the same keys. docs/host.md has the format of a signature.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Signer;
use crate::domain::ids::HostKeyId;

/// The name of the scheme in the `Authorization` header.
const SCHEME: &str = "ColaHub-Host";

/// Separates the keys of hosts from everything else that is made with the signing key: a token's signed text begins
/// with a letter of base64.
const LABEL: &[u8] = b"\0colahub host key 1\0";

/// The longest header that is parsed, in bytes; a valid one has at most 130.
const HEADER_MAX: usize = 256;

/// The secret of a key: 32 bytes.
pub struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// The secret in base64url without padding, as in the host's link.
    #[must_use]
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// The contents of an `Authorization` header with a host's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// The key with which it claims to be made.
    pub id: HostKeyId,
    /// The request's number, at least 1.
    pub number: i64,
    mac: [u8; 32],
}

impl Signature {
    /// Parses an `Authorization` header: `ColaHub-Host id=ID, seq=N, mac=MAC`, in this order, each once. `None` for
    /// anything else.
    #[must_use]
    pub fn parse(header: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(header).ok().filter(|text| text.len() <= HEADER_MAX)?;
        let (scheme, rest) = text.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return None;
        }
        let mut fields = rest.split(',').map(str::trim);
        let id = fields.next()?.strip_prefix("id=")?.parse().ok()?;
        let number = fields.next()?.strip_prefix("seq=").and_then(whole)?;
        let mac = fields.next()?.strip_prefix("mac=")?;
        if fields.next().is_some() {
            return None;
        }
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        Some(Self { id, number, mac })
    }
}

/// Parses a number from 1 to 2^63 - 1 in decimal, in its only accepted spelling: no sign, no leading zero.
fn whole(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number > 0 && number.to_string() == text).then_some(number)
}

impl Signer {
    /// The secret of the key with this id.
    #[must_use]
    pub fn host_secret(&self, id: HostKeyId) -> Secret {
        let mut mac = keyed(&self.root);
        mac.update(LABEL);
        mac.update(id.as_bytes());
        Secret(mac.finalize().into_bytes().into())
    }

    /// Whether a request was signed with the key that its signature names. Takes as long for a wrong signature as for
    /// a right one.
    #[must_use]
    pub fn is_signed(&self, signature: &Signature, method: &str, path: &str, body: &[u8]) -> bool {
        let Secret(key) = self.host_secret(signature.id);
        let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("{method}\n{path}\n{}\n{hash}", signature.number);
        let mut mac = keyed(&key);
        mac.update(text.as_bytes());
        mac.verify_slice(&signature.mac).is_ok()
    }
}

/// HMAC-SHA256 with this key.
pub(super) fn keyed(key: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC itself pads a key that is shorter than a block with zeros (RFC 2104, section 2).
    let mut block = [0; 64];
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    Hmac::new(&block.into())
}

#[cfg(test)]
mod tests;
