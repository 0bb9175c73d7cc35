//! Each connection's share of the hub: so many of its events are being decided at once, and the others
//! wait here. Who sends a thousand waits for a thousand turns, and nobody else does.

use std::collections::VecDeque;
use std::sync::Arc;

use super::Shared;
use super::conn::{Conn, Permit};
use crate::domain::refusal::Refusal;
use crate::hub::command::{Answer, Command, Event, Reply};

/// How many events of one connection may be with the hub. More would not make it faster for who waits
/// for answers, as people do; each lets a room of a thousand wait for one broadcast more.
const AT_ONCE: usize = 4;

/// How many events a client that goes may leave behind to be decided: its last words.
const LAST_WORDS: usize = 32;

/// An event that was asked and not answered.
pub(super) struct Asked {
    pub(super) event: Event,
    pub(super) ack: Option<i64>,
    pub(super) permit: Permit,
}

/// A connection's events, in the order in which they came.
pub(super) struct Turns<T = Asked> {
    waiting: VecDeque<T>,
    /// How many are with the hub.
    under_way: usize,
    /// Whether somebody is giving them to the hub just now.
    is_moving: bool,
}

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), under_way: 0, is_moving: false }
    }
}

impl<T> Turns<T> {
    pub(super) fn push(&mut self, asked: T) {
        self.waiting.push_back(asked);
    }

    /// The next whose turn it is, for who moves them: it is with the hub from now on.
    fn next(&mut self) -> Option<T> {
        let next = if self.under_way < AT_ONCE { self.waiting.pop_front() } else { None };
        self.under_way += usize::from(next.is_some());
        if self.waiting.is_empty() {
            // Nearly always, for nearly all: a thousand places for four events are half a megabyte.
            self.waiting = VecDeque::new();
        }
        self.is_moving = next.is_some();
        next
    }

    /// What is left when the client goes.
    pub(super) fn last_words(&mut self) -> VecDeque<T> {
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.truncate(LAST_WORDS);
        waiting
    }
}

/// An event's turn; the next has its own when it ends, with an answer or without.
struct Turn {
    shared: Arc<Shared>,
    conn: Arc<Conn>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.conn.turns().under_way -= 1;
        self.shared.move_on(&self.conn);
    }
}

impl Shared {
    /// Gives the hub what has its turn by now. An answer that comes at once calls this again: then who
    /// is here already goes on.
    pub(super) fn move_on(self: &Arc<Self>, conn: &Arc<Conn>) {
        if conn.turns().is_moving {
            return;
        }
        loop {
            // Apart, so that nothing is locked while it is submitted.
            let next = conn.turns().next();
            let Some(asked) = next else { return };
            self.give(conn, asked);
        }
    }

    /// Gives the hub an event out of its turn: the last words of a client that has gone.
    pub(super) fn submit(self: &Arc<Self>, conn: &Arc<Conn>, asked: Asked) {
        conn.turns().under_way += 1;
        self.give(conn, asked);
    }

    fn give(self: &Arc<Self>, conn: &Arc<Conn>, asked: Asked) {
        let Asked { event, ack, permit } = asked;
        let turn = Turn { shared: Arc::clone(self), conn: Arc::clone(conn) };
        let reply = Reply::new(move |answer: Result<Answer, Refusal>| {
            let Turn { shared, conn } = &turn;
            shared.answer(conn, ack, &answer);
            drop::<Permit>(permit);
        });
        self.hub.submit(Command::Event { conn: conn.id, event, reply });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_are_with_the_hub_at_once_in_the_order_in_which_they_came() {
        let mut turns = Turns::default();
        (0..7).for_each(|n| turns.push(n));
        let first: Vec<i32> = std::iter::from_fn(|| turns.next()).collect();
        assert_eq!(first, [0, 1, 2, 3]);
        turns.under_way -= 2;
        let then: Vec<i32> = std::iter::from_fn(|| turns.next()).collect();
        assert_eq!(then, [4, 5]);
        assert_eq!(turns.last_words(), [6]);
    }

    #[test]
    fn a_client_that_goes_leaves_so_many_last_words() {
        let mut turns = Turns::default();
        (0..100).for_each(|n| turns.push(n));
        assert_eq!(turns.last_words().len(), LAST_WORDS);
        assert!(turns.next().is_none(), "the others are forgotten");
    }
}
