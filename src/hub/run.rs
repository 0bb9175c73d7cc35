//! The hub's task: passes commands, commits and time to the decisions, and carries out their effects in
//! order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep_until;

use super::channels::Channels;
use super::clock::{Clock, RememberedTime};
use super::command::{Call, Command, Output};
use super::configure::ChatConfig;
use super::event::OnEvent;
use super::password;
use super::passwords::{PasswordResult, PasswordWork, Purpose};
use super::state::{Effect, Hub, Random, Then};
use crate::domain::refusal::Refusal;
use crate::store::{QUEUE_MAX, Report, Store, Write, Writer};

/// The most commands that may wait for a decision. More are refused with [`Refusal::Unavailable`].
const COMMANDS_MAX: usize = 16_384;

/// While this many writes are under way the hub decides nothing new. It is well below the length of the writer's queue,
/// since a decision can lead to several writes.
const WRITES_BUSY: usize = QUEUE_MAX / 2;

/// The outputs of how many steps may wait for the transport. A full queue makes the hub wait (backpressure).
const OUTPUTS_MAX: usize = 64;

/// A handle to the hub, cheap to clone. All commands go through it, in order.
#[derive(Debug, Clone)]
pub struct HubHandle {
    commands: mpsc::UnboundedSender<Input>,
    waiting: Arc<Waiting>,
    clock: Clock,
    channels: Channels,
}

/// The lengths of the queues.
#[derive(Debug, Default)]
struct Waiting {
    /// Commands that wait for a decision.
    commands: AtomicUsize,
    /// Writes that wait for their commit.
    writes: AtomicUsize,
}

#[derive(Debug)]
enum Input {
    Command(Command),
    Close(oneshot::Sender<()>),
}

/// What the hub needs to start.
pub struct Start {
    /// The settings from the configuration.
    pub configuration: ChatConfig,
    /// The opened store.
    pub store: Store<WriteContext>,
    /// Returns random bytes, for ids.
    pub random: Random,
    /// Told of the event's settings when they have changed.
    pub on_event: OnEvent,
    /// Where the time that a host has set is stored. `None` if the store is shared.
    pub remembered: Option<RememberedTime>,
}

/// The context that the hub keeps with each write until the write is committed.
#[derive(Debug)]
pub struct WriteContext(pub(super) Then);

/// Starts the hub's task. It ends after [`HubHandle::close`], with the store closed.
pub fn start(start: Start) -> (HubHandle, mpsc::Receiver<Vec<Output>>, JoinHandle<()>) {
    let (commands, inputs) = mpsc::unbounded_channel();
    let (outputs, outbox) = mpsc::channel(OUTPUTS_MAX);
    let waiting = Arc::new(Waiting::default());
    let Start { configuration, store, random, on_event, remembered } = start;
    let ChatConfig { settings, first_room, own_names } = configuration;
    let Store { writer, reports, past, reader: _, health: _ } = store;
    let clock = Clock::going_on(past.time, past.wall, remembered);
    let mut hub = Hub::new(settings, past, random, clock.now().hub);
    hub.own_names = own_names;
    let channels = hub.channels.clone();
    hub.stays_open(first_room, clock.now());
    let handle =
        HubHandle { commands, waiting: Arc::clone(&waiting), clock: clock.clone(), channels };
    let shell = Shell { hub, clock, writer, writing: 0, outputs, on_event, hashing: None };
    let task = tokio::spawn(run(shell, reports, inputs, waiting));
    (handle, outbox, task)
}

impl HubHandle {
    /// Submits a command. Commands are decided in the order of submission.
    ///
    /// `Connected`, `Gone` and `Configure` are never refused. Events and calls are answered with
    /// [`Refusal::Unavailable`] if too many commands wait.
    pub fn submit(&self, command: Command) {
        let counts = matches!(command, Command::Event { .. } | Command::Call(_));
        if counts && self.waiting.commands.fetch_add(1, Ordering::Relaxed) >= COMMANDS_MAX {
            self.waiting.commands.fetch_sub(1, Ordering::Relaxed);
            if let Command::Event { reply, .. } = command {
                reply.give(Err(Refusal::Unavailable));
            }
            return;
        }
        // Once the hub has ended, the transports are closing, too, so a lost command does not matter.
        let _ended = self.commands.send(Input::Command(command));
    }

    /// Sends a call and waits for the answer.
    ///
    /// # Errors
    /// The hub's refusal; [`Refusal::Unavailable`] if it is overloaded or has ended.
    pub async fn call<T>(
        &self,
        ask: impl FnOnce(oneshot::Sender<Result<T, Refusal>>) -> Call,
    ) -> Result<T, Refusal> {
        let (tell, told) = oneshot::channel();
        self.submit(Command::Call(ask(tell)));
        told.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// How many commands wait for a decision, and how many writes for their commit.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        let Waiting { commands, writes } = &*self.waiting;
        (commands.load(Ordering::Relaxed), writes.load(Ordering::Relaxed))
    }

    /// The namespaces that have a living room.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The hub's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Closes the hub: it decides and commits everything that was submitted, and closes the store.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.commands.send(Input::Close(done)).is_ok() {
            let _ended = closed.await;
        }
    }
}

struct Shell {
    hub: Hub,
    clock: Clock,
    writer: Writer<WriteContext>,
    /// How many writes are under way.
    writing: usize,
    outputs: mpsc::Sender<Vec<Output>>,
    on_event: OnEvent,
    /// The password that Argon2 is working on. One at a time: each takes 19 MiB and, on a small board, a
    /// second of one core.
    hashing: Option<Hashing>,
}

/// The password's purpose, and the pending result.
struct Hashing {
    purpose: Purpose,
    outcome: JoinHandle<PasswordResult>,
}

async fn run(
    mut shell: Shell,
    mut reports: mpsc::UnboundedReceiver<Report<WriteContext>>,
    mut inputs: mpsc::UnboundedReceiver<Input>,
    waiting: Arc<Waiting>,
) {
    shell.carry_out().await;

    let mut closing = None;
    while closing.is_none() || shell.writing > 0 {
        let due = shell.hub.next_due().map(|due| shell.clock.instant(due));
        let timer = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        let may_decide = closing.is_none() && shell.writing < WRITES_BUSY;
        tokio::select! {
            biased;
            report = reports.recv() => {
                // The writer's thread has failed: without it the hub can commit nothing.
                let Some(report) = report else { break };
                shell.take(report);
            }
            outcome = found(&mut shell.hashing) => shell.password_done(outcome),
            input = inputs.recv(), if may_decide => match input {
                Some(Input::Command(command)) => {
                    if matches!(command, Command::Event { .. } | Command::Call(_)) {
                        waiting.commands.fetch_sub(1, Ordering::Relaxed);
                    }
                    let now = shell.clock.now();
                    shell.hub.command(command, now);
                }
                Some(Input::Close(done)) => {
                    let now = shell.clock.now();
                    shell.hub.write(Write::Mark(now), Then::Nothing);
                    closing = Some(done);
                }
                None => break,
            },
            () = timer, if closing.is_none() => {
                let now = shell.clock.now();
                shell.hub.tick(now);
            }
        }
        shell.carry_out().await;
        waiting.writes.store(shell.writing, Ordering::Relaxed);
    }
    let closed = tokio::task::spawn_blocking(move || shell.writer.close()).await;
    if closed.is_err() {
        tracing::error!("the store did not close");
    }
    if let Some(done) = closing {
        let _gone = done.send(());
    }
}

impl Shell {
    /// Carries out the effects of a step. Its outputs are sent together; after a commit, those of the whole batch.
    async fn carry_out(&mut self) {
        let mut outputs = Vec::new();
        while let Some(effect) = self.hub.effects.pop_front() {
            match effect {
                Effect::Output(output) => outputs.push(output),
                Effect::Write(write, then) => self.write(write, then),
                Effect::Event(settings, tell) => {
                    (self.on_event)(settings);
                    if let Some(tell) = tell {
                        drop(tell.send(Ok(())));
                    }
                }
                Effect::Typing(room, chatter, is_typing) => {
                    self.writer.show_typing(room, chatter, is_typing);
                }
            }
        }
        if self.hashing.is_none() {
            self.hashing = self.hub.next_password().map(Hashing::start);
        }
        if !outputs.is_empty() {
            // The transport ends before the hub only in a shutdown.
            let _ended = self.outputs.send(outputs).await;
        }
    }

    fn take(&mut self, report: Report<WriteContext>) {
        match report {
            Report::Completed(batch) => {
                self.writing -= batch.len();
                for (WriteContext(then), result) in batch {
                    let now = self.clock.now();
                    self.hub.ended((then, result), now);
                }
            }
            Report::Changes(changes) => {
                for change in changes {
                    let now = self.clock.now();
                    self.hub.changed(change, now);
                }
            }
            Report::Time(time) => self.clock.follow(time),
        }
    }

    fn write(&mut self, write: Write, then: Then) {
        match self.writer.submit(write, WriteContext(then)) {
            Ok(()) => self.writing += 1,
            Err(WriteContext(then)) => {
                let now = self.clock.now();
                self.hub.ended((then, Err(Refusal::Unavailable)), now);
            }
        }
    }

    fn password_done(&mut self, outcome: PasswordResult) {
        if let Some(Hashing { purpose, .. }) = self.hashing.take() {
            let now = self.clock.now();
            self.hub.password_done(purpose, outcome, now);
        }
    }
}

impl Hashing {
    fn start(PasswordWork { job, purpose }: PasswordWork) -> Self {
        Self { purpose, outcome: tokio::task::spawn_blocking(move || password::run(&job)) }
    }
}

/// Waits for Argon2's result; never returns if no password is being hashed.
async fn found(hashing: &mut Option<Hashing>) -> PasswordResult {
    match hashing {
        Some(hashing) => (&mut hashing.outcome).await.unwrap_or(PasswordResult::Failed),
        None => std::future::pending().await,
    }
}
