//! Why something was refused: the one list, for HTTP answers, acks and tests alike.

use std::time::Duration;

use super::ids::Seq;
use super::text::TextError;

/// Why the hub did not do what was asked. Nothing was stored and nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request itself cannot be read: what is wrong with it, in English, for a developer.
    BadRequest(String),
    /// More bytes than a request may have.
    TooLarge,
    /// A text that cannot be taken.
    Text(TextError),
    /// Somebody present goes by this name, or by one that looks like it.
    NameTaken,
    /// A password where the room has no lock, or a lock without one.
    LockMismatch,
    /// Credentials that are not this hub's.
    BadToken,
    /// A request of somebody who acts as the host.
    Host(HostRefusal),
    /// A host name that is not this hub's.
    WrongHost,
    /// A page that may not call this hub.
    ForeignOrigin,
    /// The host does not let them in.
    Banned,
    /// The caller does not own this chatter.
    NotYours,
    /// The caller has not joined this room.
    NotJoined,
    /// The room is locked, and the caller gave no password and has no access grant.
    Locked,
    /// The host has shut the room: nobody new comes in.
    Shut,
    /// The host has set the room to reading only: nobody writes.
    RoomReadOnly,
    /// The room is in slow mode, and the person's last message is not old enough; it is after this time.
    SlowMode(Duration),
    /// A locked room, and the wrong password.
    WrongPassword,
    /// There is no such room, or none in this namespace.
    NoSuchRoom,
    /// There is no such chatter.
    NoSuchChatter,
    /// There is no message in this place that could be taken back.
    NoSuchMessage(Seq),
    /// There is no message in this place that the caller could answer or react to.
    NoMessage(Seq),
    /// There is no message of the caller's own in this place.
    NotYourMessage(Seq),
    /// The message in this place is the caller's own, so that there is nobody to report.
    OwnMessage(Seq),
    /// There is no report with this number.
    NoSuchReport,
    /// A message can be taken back only for this long.
    TooLate(Duration),
    /// The room's time is over.
    Expired,
    /// The room is full.
    Full,
    /// More than the hub takes at once; try again after this time.
    TooFast(Duration),
    /// This address holds as many connections or sessions as it may; try again after this time.
    TooManyHere(Duration),
    /// The hub holds as many connections, sessions or namespaces as it may; try again after this time.
    HubFull(Duration),
    /// The hub holds as many rooms as it may; the first of them ends after this time.
    TooManyRooms(Duration),
    /// As many rooms as may be were made from this address; the first of them ends after this time.
    TooManyMade(Duration),
    /// One connection is in as many rooms as it may be.
    TooManyJoined,
    /// One client is connected to as many namespaces as it may be.
    TooManyNamespaces,
    /// The disk is full: nothing new can be kept.
    StorageFull,
    /// The disk takes no writing.
    StorageReadOnly,
    /// The hub cannot do it now: it is shutting down, overloaded, or its disk does not take it.
    Unavailable,
}

/// Why a request of somebody who acts as the host was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRefusal {
    /// A request for hosts without a signature that counts: forged, or by a key that is unknown or revoked.
    BadSignature,
    /// A signed request whose number was used before, or is below one that was.
    Replayed,
    /// A signed request from another browser than the one that the key belongs to.
    OtherBrowser,
    /// The key's holder is a helper, and only a host may do this.
    HostsOnly,
    /// Requests for hosts are not taken from this network.
    HostsElsewhere,
    /// There is no key of this name.
    NoSuchKey,
    /// A key has this name already.
    KeyNameTaken,
}

impl Refusal {
    /// A refusal of a request that cannot be read.
    #[must_use]
    pub fn bad(what: impl Into<String>) -> Self {
        Self::BadRequest(what.into())
    }

    /// After how long it is worth trying again, where that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::TooFast(wait)
            | Self::SlowMode(wait)
            | Self::TooManyHere(wait)
            | Self::HubFull(wait)
            | Self::TooManyRooms(wait)
            | Self::TooManyMade(wait) => Some(*wait),
            _ => None,
        }
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}
