//! The handle to the thread that writes.

use crate::domain::ids::{ChatterId, RoomId};
use crate::domain::refusal::Refusal;
use crate::store::write::{Write, Written};
use crate::store::{postgres, sqlite};

/// The most writes that may wait. The hub counts the writes under way and stays below.
pub const QUEUE_MAX: usize = 4096;

/// A completed write: its context and its result.
pub type Completed<C> = (C, Result<Written, Refusal>);

/// The handle to the thread that writes. `C` is the context that is returned with each result.
#[derive(Debug)]
pub struct Writer<C>(Backend<C>);

#[derive(Debug)]
enum Backend<C> {
    Sqlite(sqlite::writer::Writer<C>),
    Postgres(postgres::writer::Writer<C>),
}

impl<C: Send + 'static> Writer<C> {
    pub(super) fn sqlite(writer: sqlite::writer::Writer<C>) -> Self {
        Self(Backend::Sqlite(writer))
    }

    pub(super) fn postgres(writer: postgres::writer::Writer<C>) -> Self {
        Self(Backend::Postgres(writer))
    }

    /// Submits a write. Results are returned in the order of submission.
    ///
    /// # Errors
    /// The queue is full or the thread has ended: the context is returned, and nothing is written.
    pub fn submit(&self, write: Write, context: C) -> Result<(), C> {
        match &self.0 {
            Backend::Sqlite(writer) => writer.submit(write, context),
            Backend::Postgres(writer) => writer.submit(write, context),
        }
    }

    /// Tells other hubs that a chatter is typing, or has stopped. It may be lost.
    pub fn show_typing(&self, room: RoomId, chatter: ChatterId, is_typing: bool) {
        match &self.0 {
            // With SQLite there are no other hubs.
            Backend::Sqlite(_) => {}
            Backend::Postgres(writer) => writer.show_typing(room, chatter, is_typing),
        }
    }

    /// Has the thread finish its queue and end, with everything committed. Blocks.
    pub fn close(self) {
        match self.0 {
            Backend::Sqlite(writer) => writer.close(),
            Backend::Postgres(writer) => writer.close(),
        }
    }
}
