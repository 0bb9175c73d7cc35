//! The one place from which everything goes out, in the order in which the hub gives it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;
use tokio::time::interval;

use super::conn::{Conn, Parcel, Sent};
use super::{Dropped, Shared};
use crate::domain::message::Kind;
use crate::hub::command::{News, Output};
use crate::wire;

/// After how many parcels the writers of the connections get their turn.
const TURN: usize = 256;

/// How often a full transport is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// How often empty namespaces are looked for.
const SWEEP: Duration = Duration::from_millis(500);

/// Carries out the hub's outputs until it has ended.
pub(super) async fn run(shared: Arc<Shared>, mut outputs: Receiver<Output>) {
    let mut sent = 0;
    let mut retry = interval(RETRY);
    let mut sweep = interval(SWEEP);
    loop {
        tokio::select! {
            output = outputs.recv() => match output {
                Some(output) => sent += carry_out(&shared, output),
                None => return,
            },
            _ = retry.tick(), if shared.has_waiting() => shared.retry(Instant::now()),
            _ = sweep.tick() => shared.sweep(Instant::now()),
        }
        if sent >= TURN {
            sent = 0;
            tokio::task::yield_now().await;
        }
    }
}

/// How many parcels it was.
fn carry_out(shared: &Shared, output: Output) -> usize {
    match output {
        Output::Reply(reply, answer) => {
            reply.give(answer);
            1
        }
        Output::Broadcast { to, except, news } => {
            shared.count_news(&news, to.len());
            let (event, payload) = wire::news(&news);
            // Encoded once; every connection gets a handle on the same bytes.
            let payload = Arc::from(payload);
            for id in to.iter().filter(|id| Some(**id) != except) {
                if let Some(conn) = shared.conn(*id) {
                    shared.send(&conn, Parcel::Event(event, Arc::clone(&payload)));
                }
            }
            to.len()
        }
    }
}

impl Shared {
    /// Sends a parcel; a connection that takes too little is ended.
    pub(super) fn send(&self, conn: &Arc<Conn>, parcel: Parcel) {
        match conn.send(parcel) {
            Sent::Flowing => {}
            Sent::Waiting => self.wait(conn),
            Sent::Stuck => self.drop_conn(conn, Dropped::DoesNotRead),
        }
    }

    fn count_news(&self, news: &News, sockets: usize) {
        if let News::Message(message) = news {
            let is_said = message.kind == Kind::Said;
            self.metrics.messages.add(if is_said { "message" } else { "alert" });
        }
        let sockets = u64::try_from(sockets).unwrap_or(u64::MAX);
        self.metrics.deliveries.fetch_add(sockets, Ordering::Relaxed);
    }

    fn retry(&self, now: Instant) {
        for conn in self.take_waiting() {
            match conn.flush(now) {
                Sent::Flowing => {}
                Sent::Waiting => self.wait(&conn),
                Sent::Stuck => self.drop_conn(&conn, Dropped::DoesNotRead),
            }
        }
    }
}
