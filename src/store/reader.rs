//! Reads, off the async thread or over connections of their own.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::host::HostKey;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::domain::room::Room;
use crate::domain::search::Needle;
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::{Done, Member, postgres, sqlite};

/// How long a search looks. A million messages take longer: then it says how far it came.
pub(in crate::store) const SEARCH: Duration = Duration::from_millis(200);

/// How many of the newest ids a stream of messages looks at, where few of them are of rooms that live.
pub(in crate::store) const STREAM_SPAN: i64 = 10_000;

/// A message of any living room, with what that is called.
#[derive(Debug, PartialEq, Eq)]
pub struct Heard {
    /// The message.
    pub message: Message,
    /// Its room's code.
    pub code: Code,
    /// Its room's title.
    pub title: Title,
}

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The messages, newest first.
    pub messages: Vec<Message>,
    /// How far it came: everything before this place is still to be searched. `None` if everything was.
    pub before: Option<Seq>,
    /// Whether it ended because its time was over.
    pub is_early: bool,
}

/// A handle for reading the store, cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Sqlite(sqlite::reader::Reader),
    Postgres(postgres::reader::Reader),
}

impl Reader {
    pub(super) fn sqlite(reader: sqlite::reader::Reader) -> Self {
        Self(Kind::Sqlite(reader))
    }

    pub(super) fn postgres(reader: postgres::reader::Reader) -> Self {
        Self(Kind::Postgres(reader))
    }

    /// The room with this id, also if it has expired.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] if the database cannot be read.
    pub async fn room(&self, id: RoomId) -> Result<Option<Room>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.room(id).await,
            Kind::Postgres(reader) => reader.room(id).await,
        }
    }

    /// Whether a room with this code is stored, also if it has expired.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn has_code(&self, code: Code) -> Result<bool, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.has_code(code).await,
            Kind::Postgres(reader) => reader.has_code(code).await,
        }
    }

    /// The address from which somebody is connected to one of the hubs that share the database. `None` where nobody is
    /// told of it there: a hub that has its database alone knows whoever is connected.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn address_of(&self, identity: IdentityId) -> Result<Option<IpAddr>, Refusal> {
        match &self.0 {
            Kind::Sqlite(_) => Ok(None),
            Kind::Postgres(reader) => reader.address_of(identity).await,
        }
    }

    /// The chatter with this id, and the identity that owns it.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn chatter(&self, id: ChatterId) -> Result<Option<(Chatter, IdentityId)>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.chatter(id).await,
            Kind::Postgres(reader) => reader.chatter(id).await,
        }
    }

    /// This chatter's membership in a room.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn member(
        &self,
        room: RoomId,
        chatter: ChatterId,
    ) -> Result<Option<Member>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.member(room, chatter).await,
            Kind::Postgres(reader) => reader.member(room, chatter).await,
        }
    }

    /// This identity's membership in a room.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn member_of(
        &self,
        room: RoomId,
        identity: IdentityId,
    ) -> Result<Option<Member>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.member_of(room, identity).await,
            Kind::Postgres(reader) => reader.member_of(room, identity).await,
        }
    }

    /// Page `page` of the messages that a member may read, oldest first, with `size` messages a page. Page 1
    /// is the newest.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn page(
        &self,
        member: Member,
        page: u32,
        size: u32,
    ) -> Result<Vec<Message>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.page(member, page, size).await,
            Kind::Postgres(reader) => reader.page(member, page, size).await,
        }
    }

    /// Messages after a place that a member may read, oldest first, at most `most` and [`RANGE_BYTES`]; and
    /// whether there are more.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn after(
        &self,
        member: Member,
        after: Seq,
        most: usize,
    ) -> Result<(Vec<Message>, bool), Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.after(member, after, most).await,
            Kind::Postgres(reader) => reader.after(member, after, most).await,
        }
    }

    /// Messages before a place that a member may read, oldest first, at most `most` and [`RANGE_BYTES`]; and
    /// whether there are more.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn before(
        &self,
        member: Member,
        before: Seq,
        most: usize,
    ) -> Result<(Vec<Message>, bool), Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.before(member, before, most).await,
            Kind::Postgres(reader) => reader.before(member, before, most).await,
        }
    }

    /// Messages before a place that a member may read and that have a text in them, newest first, at most `most`.
    /// It looks for 200 ms at most.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn search(
        &self,
        member: Member,
        needle: Needle,
        before: Seq,
        most: usize,
    ) -> Result<Found, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.search(member, needle, before, most).await,
            Kind::Postgres(reader) => reader.search(member, needle, before, most).await,
        }
    }

    /// The newest messages of a room, oldest first, at most `most`, for the host.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn newest(&self, room: RoomId, most: usize) -> Result<Vec<Message>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.newest(room, most).await,
            Kind::Postgres(reader) => reader.newest(room, most).await,
        }
    }

    /// What people have said in the rooms that live at `now`, with an id above `after`: the newest `most`, oldest
    /// first. It looks at the newest 10,000 ids.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn stream(
        &self,
        after: MessageId,
        most: usize,
        now: HubTime,
    ) -> Result<Vec<Heard>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.stream(after, most, now).await,
            Kind::Postgres(reader) => reader.stream(after, most, now).await,
        }
    }

    /// The keys of hosts, the oldest first.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn host_keys(&self) -> Result<Vec<HostKey>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.host_keys().await,
            Kind::Postgres(reader) => reader.host_keys().await,
        }
    }

    /// The host's actions, newest first, at most `most`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn host_log(&self, most: usize) -> Result<Vec<Done>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.host_log(most).await,
            Kind::Postgres(reader) => reader.host_log(most).await,
        }
    }

    /// The newest reports that the host is not done with, or with `all` the newest of all, newest first, at most
    /// `most`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn reports(&self, all: bool, most: usize) -> Result<Vec<MessageReport>, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.reports(all, most).await,
            Kind::Postgres(reader) => reader.reports(all, most).await,
        }
    }

    /// How many reports the host is not done with.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn open_reports(&self) -> Result<usize, Refusal> {
        match &self.0 {
            Kind::Sqlite(reader) => reader.open_reports().await,
            Kind::Postgres(reader) => reader.open_reports().await,
        }
    }
}
