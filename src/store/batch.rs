//! Collects the writes of one transaction.
//!
//! Each commit costs an fsync and whole pages, however little it contains. A single write is committed at once; if
//! several arrive together, the writer waits a little for more.

use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use crate::store::write::Write;

/// The most writes in one transaction: a slow card commits them well within a second.
const BATCH_MAX: usize = 512;

/// How long maintenance waits for a moment without writes before it runs anyway.
const OVERDUE: Duration = Duration::from_secs(5);

/// A write, and the context that its sender gets back with the result. Boxed, because the queue preallocates its
/// slots.
pub(super) type Job<C> = Box<(Write, C)>;

/// The writer's next step.
pub(super) enum Next<C> {
    /// Commit these writes.
    Batch(Vec<Job<C>>),
    /// Nothing: there is time for maintenance.
    Idle,
    /// Stop: all senders are gone.
    End,
}

/// Collects batches.
#[derive(Debug)]
pub(super) struct BatchCollector {
    window: Duration,
    /// Whether the last batch had several writes in it.
    busy: bool,
}

impl BatchCollector {
    /// `window` is how long to wait for more writes when busy.
    pub(super) fn new(window: Duration) -> Self {
        Self { window, busy: false }
    }

    /// Waits for the next batch until `idle`.
    pub(super) fn next<C>(&mut self, jobs: &Receiver<Job<C>>, idle: Instant) -> Next<C> {
        let now = Instant::now();
        if now > idle + OVERDUE {
            return Next::Idle;
        }
        // A write that is queued already arrived during the last commit: the writer is busy.
        let (first, waited) = match jobs.try_recv() {
            Ok(job) => (job, true),
            Err(TryRecvError::Disconnected) => return Next::End,
            Err(TryRecvError::Empty) => {
                match jobs.recv_timeout(idle.saturating_duration_since(now)) {
                    Ok(job) => (job, false),
                    Err(RecvTimeoutError::Timeout) => return Next::Idle,
                    Err(RecvTimeoutError::Disconnected) => return Next::End,
                }
            }
        };
        let mut batch = vec![first];
        batch.extend(jobs.try_iter().take(BATCH_MAX - 1));
        if self.waits(waited, &batch) {
            self.wait_for_more(jobs, &mut batch);
        }
        self.busy = writes(&batch) > 1;
        Next::Batch(batch)
    }

    fn waits<C>(&self, waited: bool, batch: &[Job<C>]) -> bool {
        match writes(batch) {
            0 => false,
            1 => self.busy || waited,
            _ => true,
        }
    }

    fn wait_for_more<C>(&self, jobs: &Receiver<Job<C>>, batch: &mut Vec<Job<C>>) {
        let mut now = Instant::now();
        let until = now + self.window;
        while batch.len() < BATCH_MAX {
            // Gives up after half the window without a write.
            let wait = (self.window / 2).min(until.saturating_duration_since(now));
            let next = jobs.recv_timeout(wait);
            now = Instant::now();
            match next {
                Ok(job) => batch.push(job),
                // Disconnected: the batch is still committed.
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

fn writes<C>(batch: &[Job<C>]) -> usize {
    batch.iter().filter(|job| !matches!(job.0, Write::Ping)).count()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;
    use crate::domain::time::{HubTime, WallTime};
    use crate::store::Moment;

    /// So long that a test that waits for it does not end.
    const LONG: Duration = Duration::from_secs(60);

    fn mark(n: u64) -> Job<u64> {
        Box::new((Write::Mark(Moment { hub: HubTime(n), wall: WallTime(0) }), n))
    }

    fn later() -> Instant {
        Instant::now() + LONG
    }

    fn batch(next: Next<u64>) -> Vec<u64> {
        match next {
            Next::Batch(batch) => batch.into_iter().map(|job| job.1).collect(),
            Next::Idle => panic!("idle"),
            Next::End => panic!("the end"),
        }
    }

    #[test]
    fn a_single_write_does_not_wait_for_more() {
        let quiet = BatchCollector::new(LONG);
        let busy = BatchCollector { busy: true, ..BatchCollector::new(LONG) };
        assert!(!quiet.waits(false, &[mark(1)]), "alone");
        assert!(quiet.waits(true, &[mark(1)]), "it came during a commit");
        assert!(quiet.waits(false, &[mark(1), mark(2)]));
        assert!(busy.waits(false, &[mark(1)]), "others came with the one before");
        assert!(
            !busy.waits(true, &[Box::new((Write::Ping, 1))]),
            "who asks whether we are there waits for nobody"
        );
    }

    #[test]
    fn writes_are_collected_until_the_batch_is_full() {
        let (send, jobs) = sync_channel(2 * BATCH_MAX);
        for n in 0..=BATCH_MAX as u64 {
            send.send(mark(n)).unwrap();
        }
        let mut gather = BatchCollector::new(LONG);
        assert_eq!(batch(gather.next(&jobs, later())).len(), BATCH_MAX);
        assert!(gather.busy);
    }

    #[test]
    fn writes_submitted_before_the_end_are_still_committed() {
        let (send, jobs) = sync_channel(8);
        send.send(mark(1)).unwrap();
        drop(send);
        let mut gather = BatchCollector::new(LONG);
        assert_eq!(batch(gather.next(&jobs, later())), [1]);
        assert!(matches!(gather.next(&jobs, later()), Next::End));
    }

    #[test]
    fn maintenance_runs_in_a_quiet_moment_and_when_it_is_overdue() {
        let (send, jobs) = sync_channel(8);
        let mut gather = BatchCollector::new(Duration::ZERO);
        assert!(matches!(gather.next(&jobs, Instant::now()), Next::Idle));
        send.send(mark(1)).unwrap();
        let due = Instant::now();
        assert_eq!(batch(gather.next(&jobs, due)), [1], "writes go first");
        send.send(mark(2)).unwrap();
        let Some(long_ago) = due.checked_sub(2 * OVERDUE) else { return };
        assert!(matches!(gather.next(&jobs, long_ago), Next::Idle));
    }
}
