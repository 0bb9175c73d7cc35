//! What the hub can be asked, and what it answers: the seam to any transport.
//!
//! A transport (Socket.IO today) knows connections and wire formats; the hub knows connection ids,
//! commands and committed messages.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::ids::{ChatterId, ConnId, Epoch, HubId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::room::Room;
use crate::domain::text::{Content, Key, Namespace, Nickname, Password, Title};
use crate::domain::time::WallTime;
use crate::store::{Ban, HistorySlice};

/// Something for the hub to decide, in the order in which it arrives.
#[derive(Debug)]
pub enum Command {
    /// A connection has come.
    Connected(ConnInfo),
    /// A connection has gone; nothing can be sent to it any more.
    Gone(ConnId),
    /// A connection asks for something.
    Event {
        /// Which.
        conn: ConnId,
        /// For what.
        event: Event,
        /// Where the answer goes.
        reply: Reply,
    },
    /// Somebody without a connection asks for something.
    Call(Call),
}

/// A connection as the hub knows it.
#[derive(Debug, Clone)]
pub struct ConnInfo {
    /// Its number in this run.
    pub id: ConnId,
    /// Whose browser it is.
    pub identity: IdentityId,
    /// Where it comes from.
    pub peer: IpAddr,
    /// The namespace it is connected to; nothing where no room can have that name.
    pub namespace: Option<Namespace>,
}

/// What a connection can ask for.
#[derive(Debug)]
pub enum Event {
    /// To come into a room.
    Join {
        /// The room.
        room: RoomId,
        /// The chatter they say they are.
        wanted: Option<ChatterId>,
        /// The room's password.
        password: Option<Password>,
        /// The last message they saw.
        after: Option<Seq>,
        /// The epoch in which they saw it.
        epoch: Option<Epoch>,
    },
    /// To leave all rooms of this connection.
    Leave,
    /// To say something.
    Say {
        /// The room.
        room: RoomId,
        /// What.
        content: Content,
        /// The client's key for it.
        key: Option<Key>,
    },
    /// To put a note of their own into the room.
    Note {
        /// The room.
        room: RoomId,
        /// What.
        content: Content,
    },
    /// That the room be sent its roster.
    Roster {
        /// The room.
        room: RoomId,
    },
    /// To go by another name.
    Rename {
        /// The room that is told.
        room: RoomId,
        /// The name.
        nickname: Nickname,
    },
    /// That the others see them typing, or no more.
    Typing {
        /// The room.
        room: RoomId,
        /// Whether they are.
        is_typing: bool,
    },
}

/// Where the answer to a connection's event goes.
pub struct Reply(Box<dyn FnOnce(Result<Answer, Refusal>) + Send>);

impl Reply {
    /// An answer goes to this function, once, in the order of the broadcasts.
    pub fn new(to: impl FnOnce(Result<Answer, Refusal>) + Send + 'static) -> Self {
        Self(Box::new(to))
    }

    /// Gives the answer.
    pub fn give(self, answer: Result<Answer, Refusal>) {
        (self.0)(answer);
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply(…)")
    }
}

/// The answer to a connection's event.
#[derive(Debug)]
pub enum Answer {
    /// Done; there is nothing more to say.
    Done,
    /// They are in the room.
    Joined(Box<Entry>),
    /// The message as it is stored.
    Said(Message),
    /// The chatter under the new name.
    Renamed(Chatter),
}

/// What somebody who came into a room gets to know.
#[derive(Debug)]
pub struct Entry {
    /// As whom they are in.
    pub chatter: Chatter,
    /// The room.
    pub room: RoomView,
    /// What of the room they may read, and what of it they missed.
    pub history: HistorySlice,
}

/// A room as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// Its definition.
    pub room: Room,
    /// How many people are in it.
    pub present: usize,
    /// Whether its time is over.
    pub is_expired: bool,
    /// When it expires or did, by today's estimate of wall time: the clock may have been set since
    /// the room was made.
    pub expires_at: WallTime,
}

/// Who asks without a connection.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    /// Whose browser it is, where a token came.
    pub identity: Option<IdentityId>,
    /// Where it comes from.
    pub peer: IpAddr,
}

/// The answer's way back to a call.
pub type Responder<T> = oneshot::Sender<Result<T, Refusal>>;

/// What can be asked without a connection.
#[derive(Debug)]
pub enum Call {
    /// The living rooms, oldest first.
    Rooms(Responder<Vec<RoomView>>),
    /// One living room.
    Room(RoomId, Responder<RoomView>),
    /// The living room with this code.
    ByCode(Code, Responder<RoomView>),
    /// A new room.
    Create(NewRoom, Responder<RoomView>),
    /// Whether this password opens a room; if so the caller is let in for a while.
    Check {
        /// Who asks.
        caller: Caller,
        /// The room.
        room: RoomId,
        /// The password; nothing where none was given.
        password: Option<Password>,
        /// Where the answer goes.
        tell: Responder<bool>,
    },
    /// Whether a chatter is present in a room.
    IsPresent(RoomId, ChatterId, Responder<bool>),
    /// Whether a caller from this address, without a token, counts as this chatter in this room.
    Holds {
        /// The address.
        peer: IpAddr,
        /// The room.
        room: RoomId,
        /// The chatter.
        chatter: ChatterId,
        /// Where the answer goes.
        tell: Responder<bool>,
    },
    /// Another name for a chatter.
    Rename {
        /// Who asks.
        caller: Caller,
        /// The chatter.
        chatter: ChatterId,
        /// Whose browser they belong to.
        owner: IdentityId,
        /// The name.
        nickname: Nickname,
        /// Where the answer goes.
        tell: Responder<Chatter>,
    },
    /// Who is in a room, `most` from `skip` on, and how many there are in all.
    Roster {
        /// The room.
        room: RoomId,
        /// How many to pass over.
        skip: usize,
        /// How many at most.
        most: usize,
        /// Where the answer goes.
        tell: Responder<(Vec<Chatter>, usize)>,
    },
    /// Everybody who is present in any room.
    People(Responder<Vec<Present>>),
    /// The host ends a room before its time.
    EndRoom {
        /// The room.
        room: RoomId,
        /// Whether what was said there goes with it; then the room may have ended long ago.
        deleted: bool,
        /// Where the answer goes.
        tell: Responder<RoomEnded>,
    },
    /// The host shuts a living room, so that nobody new comes in, or opens its door again; answered
    /// with how many are in it.
    Shut {
        /// The room.
        room: RoomId,
        /// Whether it is to be shut.
        is_shut: bool,
        /// Where the answer goes.
        tell: Responder<usize>,
    },
    /// The host takes messages back, also of a room that has ended; answered with how many were not
    /// taken back before. [`Refusal::NoSuchMessage`] where one of them cannot be: then none is.
    TakeBack {
        /// The room.
        room: RoomId,
        /// Their places.
        seqs: Vec<Seq>,
        /// Where the answer goes.
        tell: Responder<usize>,
    },
    /// Whether the host lets the caller do anything; [`Refusal::Banned`] where not.
    Welcome(Caller, Responder<()>),
    /// The host takes somebody out of all rooms. They may come back.
    Kick(ChatterId, Responder<()>),
    /// The host lets somebody's browser in no more.
    Ban {
        /// As whom the host knows them.
        chatter: Chatter,
        /// Their browser.
        identity: IdentityId,
        /// For how long their address is kept out too; [`Refusal::NotJoined`] where they are not
        /// connected, so that nobody knows it.
        address_for: Option<Duration>,
        /// Where the answer goes.
        tell: Responder<()>,
    },
    /// The host lets somebody in again; [`Refusal::NoSuchChatter`] where they are not banned.
    Unban(ChatterId, Responder<()>),
    /// Who may not come in.
    Bans(Responder<Vec<Ban>>),
    /// How the hub is.
    Facts(Responder<Facts>),
    /// Who has been in no room for so long. The hub has forgotten them then; they are to be let go.
    LetGo(Duration, Responder<Vec<ConnId>>),
    /// Answered by the writer, through its queue.
    Ping(Responder<()>),
}

/// Somebody who is present.
#[derive(Debug, Clone)]
pub struct Present {
    /// The room they are in.
    pub room: RoomId,
    /// Its code.
    pub code: Code,
    /// Who.
    pub chatter: Chatter,
    /// How many connections they hold to it; none in the moment after the last went.
    pub sockets: usize,
}

/// A room that the host has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomEnded {
    /// The room.
    pub room: RoomId,
    /// How many people were in it.
    pub people: usize,
}

/// A room to be made.
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
    /// Where it is made from; nothing for the host's and the hub's own rooms.
    pub from: Option<IpAddr>,
    /// Whether the host makes it: then it does not count among those that people may make, and is
    /// remembered among what the host did.
    pub by_host: bool,
}

/// How the hub is.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// The hub's identity.
    pub hub: HubId,
    /// Living rooms.
    pub rooms: usize,
    /// People present, counted once in each room.
    pub people: usize,
    /// How long it has been up.
    pub uptime: Duration,
}

/// What leaves the hub for the connections, in one order for all.
#[derive(Debug)]
pub enum Output {
    /// The same to many.
    Broadcast {
        /// To whom.
        to: Arc<[ConnId]>,
        /// But not to this one.
        except: Option<ConnId>,
        /// What.
        event: RoomEvent,
    },
    /// The answer to an event.
    Reply(Reply, Result<Answer, Refusal>),
}

/// What a room is told.
#[derive(Debug)]
pub enum RoomEvent {
    /// A committed message.
    Message(Message),
    /// Who is present: all, or as many as the roster's limit lets.
    Roster(Vec<Chatter>),
    /// How many are present.
    Presence {
        /// The room.
        room: RoomId,
        /// How many.
        present: usize,
    },
    /// The room is over for who is told.
    Closed {
        /// The room.
        room: RoomId,
        /// Why.
        why: WhyClosed,
    },
    /// The host shut the room's door, or opened it again.
    Shut {
        /// The room.
        room: RoomId,
        /// Whether it is shut.
        is_shut: bool,
    },
    /// The host took a message back: nobody is to see its content any more.
    TakenBack {
        /// The room.
        room: RoomId,
        /// Its place.
        seq: Seq,
        /// Its place in the hub.
        id: MessageId,
    },
    /// Somebody is typing, or no more.
    Typing {
        /// The room.
        room: RoomId,
        /// Who.
        chatter: ChatterId,
        /// Whether they are.
        is_typing: bool,
    },
}

/// Why a room is over for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyClosed {
    /// Its time is over.
    Expired,
    /// The host closed it. What was said there can still be read.
    Closed,
    /// The host deleted it, and what was said there.
    Deleted,
    /// The host took them out of it; it goes on for the others.
    Kicked,
    /// The host took them out of it and lets them in no more.
    Banned,
}
