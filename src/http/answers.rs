//! Bounds the memory of large answers. It is reserved before an answer is built, and held until the answer is sent, so
//! that clients that do not read their answers cannot fill the hub's memory.
//!
//! Answers for which there is no memory wait, and addresses take turns. A client that does not read its answer in
//! time is disconnected.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};

use super::request::Requester;
use crate::domain::fair::FairQueue;
use crate::domain::refusal::Refusal;
use crate::sync::lock;
use crate::timeouts;

/// The most bytes of all answers together, unless `limits.memory` allows less.
const MOST: usize = 16 << 20;

/// Answers may use this fraction (one divided by it) of `limits.memory`.
const PART: u64 = 8;

/// The most answers that may wait for memory. An address has the same part of them as of the memory, so that behind a NAT,
/// where one address may use all of it, all of them may wait.
const WAITING: usize = 1_024;

/// The most answers of one address that may wait if its part of the memory is smaller.
const WAITING_EACH: usize = 64;

/// When to retry.
const LATER: Duration = Duration::from_secs(2);

/// The memory for the answers of a running hub. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Answers(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// How long an answer waits for its memory.
    timeout: Duration,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The most for one address, in bytes.
    each: usize,
    /// The most for all.
    most: usize,
    used: usize,
    by: HashMap<IpAddr, usize>,
    waiting: FairQueue<IpAddr, Waiting>,
}

/// An answer that waits for its memory.
#[derive(Debug)]
struct Waiting {
    bytes: usize,
    tell: oneshot::Sender<Reserved>,
}

impl Answers {
    /// Starts with [`MOST`] for every address, until [`Answers::set`] says less.
    pub(super) fn new() -> Self {
        Self::with(MOST, MOST, timeouts::TURN)
    }

    fn with(each: usize, most: usize, timeout: Duration) -> Self {
        let each = each.min(most);
        let (by, waiting) = (HashMap::new(), FairQueue::new(waiting_each(each, most), WAITING));
        let state = Mutex::new(State { each, most, used: 0, by, waiting });
        Self(Arc::new(Shared { timeout, state }))
    }

    /// Sets the limits for what is reserved from now on: `each` is the most for one address, in bytes; `ceiling`
    /// is the hub's memory limit.
    pub(super) fn set(&self, each: usize, ceiling: Option<u64>) {
        let part = ceiling.and_then(|bytes| usize::try_from(bytes / PART).ok()).unwrap_or(MOST);
        let (most, mut state) = (part.min(MOST), self.0.lock());
        (state.each, state.most) = (each.min(most), most);
        let waiting = waiting_each(state.each, most);
        state.waiting.set_each(waiting);
    }

    /// Reserves memory for an answer of at most `bytes`, when it is this address's turn.
    ///
    /// # Errors
    /// No memory is free in time, because this address or many others do not read their answers.
    pub(super) async fn reserve(&self, peer: IpAddr, bytes: usize) -> Result<Reserved, Refusal> {
        let (tell, reserved) = oneshot::channel();
        let bytes = {
            let mut state = self.0.lock();
            // A larger answer uses the whole quota.
            let bytes = bytes.min(state.each);
            drop(state.waiting.push(peer, Waiting { bytes, tell }));
            self.0.hand_out(&mut state);
            bytes
        };
        match timeout(self.0.timeout, reserved).await {
            Ok(Ok(reserved)) => Ok(reserved),
            _ if self.0.lock().is_below(peer, bytes) => Err(Refusal::HubFull(LATER)),
            _ => Err(Refusal::TooFast(LATER)),
        }
    }
}

/// How many answers of an address may wait that may use `each` of `most` bytes.
fn waiting_each(each: usize, most: usize) -> usize {
    WAITING.saturating_mul(each).checked_div(most).unwrap_or(WAITING).max(WAITING_EACH)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Gives free memory to waiting answers, address by address.
    fn hand_out(self: &Arc<Self>, state: &mut State) {
        loop {
            let State { each, most, used, by, waiting } = state;
            let next = waiting.pop_where(|peer, next: &Waiting| {
                let own = by.get(peer).copied().unwrap_or_default();
                next.tell.is_closed() || (own + next.bytes <= *each && *used + next.bytes <= *most)
            });
            let Some((peer, Waiting { bytes, tell })) = next else { return };
            if tell.is_closed() {
                continue;
            }
            state.take(peer, bytes);
            let reserved = Reserved { shared: Some(Arc::clone(self)), peer, bytes };
            if let Err(mut unwanted) = tell.send(reserved) {
                // Given back here: its drop would deadlock.
                unwanted.shared = None;
                state.give_back(peer, bytes);
            }
        }
    }
}

impl State {
    /// Whether the address may have this many bytes more within its own limit.
    fn is_below(&self, peer: IpAddr, bytes: usize) -> bool {
        self.by.get(&peer).copied().unwrap_or_default() + bytes <= self.each
    }

    fn take(&mut self, peer: IpAddr, bytes: usize) {
        self.used += bytes;
        *self.by.entry(peer).or_default() += bytes;
    }

    fn give_back(&mut self, peer: IpAddr, bytes: usize) {
        self.used -= bytes;
        if let Some(own) = self.by.get_mut(&peer) {
            *own -= bytes;
            if *own == 0 {
                self.by.remove(&peer);
            }
        }
    }
}

/// Reserved memory for one answer, freed when it is dropped.
#[derive(Debug)]
pub(super) struct Reserved {
    shared: Option<Arc<Shared>>,
    peer: IpAddr,
    bytes: usize,
}

impl Reserved {
    /// The answer's body, which holds its memory until it is written out. A client that has not read all of
    /// it in time is disconnected.
    pub(super) fn body(mut self, answer: Vec<u8>, asker: &Requester) -> Body {
        self.shrink(answer.len());
        let overdue = asker.connection.clone().map(|line| {
            let ends = tokio::spawn(async move {
                sleep(timeouts::ANSWER).await;
                line.hang_up();
            });
            AbortOnDrop(ends.abort_handle())
        });
        Body::from(Bytes::from_owner(ReservedAnswer { answer, _reserved: self, _overdue: overdue }))
    }

    /// Gives back memory beyond this many bytes.
    fn shrink(&mut self, bytes: usize) {
        let Some(shared) = self.shared.as_ref().filter(|_| bytes < self.bytes) else { return };
        let mut state = shared.lock();
        state.give_back(self.peer, self.bytes - bytes);
        self.bytes = bytes;
        shared.hand_out(&mut state);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let Some(shared) = self.shared.take() else { return };
        let mut state = shared.lock();
        state.give_back(self.peer, self.bytes);
        shared.hand_out(&mut state);
    }
}

/// An answer together with its memory.
struct ReservedAnswer {
    answer: Vec<u8>,
    _reserved: Reserved,
    _overdue: Option<AbortOnDrop>,
}

impl AsRef<[u8]> for ReservedAnswer {
    fn as_ref(&self) -> &[u8] {
        &self.answer
    }
}

/// A task that is aborted when this is dropped.
struct AbortOnDrop(AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How long a test waits for an answer that must not come.
    const SHORT: Duration = Duration::from_millis(20);
    const LONG: Duration = Duration::from_secs(20);

    fn peer(n: u8) -> IpAddr {
        IpAddr::from([127, 0, 0, n])
    }

    /// Asks for memory; the answer comes when it is polled.
    fn asks(
        answers: &Answers,
        n: u8,
        bytes: usize,
    ) -> tokio::task::JoinHandle<Result<Reserved, Refusal>> {
        let answers = answers.clone();
        tokio::spawn(async move { answers.reserve(peer(n), bytes).await })
    }

    #[tokio::test]
    async fn an_address_that_reads_nothing_delays_only_itself() {
        let answers = Answers::with(100, 300, SHORT);
        let held = answers.reserve(peer(1), 100).await.unwrap();
        let hers: Vec<_> = (0..3).map(|_| asks(&answers, 1, 60)).collect();
        let his = answers.reserve(peer(2), 60).await.expect("another address has its own share");
        for asked in hers {
            assert_eq!(asked.await.unwrap().unwrap_err(), Refusal::TooFast(LATER));
        }
        drop((held, his));
        assert_eq!(answers.0.lock().used, 0);
        assert!(answers.0.lock().by.is_empty());
        let less = Answers::new();
        less.set(1_000, Some(800));
        let state = less.0.lock();
        assert_eq!((state.each, state.most), (100, 100), "a part of what the hub may take");
    }

    /// One address asks for more answers than may wait, on tasks that all get their turn.
    async fn ask_often(answers: &Answers, bytes: usize) {
        let asked: Vec<_> = (0..2 * WAITING).map(|_| asks(answers, 1, bytes)).collect();
        for _ in asked {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn an_address_has_as_large_a_part_of_the_queue_as_of_the_memory() {
        let waiting = |each, most| async move {
            let answers = Answers::with(each, most, LONG);
            let _held = answers.reserve(peer(1), each).await.unwrap();
            ask_often(&answers, each).await;
            answers.0.lock().waiting.len()
        };
        assert_eq!(waiting(16 << 20, 16 << 20).await, WAITING, "everybody is behind one NAT");
        assert_eq!(waiting(1 << 20, 16 << 20).await, WAITING_EACH, "a phone");
        assert_eq!(waiting(1 << 10, 16 << 20).await, WAITING_EACH);
        let wider = Answers::with(1 << 20, 16 << 20, LONG);
        wider.set(16 << 20, None);
        let _held = wider.reserve(peer(1), 16 << 20).await.unwrap();
        ask_often(&wider, 1).await;
        assert_eq!(wider.0.lock().waiting.len(), WAITING, "a reload applies it");
    }

    #[tokio::test]
    async fn freed_memory_goes_to_the_waiting_callers_in_turn() {
        let answers = Answers::with(100, 100, LONG);
        let held = answers.reserve(peer(1), 100).await.unwrap();
        let hers = [asks(&answers, 1, 50), asks(&answers, 1, 50)];
        tokio::task::yield_now().await;
        let his = asks(&answers, 2, 50);
        tokio::task::yield_now().await;
        drop(held);
        let [first, second] = hers;
        let (first, his) = (first.await.unwrap().unwrap(), his.await.unwrap().unwrap());
        assert!(!second.is_finished(), "it is not their turn");
        drop(first);
        assert!(second.await.unwrap().is_ok());
        drop(his);
        assert_eq!(answers.0.lock().used, 0);
    }

    #[tokio::test]
    async fn the_hub_says_that_it_is_full_when_many_callers_read_nothing() {
        let answers = Answers::with(100, 250, SHORT);
        let _held = [answers.reserve(peer(1), 100).await, answers.reserve(peer(2), 100).await];
        let told = answers.reserve(peer(3), 100).await.unwrap_err();
        assert_eq!(told, Refusal::HubFull(LATER));
        assert!(answers.reserve(peer(3), 50).await.is_ok(), "less would fit");
    }

    #[tokio::test]
    async fn an_answer_keeps_what_it_needs_until_it_is_dropped() {
        let answers = Answers::with(100, 1_000, LONG);
        let asker = Requester { peer: peer(1), connection: None };
        let body = answers.reserve(peer(1), 1_000).await.unwrap().body(vec![0; 30], &asker);
        assert_eq!(answers.0.lock().used, 30);
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        assert_eq!((bytes.len(), answers.0.lock().used), (30, 30));
        let part = bytes.slice(10..20);
        drop(bytes);
        assert_eq!(answers.0.lock().used, 30, "a part of it is still to be written");
        drop(part);
        assert_eq!(answers.0.lock().used, 0);
    }

    #[tokio::test]
    async fn a_caller_that_goes_while_waiting_leaves_nothing_behind() {
        let answers = Answers::with(100, 1_000, LONG);
        let held = answers.reserve(peer(1), 100).await.unwrap();
        let asked = asks(&answers, 1, 100);
        tokio::task::yield_now().await;
        asked.abort();
        assert!(asked.await.is_err());
        drop(held);
        let state = answers.0.lock();
        assert_eq!((state.used, state.waiting.len()), (0, 0));
    }
}
