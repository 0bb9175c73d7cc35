//! The hub's task: feeds commands, commits and time to the decisions, and carries out their effects
//! in the order in which they were decided.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::sleep_until;

use super::channels::Channels;
use super::clock::Clock;
use super::command::{Call, Command, Output};
use super::password;
use super::passwords::{Outcome, PasswordWork, Purpose};
use super::state::{Effect, Hub, Random, Settings, Then};
use crate::domain::names::OwnNames;
use crate::domain::refusal::Refusal;
use crate::domain::text::{Namespace, Title};
use crate::store::{Completed, QUEUE_MAX, Store, Write, Writer};

/// Most events and calls that may wait for a decision. What comes beyond is refused as unavailable.
const COMMANDS_MAX: usize = 16_384;

/// From how many writes under way on the hub decides nothing new: well below what the writer's
/// queue holds, since one decision can lead to several.
const WRITES_BUSY: usize = QUEUE_MAX / 2;

/// How many steps' outputs may wait for the transport: it sets the hub's pace.
const OUTPUTS_MAX: usize = 64;

/// A cheap handle to the hub: its one ordered way in.
#[derive(Debug, Clone)]
pub struct HubHandle {
    commands: mpsc::UnboundedSender<Input>,
    waiting: Arc<Waiting>,
    clock: Clock,
    channels: Channels,
}

/// What waits, as of now.
#[derive(Debug, Default)]
struct Waiting {
    /// Events and calls to be decided.
    commands: AtomicUsize,
    /// Writes to be committed.
    writes: AtomicUsize,
}

#[derive(Debug)]
enum Input {
    Command(Command),
    Close(oneshot::Sender<()>),
}

/// What the hub starts with.
pub struct Start {
    /// What the host decided.
    pub settings: Settings,
    /// The store, just opened.
    pub store: Store<Kept>,
    /// Fresh random bytes for identifiers.
    pub random: Random,
    /// The room that is made whenever none is open to everybody, if the host wants that.
    pub first_room: Option<(Namespace, Title)>,
    /// What the hub itself is called.
    pub own_names: OwnNames,
}

/// What the hub keeps with each write until it is committed.
#[derive(Debug)]
pub struct Kept(pub(super) Then);

/// Starts the hub's task. It ends after [`HubHandle::close`], with the store closed.
pub fn start(start: Start) -> (HubHandle, mpsc::Receiver<Vec<Output>>, JoinHandle<()>) {
    let (commands, inputs) = mpsc::unbounded_channel();
    let (outputs, outbox) = mpsc::channel(OUTPUTS_MAX);
    let waiting = Arc::new(Waiting::default());
    let Start { settings, store, random, first_room, own_names } = start;
    let Store { writer, ended, past, reader: _, health: _ } = store;
    let clock = Clock::going_on(past.time, past.wall);
    let mut hub = Hub::new(settings, past, random, clock.now().hub);
    hub.own_names = own_names;
    let channels = hub.channels.clone();
    hub.stays_open(first_room, clock.now());
    let handle =
        HubHandle { commands, waiting: Arc::clone(&waiting), clock: clock.clone(), channels };
    let shell = Shell { hub, clock, writer, writing: 0, outputs, hashing: None };
    let task = tokio::spawn(run(shell, ended, inputs, waiting));
    (handle, outbox, task)
}

impl HubHandle {
    /// Submits a command; they are decided in the order of submission.
    ///
    /// Coming and going is never refused. An event or call is, where too many wait: its answer is
    /// [`Refusal::Unavailable`].
    pub fn submit(&self, command: Command) {
        let counts = matches!(command, Command::Event { .. } | Command::Call(_));
        if counts && self.waiting.commands.fetch_add(1, Ordering::Relaxed) >= COMMANDS_MAX {
            self.waiting.commands.fetch_sub(1, Ordering::Relaxed);
            if let Command::Event { reply, .. } = command {
                reply.give(Err(Refusal::Unavailable));
            }
            return;
        }
        // After the hub has ended nobody is left to be told: the transports are closing too.
        let _ended = self.commands.send(Input::Command(command));
    }

    /// Asks for something and waits for the answer.
    ///
    /// # Errors
    /// What the hub refused; [`Refusal::Unavailable`] where it is overloaded or has ended.
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

    /// The namespaces in which a room lives.
    #[must_use]
    pub fn channels(&self) -> &Channels {
        &self.channels
    }

    /// The hub's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Lets the hub finish what was submitted, commit it, and close the store.
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
    writer: Writer<Kept>,
    /// Writes that were submitted and have not come back.
    writing: usize,
    outputs: mpsc::Sender<Vec<Output>>,
    /// The password that Argon2 is at. One at a time: each takes 19 MiB and, on a small board, a second
    /// of one core.
    hashing: Option<Hashing>,
}

/// What a password is for while Argon2 is at it, and what it will have found.
struct Hashing {
    purpose: Purpose,
    outcome: JoinHandle<Outcome>,
}

async fn run(
    mut shell: Shell,
    mut ended: mpsc::UnboundedReceiver<Vec<Completed<Kept>>>,
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
            batch = ended.recv() => {
                // The writing thread has failed: without it the hub can promise nothing.
                let Some(batch) = batch else { break };
                shell.writing -= batch.len();
                for (Kept(then), result) in batch {
                    let now = shell.clock.now();
                    shell.hub.ended((then, result), now);
                }
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
    /// What one step led to, for a commit all that was committed together, leaves together.
    async fn carry_out(&mut self) {
        let mut outputs = Vec::new();
        while let Some(effect) = self.hub.effects.pop_front() {
            match effect {
                Effect::Output(output) => outputs.push(output),
                Effect::Write(write, then) => self.write(write, then),
            }
        }
        if self.hashing.is_none() {
            self.hashing = self.hub.next_password().map(Hashing::start);
        }
        if !outputs.is_empty() {
            // The transport has ended before us only in a shutdown.
            let _ended = self.outputs.send(outputs).await;
        }
    }

    fn write(&mut self, write: Write, then: Then) {
        match self.writer.submit(write, Kept(then)) {
            Ok(()) => self.writing += 1,
            Err(Kept(then)) => {
                let now = self.clock.now();
                self.hub.ended((then, Err(Refusal::Unavailable)), now);
            }
        }
    }

    fn password_done(&mut self, outcome: Outcome) {
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

/// What Argon2 finds; never where it is idle.
async fn found(hashing: &mut Option<Hashing>) -> Outcome {
    match hashing {
        Some(hashing) => (&mut hashing.outcome).await.unwrap_or(Outcome::Failed),
        None => std::future::pending().await,
    }
}
