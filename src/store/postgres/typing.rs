//! Typing indicators of other hubs: coalesced, sent by `NOTIFY` alone, and never stored.

use std::time::Duration;

use tokio::sync::mpsc::{Receiver, UnboundedReceiver, UnboundedSender};
use tokio_postgres::Notification;

use super::connect::Database;
use crate::domain::ids::{ChatterId, RoomId, RunId};
use crate::store::change::{Change, Report};

/// How long indicators are collected before they are sent.
const GATHERED: Duration = Duration::from_millis(200);

/// The pause before a lost connection is made again.
const AGAIN: Duration = Duration::from_secs(2);

/// The most indicators that may wait to be sent. Beyond that they are dropped.
pub(super) const QUEUE_MAX: usize = 1_024;

/// The most indicators of one notification, which has to have less than 8,000 bytes. More are dropped.
const MOST: usize = 90;

/// Somebody is typing, or has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typing {
    pub(super) room: RoomId,
    pub(super) chatter: ChatterId,
    pub(super) is_typing: bool,
}

/// Sends this hub's typing indicators, and receives those of other hubs.
pub(super) struct Task<C> {
    database: Database,
    run: RunId,
    reports: UnboundedSender<Report<C>>,
}

impl<C> Task<C> {
    pub(super) fn new(database: Database, run: RunId, reports: UnboundedSender<Report<C>>) -> Self {
        Self { database, run, reports }
    }

    /// Runs until the hub closes.
    pub(super) async fn run(self, mut typed: Receiver<Typing>) {
        loop {
            if let Ok((client, notifications)) = self.database.connect().await
                && client.batch_execute("LISTEN colahub_typing").await.is_ok()
                && self.pass(&client, notifications, &mut typed).await.is_none()
            {
                return;
            }
            tokio::time::sleep(AGAIN).await;
            // Indicators from before the reconnection are outdated.
            while typed.try_recv().is_ok() {}
            if typed.is_closed() {
                return;
            }
        }
    }

    /// Sends and receives indicators over a connection. `None` when the hub closes; otherwise the connection is lost.
    async fn pass(
        &self,
        client: &tokio_postgres::Client,
        mut notifications: UnboundedReceiver<Notification>,
        typed: &mut Receiver<Typing>,
    ) -> Option<()> {
        loop {
            tokio::select! {
                first = typed.recv() => {
                    let first = first?;
                    tokio::time::sleep(GATHERED).await;
                    let mut all = vec![first];
                    while let Ok(next) = typed.try_recv() {
                        // Only the last one of each chatter counts.
                        all.retain(|one| (one.room, one.chatter) != (next.room, next.chatter));
                        all.push(next);
                    }
                    let text = written(self.run, &all);
                    let sent = client.execute("SELECT pg_notify('colahub_typing', $1)", &[&text]).await;
                    if sent.is_err() {
                        return Some(());
                    }
                }
                notification = notifications.recv() => {
                    let Some(notification) = notification else { return Some(()) };
                    let changes = read(self.run, notification.payload());
                    if !changes.is_empty() && self.reports.send(Report::Changes(changes)).is_err() {
                        return None;
                    }
                }
            }
        }
    }
}

/// Formats a notification: a line with the run, then a line for each indicator.
fn written(run: RunId, all: &[Typing]) -> String {
    let mut text = run.0.to_string();
    for Typing { room, chatter, is_typing } in all.iter().take(MOST) {
        text.push_str(&format!("\n{room} {chatter} {}", u8::from(*is_typing)));
    }
    text
}

/// Parses a notification. Returns nothing if it is from this run, or malformed.
fn read(own: RunId, text: &str) -> Vec<Change> {
    let mut lines = text.lines();
    if lines.next().and_then(|run| run.parse().ok()).is_none_or(|run| RunId(run) == own) {
        return Vec::new();
    }
    let change = |line: &str| {
        let mut parts = line.split(' ');
        let room = parts.next()?.parse().ok()?;
        let chatter = parts.next()?.parse().ok()?;
        Some(Change::Typing { room, chatter, is_typing: parts.next()? == "1" })
    };
    lines.filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_is_read_as_it_was_written_but_not_ones_own() {
        let typing = |n: u8, is_typing| Typing {
            room: RoomId::from_random([1; 16]),
            chatter: ChatterId::from_random([n; 16]),
            is_typing,
        };
        let text = written(RunId(7), &[typing(1, true), typing(2, false)]);
        let heard = read(RunId(8), &text);
        let change =
            |Typing { room, chatter, is_typing }| Change::Typing { room, chatter, is_typing };
        assert_eq!(heard, [change(typing(1, true)), change(typing(2, false))]);
        assert_eq!(read(RunId(7), &text), []);
        assert_eq!(read(RunId(8), "nonsense"), []);
        let many = vec![typing(1, true); 1_000];
        assert!(written(RunId(i64::MIN), &many).len() < 8_000);
    }
}
