//! Reads on a few read-only connections, off the async thread.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use crate::domain::chatter::Chatter;
use crate::domain::code::Code;
use crate::domain::host::HostKey;
use crate::domain::ids::{ChatterId, IdentityId, MessageId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::question::{HeldQuestion, QuestionOrder};
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::domain::room::Room;
use crate::domain::search::Needle;
use crate::domain::time::HubTime;
use crate::store::health::Health;
use crate::store::reader::{Departed, Found, Heard, QuestionPage};
use crate::store::sqlite::recovery::check::is_damage;
use crate::store::sqlite::recovery::recover;
use crate::store::sqlite::sql::held;
use crate::store::sqlite::sql::host_actions::{self, Done};
use crate::store::sqlite::sql::host_keys;
use crate::store::sqlite::sql::host_reads;
use crate::store::sqlite::sql::queries::{self, Member};
use crate::store::sqlite::sql::questions;
use crate::store::sqlite::sql::reports;
use crate::store::sqlite::sql::schema::{self, OpenError};
use crate::store::sqlite::sql::search;
use crate::store::sqlite::sql::unread;
use crate::store::sqlite::sql::walls;
use crate::store::wall::WallRead;
use crate::store::write::{Moment, RANGE_BYTES};
use crate::sync::lock;

/// The most reads at a time; further ones wait.
const READERS: usize = 2;

/// Reads the database on a few connections, cheap to clone.
#[derive(Debug, Clone)]
pub(in crate::store) struct Reader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    frozen: bool,
    health: Health,
    turns: Semaphore,
    /// One search at a time: it takes longer than other reads.
    searching: Semaphore,
    idle: Mutex<Vec<Connection>>,
}

impl Reader {
    pub(in crate::store) fn new(path: PathBuf, frozen: bool, health: Health) -> Self {
        let (turns, searching) = (Semaphore::new(READERS), Semaphore::new(1));
        let idle = Mutex::new(Vec::new());
        Self { shared: Arc::new(Shared { path, frozen, health, turns, searching, idle }) }
    }

    /// The room with this id, also if it has expired.
    pub(in crate::store) async fn room(&self, id: RoomId) -> Result<Option<Room>, Refusal> {
        self.run(move |db| queries::room(db, id)).await
    }

    /// Whether a room with this code is stored, also if it has expired.
    pub(in crate::store) async fn has_code(&self, code: Code) -> Result<bool, Refusal> {
        self.run(move |db| queries::has_code(db, code)).await
    }

    /// The chatter with this id, and the identity that owns it.
    pub(in crate::store) async fn chatter(
        &self,
        id: ChatterId,
    ) -> Result<Option<(Chatter, IdentityId)>, Refusal> {
        self.run(move |db| queries::chatter(db, id)).await
    }

    /// This chatter's membership in a room.
    pub(in crate::store) async fn member(
        &self,
        room: RoomId,
        chatter: ChatterId,
    ) -> Result<Option<Member>, Refusal> {
        self.run(move |db| queries::member_by_chatter(db, room, chatter)).await
    }

    /// This identity's membership in a room.
    pub(in crate::store) async fn member_of(
        &self,
        room: RoomId,
        identity: IdentityId,
    ) -> Result<Option<Member>, Refusal> {
        self.run(move |db| queries::member_by_identity(db, room, identity)).await
    }

    /// Page `page` of the messages that a member may read, oldest first, with `size` messages a page. Page 1
    /// is the newest.
    pub(in crate::store) async fn page(
        &self,
        member: Member,
        page: u32,
        size: u32,
    ) -> Result<Vec<Message>, Refusal> {
        self.run(move |db| queries::page(db, as_member(&member), member.first, page, size)).await
    }

    /// Messages after a place that a member may read, oldest first, at most `most` and [`RANGE_BYTES`]; and
    /// whether there are more.
    pub(in crate::store) async fn after(
        &self,
        member: Member,
        after: Seq,
        most: usize,
    ) -> Result<(Vec<Message>, bool), Refusal> {
        let after = after.max(Seq(member.first.0 - 1));
        self.run(move |db| queries::after(db, as_member(&member), after, most, RANGE_BYTES)).await
    }

    /// Messages before a place that a member may read, oldest first, at most `most` and [`RANGE_BYTES`]; and
    /// whether there are more.
    pub(in crate::store) async fn before(
        &self,
        member: Member,
        before: Seq,
        most: usize,
    ) -> Result<(Vec<Message>, bool), Refusal> {
        self.run(move |db| {
            queries::before(db, as_member(&member), member.first, before, most, RANGE_BYTES)
        })
        .await
    }

    /// Messages before a place that a member may read and that contain a text, newest first, at most `most`.
    pub(in crate::store) async fn search(
        &self,
        member: Member,
        needle: Needle,
        before: Seq,
        most: usize,
    ) -> Result<Found, Refusal> {
        let _one = self.shared.searching.acquire().await.map_err(|_| Refusal::Unavailable)?;
        self.run(move |db| search::search(db, &member, &needle, before, most)).await
    }

    /// How many messages and announcements have come into each room after a place and were not taken back.
    pub(in crate::store) async fn unread(
        &self,
        places: Vec<(RoomId, Seq)>,
    ) -> Result<Vec<(RoomId, u32)>, Refusal> {
        self.run(move |db| unread::unread(db, &places)).await
    }

    /// The questions of a room from `first` on, at most `most`.
    pub(in crate::store) async fn questions(
        &self,
        reader: (RoomId, Option<ChatterId>),
        first: Seq,
        order: QuestionOrder,
        most: usize,
    ) -> Result<QuestionPage, Refusal> {
        self.run(move |db| questions::list(db, reader, first, order, most)).await
    }

    /// The newest messages of a room, oldest first, at most `most`, for the host.
    pub(in crate::store) async fn newest(
        &self,
        room: RoomId,
        most: usize,
    ) -> Result<Vec<Message>, Refusal> {
        let newest = move |db: &Connection| {
            queries::before(db, (room, None), Seq(1), Seq(i64::MAX), most, usize::MAX)
        };
        Ok(self.run(newest).await?.0)
    }

    /// What people have said in the rooms that live, with an id above `after`: the newest, oldest first.
    pub(in crate::store) async fn stream(
        &self,
        after: MessageId,
        most: usize,
        now: HubTime,
    ) -> Result<Vec<Heard>, Refusal> {
        self.run(move |db| host_reads::stream(db, after, most, now)).await
    }

    /// The questions that wait in the rooms that live at `now`, or in one of them, the oldest first.
    pub(in crate::store) async fn held(
        &self,
        room: Option<RoomId>,
        now: HubTime,
        most: usize,
    ) -> Result<Vec<HeldQuestion>, Refusal> {
        self.run(move |db| held::list(db, room, now, most)).await
    }

    /// Who has left a room lately, the last first.
    pub(in crate::store) async fn departed(
        &self,
        room: Option<RoomId>,
        most: usize,
        at: Moment,
    ) -> Result<Vec<Departed>, Refusal> {
        self.run(move |db| host_reads::departed(db, room, most, at)).await
    }

    /// The places of what a browser has said since a time, the newest first.
    pub(in crate::store) async fn said_by(
        &self,
        identity: IdentityId,
        since: HubTime,
        most: usize,
    ) -> Result<Vec<(RoomId, Seq)>, Refusal> {
        self.run(move |db| host_reads::said_by(db, identity, since, most)).await
    }

    /// The host's actions, newest first, at most `most`.
    pub(in crate::store) async fn host_log(&self, most: usize) -> Result<Vec<Done>, Refusal> {
        self.run(move |db| host_actions::log(db, most)).await
    }

    /// What a wall shows, the oldest first.
    pub(in crate::store) async fn wall(&self, read: WallRead) -> Result<Vec<Message>, Refusal> {
        self.run(move |db| walls::shown(db, &read)).await
    }

    /// The questions that a wall shows, in the order of their votes.
    pub(in crate::store) async fn wall_questions(
        &self,
        read: WallRead,
    ) -> Result<Vec<Message>, Refusal> {
        self.run(move |db| walls::asked(db, &read)).await
    }

    /// The newest reports that are not done, or with `all` the newest of all, newest first.
    pub(in crate::store) async fn reports(
        &self,
        all: bool,
        most: usize,
    ) -> Result<Vec<MessageReport>, Refusal> {
        self.run(move |db| reports::list(db, all, most)).await
    }

    /// How many reports are not done.
    pub(in crate::store) async fn open_reports(&self) -> Result<usize, Refusal> {
        self.run(reports::open).await
    }

    /// The keys of hosts, the oldest first.
    pub(in crate::store) async fn host_keys(&self) -> Result<Vec<HostKey>, Refusal> {
        self.run(host_keys::list).await
    }

    async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Refusal> {
        let _turn = self.shared.turns.acquire().await.map_err(|_| Refusal::Unavailable)?;
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.run(query))
            .await
            .map_err(|_| Refusal::Unavailable)?
    }
}

/// The room that a member reads, and as whom.
fn as_member(member: &Member) -> (RoomId, Option<ChatterId>) {
    (member.room, Some(member.chatter.id))
}

impl Shared {
    fn open(&self) -> Result<Connection, OpenError> {
        if self.frozen { schema::open_frozen(&self.path) } else { schema::open_reader(&self.path) }
    }

    fn run<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Refusal> {
        let idle = lock(&self.idle).pop();
        let db = match idle {
            Some(db) => db,
            None => self.open().map_err(|error| {
                tracing::error!(%error, "a reader could not open the database");
                Refusal::Unavailable
            })?,
        };
        let result = query(&db).map_err(|error| {
            if is_damage(&error) {
                recover::suspect(&self.path, &self.health, &error);
            } else {
                tracing::error!(%error, "a query failed");
            }
            Refusal::Unavailable
        });
        lock(&self.idle).push(db);
        result
    }
}
