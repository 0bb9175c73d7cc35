//! The one place from which everything goes out, in the order in which the hub gives it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;
use tokio::time::interval;

use super::Shared;
use super::batch::{Batch, batches};
use super::client::{Client, Sent};
use super::eviction::DropReason;
use super::packet::{EncodedBatch, Packet};
use crate::domain::ids::ConnId;
use crate::domain::message::Kind;
use crate::hub::command::{Output, RoomEvent};
use crate::wire;

/// How many steps of the hub are looked at together: all that came while the last went out.
const STEPS: usize = 64;

/// How many connections are looked up at a time. The processor fetches what it needs of them meanwhile.
const LOOKED_UP: usize = 32;

/// After how many packets the writers of the connections get their turn.
const TURN: usize = 256;

/// How often a full transport is tried again.
const RETRY: Duration = Duration::from_millis(5);

/// How often empty namespaces are looked for.
const SWEEP: Duration = Duration::from_millis(500);

/// Carries out the hub's outputs until it has ended.
pub(super) async fn run(shared: Arc<Shared>, mut outputs: Receiver<Vec<Output>>) {
    let mut desk = Desk { shared, sent: 0 };
    let mut retry = interval(RETRY);
    let mut sweep = interval(SWEEP);
    let mut steps = Vec::new();
    loop {
        let shared = &desk.shared;
        tokio::select! {
            // Where this cannot keep up, messages that were committed one by one leave together, too.
            count = outputs.recv_many(&mut steps, STEPS) => match count {
                0 => return,
                _ => desk.carry_out(steps.drain(..).flatten()).await,
            },
            _ = retry.tick(), if shared.registry.backlogged() > 0 => shared.retry(Instant::now()),
            _ = sweep.tick() => shared.sweep(Instant::now()),
        }
    }
}

/// Where outputs are carried out.
struct Desk {
    shared: Arc<Shared>,
    /// How many packets went out since the connections' writers had a turn.
    sent: usize,
}

impl Desk {
    async fn carry_out(&mut self, outputs: impl Iterator<Item = Output>) {
        for Batch { to, except, news, answers } in batches(outputs) {
            self.broadcast(&to, except, &news).await;
            for (reply, answer) in answers {
                reply.give(answer);
                self.went_out(1).await;
            }
        }
    }

    /// Member by member, and each gets all at once, in one write.
    async fn broadcast(&mut self, to: &[ConnId], except: Option<ConnId>, news: &[RoomEvent]) {
        // Encoded once; every connection gets the same bytes.
        let mut batch = EncodedBatch::shared(news.iter().map(packet).collect());
        self.shared.count_news(news, to.len());
        for some in to.chunks(LOOKED_UP) {
            for client in
                self.shared.registry.clients(some.iter().filter(|id| Some(**id) != except))
            {
                self.shared.send(&client, &mut batch);
                self.went_out(news.len()).await;
            }
        }
    }

    async fn went_out(&mut self, packets: usize) {
        self.sent += packets;
        if self.sent >= TURN {
            self.sent = 0;
            tokio::task::yield_now().await;
        }
    }
}

fn packet(news: &RoomEvent) -> Packet {
    let (event, payload) = wire::news(news);
    Packet::Event(event, Arc::from(payload))
}

impl Shared {
    /// Sends packets; a connection that takes too little is ended.
    pub(super) fn send(&self, client: &Arc<Client>, batch: &mut EncodedBatch) {
        match client.send(batch) {
            Sent::Flowing => {}
            Sent::Waiting => self.registry.add_backlogged(&client),
            Sent::Stuck => self.drop_client(client, DropReason::DoesNotRead),
        }
    }

    /// Sends a packet for this connection alone.
    pub(super) fn send_one(&self, client: &Arc<Client>, packet: Packet) {
        self.send(client, &mut EncodedBatch::own(packet));
    }

    fn count_news(&self, news: &[RoomEvent], sockets: usize) {
        for news in news {
            if let RoomEvent::Message(message) = news {
                let is_said = message.kind == Kind::Said;
                self.metrics.messages.add(if is_said { "message" } else { "alert" });
            }
        }
        let deliveries = u64::try_from(sockets * news.len()).unwrap_or(u64::MAX);
        self.metrics.deliveries.fetch_add(deliveries, Ordering::Relaxed);
    }

    fn retry(self: &Arc<Self>, now: Instant) {
        for client in self.registry.take_backlogged() {
            match client.flush(now) {
                // What it asked meanwhile has its turn.
                Sent::Flowing => self.submit_next(&client),
                Sent::Waiting => self.registry.add_backlogged(&client),
                Sent::Stuck => self.drop_client(&client, DropReason::DoesNotRead),
            }
        }
    }
}
