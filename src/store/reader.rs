//! Reads, off the async thread or over connections of their own.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::host::HostKey;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::question::{HeldQuestion, Question, QuestionOrder};
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::domain::room::Room;
use crate::domain::search::Needle;
use crate::domain::text::Title;
use crate::domain::time::HubTime;
use crate::store::{Done, Member, Moment, RANGE_BYTES, WallRead, postgres, sqlite};

/// Time limit of a search. In a million messages it is reached, and the result says how far the search came.
pub(in crate::store) const SEARCH: Duration = Duration::from_millis(200);

/// How many of the newest ids a stream of messages looks at, where few of them are of rooms that live.
pub(in crate::store) const STREAM_SPAN: i64 = 10_000;

/// The highest number of unread messages of a room that is told. More count as that many.
pub(in crate::store) const UNREAD_MAX: u32 = 100;

/// How far back unread messages of a room are counted, in places, if most of these are notices.
pub(in crate::store) const UNREAD_SPAN: i64 = 2_000;

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

/// How long ago somebody has left whom the host still finds.
pub(in crate::store) const RECENT: Duration = Duration::from_secs(24 * 60 * 60);

/// Somebody who was in a room and is there no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Departed {
    /// The chatter, with the time at which they left; that of the room's end for those who stayed to it.
    pub chatter: Chatter,
    /// The identity that owns the chatter.
    pub owner: IdentityId,
    /// The room's code.
    pub code: Code,
}

/// The last who have left, the last first.
pub(in crate::store) fn newest_departed(mut all: Vec<Departed>, most: usize) -> Vec<Departed> {
    all.sort_by_key(|departed| std::cmp::Reverse(departed.chatter.left_at));
    all.truncate(most);
    all
}

/// The result of a search.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The messages, newest first.
    pub messages: Vec<Message>,
    /// How far it came: everything before this place is still to be searched. `None` if everything was.
    pub before: Option<Seq>,
    /// Whether it ended at its time limit.
    pub is_early: bool,
}

/// A page of a room's questions.
#[derive(Debug, PartialEq, Eq)]
pub struct QuestionPage {
    /// The questions, in the order that was asked for.
    pub questions: Vec<Message>,
    /// The text with which the next page is asked for. `None` if there is none.
    pub after: Option<String>,
}

/// The first of these questions, at most `most` and [`RANGE_BYTES`], as a page; the others say that there are more.
pub(in crate::store) fn question_page(
    order: QuestionOrder,
    mut questions: Vec<Message>,
    most: usize,
) -> QuestionPage {
    let mut bytes = 0_usize;
    let fitting = questions.iter().take(most).take_while(|question| {
        bytes += question.content.len() + AROUND;
        bytes <= RANGE_BYTES
    });
    let fitting = fitting.count().max(1);
    let is_more = questions.len() > fitting;
    questions.truncate(fitting);
    let last = questions
        .last()
        .map(|last| order.after(last.seq, last.question.unwrap_or(Question::default())));
    QuestionPage { questions, after: last.filter(|_| is_more) }
}

/// About how many bytes a question takes besides its content.
const AROUND: usize = 1_000;

/// A handle for reading the store, cheap to clone.
#[derive(Debug, Clone)]
pub struct Reader(Backend);

#[derive(Debug, Clone)]
enum Backend {
    Sqlite(sqlite::reader::Reader),
    Postgres(postgres::reader::Reader),
}

impl Reader {
    pub(super) fn sqlite(reader: sqlite::reader::Reader) -> Self {
        Self(Backend::Sqlite(reader))
    }

    pub(super) fn postgres(reader: postgres::reader::Reader) -> Self {
        Self(Backend::Postgres(reader))
    }

    /// The room with this id, also if it has expired.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] if the database cannot be read.
    pub async fn room(&self, id: RoomId) -> Result<Option<Room>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.room(id).await,
            Backend::Postgres(reader) => reader.room(id).await,
        }
    }

    /// Whether a room with this code is stored, also if it has expired.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn has_code(&self, code: Code) -> Result<bool, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.has_code(code).await,
            Backend::Postgres(reader) => reader.has_code(code).await,
        }
    }

    /// The address from which an identity is connected to another hub on the shared database. Always `None` for a hub
    /// with a database of its own.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn address_of(&self, identity: IdentityId) -> Result<Option<IpAddr>, Refusal> {
        match &self.0 {
            Backend::Sqlite(_) => Ok(None),
            Backend::Postgres(reader) => reader.address_of(identity).await,
        }
    }

    /// The chatter with this id, and the identity that owns it.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn chatter(&self, id: ChatterId) -> Result<Option<(Chatter, IdentityId)>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.chatter(id).await,
            Backend::Postgres(reader) => reader.chatter(id).await,
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
            Backend::Sqlite(reader) => reader.member(room, chatter).await,
            Backend::Postgres(reader) => reader.member(room, chatter).await,
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
            Backend::Sqlite(reader) => reader.member_of(room, identity).await,
            Backend::Postgres(reader) => reader.member_of(room, identity).await,
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
            Backend::Sqlite(reader) => reader.page(member, page, size).await,
            Backend::Postgres(reader) => reader.page(member, page, size).await,
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
            Backend::Sqlite(reader) => reader.after(member, after, most).await,
            Backend::Postgres(reader) => reader.after(member, after, most).await,
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
            Backend::Sqlite(reader) => reader.before(member, before, most).await,
            Backend::Postgres(reader) => reader.before(member, before, most).await,
        }
    }

    /// Messages before a place that a member may read and that contain a text, newest first, at most `most`. It
    /// searches for 200 ms at most.
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
            Backend::Sqlite(reader) => reader.search(member, needle, before, most).await,
            Backend::Postgres(reader) => reader.search(member, needle, before, most).await,
        }
    }

    /// The questions of a room that a member may read, at most `most` and [`RANGE_BYTES`].
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn questions(
        &self,
        member: Member,
        order: QuestionOrder,
        most: usize,
    ) -> Result<QuestionPage, Refusal> {
        let (reader, first) = ((member.room, Some(member.chatter.id)), member.first);
        self.questions_from(reader, first, order, most).await
    }

    /// The same of all questions of a room, for the host.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn all_questions(
        &self,
        room: RoomId,
        order: QuestionOrder,
        most: usize,
    ) -> Result<QuestionPage, Refusal> {
        self.questions_from((room, None), Seq(1), order, most).await
    }

    async fn questions_from(
        &self,
        reader: (RoomId, Option<ChatterId>),
        first: Seq,
        order: QuestionOrder,
        most: usize,
    ) -> Result<QuestionPage, Refusal> {
        match &self.0 {
            Backend::Sqlite(sqlite) => sqlite.questions(reader, first, order, most).await,
            Backend::Postgres(postgres) => postgres.questions(reader, first, order, most).await,
        }
    }

    /// The questions that wait for the host in the rooms that live at `now`, or in one of them: the oldest `most`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn held(
        &self,
        room: Option<RoomId>,
        now: HubTime,
        most: usize,
    ) -> Result<Vec<HeldQuestion>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.held(room, now, most).await,
            Backend::Postgres(reader) => reader.held(room, now, most).await,
        }
    }

    /// The newest messages of a room, oldest first, at most `most`, for the host.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn newest(&self, room: RoomId, most: usize) -> Result<Vec<Message>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.newest(room, most).await,
            Backend::Postgres(reader) => reader.newest(room, most).await,
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
            Backend::Sqlite(reader) => reader.stream(after, most, now).await,
            Backend::Postgres(reader) => reader.stream(after, most, now).await,
        }
    }

    /// How many messages and announcements, at most [`UNREAD_MAX`], have come into each room after a place and were not
    /// taken back. Rooms that do not exist are left out.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn unread(&self, places: Vec<(RoomId, Seq)>) -> Result<Vec<(RoomId, u32)>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.unread(places).await,
            Backend::Postgres(reader) => reader.unread(places).await,
        }
    }

    /// Who has left a room in the last 24 hours, or was in it when it ended: the last `most`, the last first. With
    /// `room`, who was in that one.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn departed(
        &self,
        room: Option<RoomId>,
        most: usize,
        at: Moment,
    ) -> Result<Vec<Departed>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.departed(room, most, at).await,
            Backend::Postgres(reader) => reader.departed(room, most, at).await,
        }
    }

    /// The places of what a browser has said since a time, in all rooms, and what was not taken back: the newest
    /// `most`, newest first. In large rooms it looks for two seconds at most.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn said_by(
        &self,
        identity: IdentityId,
        since: HubTime,
        most: usize,
    ) -> Result<Vec<(RoomId, Seq)>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.said_by(identity, since, most).await,
            Backend::Postgres(reader) => reader.said_by(identity, since, most).await,
        }
    }

    /// What a wall shows: the newest messages, the oldest first. It looks at the newest 10,000 places.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn wall(&self, read: WallRead) -> Result<Vec<Message>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.wall(read).await,
            Backend::Postgres(reader) => reader.wall(read).await,
        }
    }

    /// What a wall shows of a room's questions: those that are not answered first, and the one with the most votes first.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn wall_questions(&self, read: WallRead) -> Result<Vec<Message>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.wall_questions(read).await,
            Backend::Postgres(reader) => reader.wall_questions(read).await,
        }
    }

    /// The keys of hosts, the oldest first.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn host_keys(&self) -> Result<Vec<HostKey>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.host_keys().await,
            Backend::Postgres(reader) => reader.host_keys().await,
        }
    }

    /// The host's actions, newest first, at most `most`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn host_log(&self, most: usize) -> Result<Vec<Done>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.host_log(most).await,
            Backend::Postgres(reader) => reader.host_log(most).await,
        }
    }

    /// The newest reports that are not done, or with `all` the newest of all, newest first, at most `most`.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn reports(&self, all: bool, most: usize) -> Result<Vec<MessageReport>, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.reports(all, most).await,
            Backend::Postgres(reader) => reader.reports(all, most).await,
        }
    }

    /// How many reports are not done.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`].
    pub async fn open_reports(&self) -> Result<usize, Refusal> {
        match &self.0 {
            Backend::Sqlite(reader) => reader.open_reports().await,
            Backend::Postgres(reader) => reader.open_reports().await,
        }
    }
}
