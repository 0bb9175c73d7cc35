//! Sends everything that goes out, in the order in which the hub outputs it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::Receiver;
use tokio::time::interval;

use super::Shared;
use super::batch::{Batch, Broadcast, Collector};
use super::client::{Client, Sent};
use super::eviction::DropReason;
use super::packet::{EncodedBatch, Packet};
use crate::domain::ids::ConnId;
use crate::domain::message::Kind;
use crate::hub::command::{Output, RoomEvent};
use crate::wire;

/// How many steps' outputs are taken from the channel together.
const STEPS: usize = 64;

/// How many clients are looked up at a time, so that the processor can prefetch them.
const LOOK_UP: usize = 32;

/// After this many packets the task yields, so that socketioxide's writers get to run.
const YIELD_AFTER: usize = 256;

/// How often clients with a backlog are retried.
const RETRY: Duration = Duration::from_millis(5);

/// How often ended sessions, empty namespaces and idle clients are looked for.
pub(super) const SWEEP: Duration = Duration::from_millis(500);

/// Sends the hub's outputs until the hub has ended.
pub(super) async fn run(shared: Arc<Shared>, mut outputs: Receiver<Vec<Output>>) {
    let mut broadcaster = Broadcaster { shared, sent: 0 };
    let mut retry = interval(RETRY);
    let mut sweep = interval(SWEEP);
    let mut steps = Vec::new();
    loop {
        let shared = &broadcaster.shared;
        tokio::select! {
            // Under load this receives several steps at once, and their broadcasts form one batch.
            count = outputs.recv_many(&mut steps, STEPS) => match count {
                0 => return,
                _ => broadcaster.send_all(steps.drain(..).flatten()).await,
            },
            _ = retry.tick(), if shared.registry.backlogged() > 0 => shared.retry(Instant::now()),
            _ = sweep.tick() => shared.sweep(Instant::now()),
        }
    }
}

/// Sends outputs.
struct Broadcaster {
    shared: Arc<Shared>,
    /// How many packets were sent since the task last yielded.
    sent: usize,
}

impl Broadcaster {
    async fn send_all(&mut self, outputs: impl Iterator<Item = Output>) {
        let mut collector = Collector::default();
        for output in outputs {
            match output {
                Output::Broadcast { to, except, event } => {
                    self.shared.count_event(&event, to.len());
                    let (name, payload) = wire::room_event(&event);
                    // Encoded once: every client gets the same bytes.
                    let packet = Packet::Event(name, Arc::from(payload));
                    collector.add(Broadcast { to, except, packet });
                }
                Output::Reply(reply, answer) => collector.reply((reply, answer)),
            }
        }
        for Batch { to, except, packets, replies } in collector.finish() {
            self.broadcast(&to, except, packets).await;
            for (reply, answer) in replies {
                reply.give(answer);
                self.count_sent(1).await;
            }
        }
    }

    /// Sends a batch to one client after the other, to each in one write.
    async fn broadcast(&mut self, to: &[ConnId], except: Option<ConnId>, packets: Vec<Packet>) {
        if packets.is_empty() {
            return;
        }
        let count = packets.len();
        let mut batch = EncodedBatch::shared(packets);
        for some in to.chunks(LOOK_UP) {
            for client in
                self.shared.registry.clients(some.iter().filter(|id| Some(**id) != except))
            {
                self.shared.send(&client, &mut batch);
                self.count_sent(count).await;
            }
        }
    }

    async fn count_sent(&mut self, packets: usize) {
        self.sent += packets;
        if self.sent >= YIELD_AFTER {
            self.sent = 0;
            tokio::task::yield_now().await;
        }
    }
}

impl Shared {
    /// Sends a batch to a client. A client that takes too little is dropped.
    pub(super) fn send(&self, client: &Arc<Client>, batch: &mut EncodedBatch) {
        match client.send(batch) {
            Sent::Flowing => {}
            Sent::Waiting => self.registry.add_backlogged(client),
            Sent::Stuck => self.drop_client(client, DropReason::DoesNotRead),
        }
    }

    /// Sends a packet to this client alone.
    pub(super) fn send_one(&self, client: &Arc<Client>, packet: Packet) {
        self.send(client, &mut EncodedBatch::own(packet));
    }

    fn count_event(&self, event: &RoomEvent, sockets: usize) {
        if let RoomEvent::Message(message) = event {
            let is_said = message.kind == Kind::Said;
            self.metrics.messages.add(if is_said { "message" } else { "alert" });
        }
        let deliveries = u64::try_from(sockets).unwrap_or(u64::MAX);
        self.metrics.deliveries.fetch_add(deliveries, Ordering::Relaxed);
    }

    fn retry(self: &Arc<Self>, now: Instant) {
        for client in self.registry.take_backlogged() {
            match client.flush(now) {
                // Its events were not submitted while it had a backlog.
                Sent::Flowing => self.submit_next(&client),
                Sent::Waiting => self.registry.add_backlogged(&client),
                Sent::Stuck => self.drop_client(&client, DropReason::DoesNotRead),
            }
        }
    }
}
