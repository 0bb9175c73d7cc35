//! The reasons why a request is refused: one list, for HTTP answers and Socket.IO acknowledgements.

use std::time::Duration;

use super::ids::Seq;
use super::slip::Slip;
use super::text::TextError;

/// Why the hub refused a request. Nothing was stored and nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The request is malformed. The text says what is wrong with it, in English, for a developer.
    BadRequest(String),
    /// The request has more bytes than are allowed.
    TooLarge,
    /// A text in the request breaks the rules for its field.
    Text(TextError),
    /// Somebody present has this name, or one that looks like it.
    NameTaken,
    /// The host has given the caller their name, and only the host changes it.
    NameHeld,
    /// A password for a room without a lock, or a lock without a password.
    LockMismatch,
    /// The token was not issued by this hub.
    BadToken,
    /// A request for hosts was refused.
    Host(HostRefusal),
    /// An event file has slips; never empty.
    EventFile(Vec<Slip>),
    /// The request's `Host` is not a name of this hub.
    WrongHost,
    /// The request's `Origin` may not call this hub.
    ForeignOrigin,
    /// The host has banned the caller.
    Banned,
    /// The host has muted them, and for how long still. `None` until the host lifts it.
    Muted(Option<Duration>),
    /// The caller does not own this chatter.
    NotYours,
    /// The caller has not joined this room.
    NotJoined,
    /// The room is locked, and the caller gave no password and has no access grant.
    Locked,
    /// The host has shut the room for newcomers.
    Shut,
    /// The host has set the room to reading only: nobody writes, for this time still. `None` until the host opens it.
    RoomReadOnly(Option<Duration>),
    /// The room is in slow mode, and the person's last message is not old enough; it is after this time.
    SlowMode(Duration),
    /// The host lets those write who have been here for some time, which the person has been after this time.
    TooNew(Duration),
    /// The password for a locked room is wrong.
    WrongPassword,
    /// The wall of this room is read only with the host's link.
    WallClosed,
    /// There is no such room, or none in this namespace.
    NoSuchRoom,
    /// There is no such chatter.
    NoSuchChatter,
    /// There is no message with this number that could be taken back.
    NoSuchMessage(Seq),
    /// There is no message with this number that the caller could answer or react to.
    NoMessage(Seq),
    /// The message with this number is not the caller's own.
    NotYourMessage(Seq),
    /// The message with this number is the caller's own, so there is nobody to report.
    OwnMessage(Seq),
    /// The message with this number is no question, so it has no votes.
    NoQuestion(Seq),
    /// The question with this number is the caller's own, so others vote for it.
    OwnQuestion(Seq),
    /// A question that was to wait for the host, or waits, was refused.
    Held(HeldRefusal),
    /// There is no report with this number.
    NoSuchReport,
    /// There is no poll with this id, or it does not concern a room that the caller has joined.
    NoSuchPoll,
    /// The poll is closed.
    PollClosed,
    /// The message is too old to be taken back; that is possible for this long.
    TooLate(Duration),
    /// The room has ended.
    Expired,
    /// The room is full.
    Full,
    /// A rate limit was exceeded. Try again after this time.
    TooFast(Duration),
    /// The limit of connections or sessions per address is reached. Try again after this time.
    TooManyHere(Duration),
    /// The hub's limit of connections, sessions or namespaces is reached. Try again after this time.
    HubFull(Duration),
    /// The hub's limit of rooms is reached. The first of them ends after this time.
    TooManyRooms(Duration),
    /// The limit of rooms made from one address is reached. The first of them ends after this time.
    TooManyMade(Duration),
    /// The limit of rooms per connection is reached.
    TooManyJoined,
    /// The limit of namespaces per client is reached.
    TooManyNamespaces,
    /// The time that a host has set was refused.
    Clock(ClockRefusal),
    /// The disk is full, so nothing new can be stored.
    StorageFull,
    /// The disk is read-only.
    StorageReadOnly,
    /// The hub cannot do it now: it is shutting down or overloaded, or the write failed.
    Unavailable,
}

/// Why a question that was to wait for the host, or waits, was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldRefusal {
    /// As many questions of the caller, or of the room, wait as may at a time.
    TooMany,
    /// The host has read the caller's question and dropped it.
    NotLetThrough,
    /// No question with this number waits.
    NotThere,
}

/// Why the hub does not take a host's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockRefusal {
    /// The machine's clock can be relied on.
    Trusted,
    /// The hub shares its database, whose clock gives the times of messages.
    Shared,
    /// The time is before this program was written.
    TooEarly,
    /// The time is too far ahead of the hub's.
    TooFar,
    /// The time is behind the hub's, which never goes back, by this much.
    Behind(Duration),
}

/// Why a request for hosts was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRefusal {
    /// The signature is missing or forged, or the key is unknown or revoked.
    BadSignature,
    /// The request's number is not higher than every number accepted before for the key.
    Replayed,
    /// The key belongs to another browser.
    OtherBrowser,
    /// The key's holder is a helper, and only a host may do this.
    HostsOnly,
    /// Requests for hosts are not accepted from this network.
    HostsElsewhere,
    /// There is no key with this name.
    NoSuchKey,
    /// There is already a key with this name.
    KeyNameTaken,
    /// There is no announcement with this id.
    NoSuchAnnouncement,
    /// There are as many announcements as there may be at a time.
    TooManyAnnouncements,
    /// As many polls run as may at a time.
    TooManyPolls,
    /// As many polls are prepared as may be.
    TooManyPrepared,
    /// What an event file would have made is there already: another hub has just made it.
    AlreadyThere,
}

impl Refusal {
    /// The refusal of a malformed request; `problem` says what is wrong, in English.
    #[must_use]
    pub fn bad(what: impl Into<String>) -> Self {
        Self::BadRequest(what.into())
    }

    /// How long the caller should wait before trying again, if that is known.
    #[must_use]
    pub fn wait(&self) -> Option<Duration> {
        match self {
            Self::TooFast(wait)
            | Self::SlowMode(wait)
            | Self::TooNew(wait)
            | Self::TooManyHere(wait)
            | Self::HubFull(wait)
            | Self::TooManyRooms(wait)
            | Self::TooManyMade(wait) => Some(*wait),
            Self::Muted(wait) | Self::RoomReadOnly(wait) => *wait,
            _ => None,
        }
    }
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        Self::Text(error)
    }
}
