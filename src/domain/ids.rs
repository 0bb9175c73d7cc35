//! Identifiers: a type for each kind.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The error for a text that is not an identifier of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID")]
pub struct NotAnId;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// The identifier (UUID version 4) that these 16 random bytes make.
            #[must_use]
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }

            /// The identifier with exactly these bytes, as they were stored.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The bytes to store.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the hyphenated form, which the wire uses, so that an id has one spelling.
                if text.len() != 36 {
                    return Err(NotAnId);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId)
            }
        }
    };
}

uuid_id!(
    /// Identifies a wipe, from its order to its receipt.
    WipeId
);
uuid_id!(
    /// Identifies a room. Public: it is in every link.
    RoomId
);
uuid_id!(
    /// Identifies a chatter. Public: every message carries it, so it proves nothing.
    ChatterId
);
uuid_id!(
    /// Identifies a browser or another client by its signed token. Never sent to anybody else.
    IdentityId
);
uuid_id!(
    /// Identifies this hub; made at its first start.
    HubId
);

uuid_id!(
    /// Identifies a host's key. Public: every request that is signed with the key carries it.
    HostKeyId
);
uuid_id!(
    /// An announcement of the host.
    AnnouncementId
);
uuid_id!(
    /// A poll of the host.
    PollId
);
uuid_id!(
    /// Identifies the link of a wall. The link's secret is derived from it and the hub's key.
    WallLinkId
);

/// The chatter as whom the host speaks in every room. No browser is its owner (its UUID has a version that tokens never
/// have), and it is present nowhere, so nobody can be it.
#[must_use]
pub fn host_chatter() -> ChatterId {
    ChatterId(Uuid::from_u128(0xc01a_0000_0000_8000_8000_0000_0000_0001))
}

/// A message's number in the hub: unique, and growing in the order of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(pub i64);

/// A report's number, with which the host names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ReportId(pub i64);

/// A waiting question's number, with which the host names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HeldId(pub i64);

/// A message's sequence number in its room: 1, 2, 3, without gaps. 0 stands for "before the first".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Seq(pub i64);

impl Seq {
    /// The next number.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The epoch in which sequence numbers are valid. It changes only if the hub has to go on from a backup of its
/// database: the numbers given since that backup are then given again, to other messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Epoch(pub u32);

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for Epoch {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        u32::from_str_radix(text, 16).map(Self).map_err(|_| NotAnId)
    }
}

/// Identifies one run of a hub on a store that several hubs share, from its start to its end. Drawn at random, so
/// that a hub that was restarted is not mistaken for its run before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// Identifies a live connection of a client to a namespace, within this run of the hub. Not the transport's session id,
/// which is a secret of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnId(pub u64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = RoomId::from_random([7; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        for other in ["", "undefined", "07070707070747078707070707070707", "{…}"] {
            assert_eq!(other.parse::<RoomId>(), Err(NotAnId), "{other}");
        }
    }
}
