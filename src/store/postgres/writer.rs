//! The thread of the log, with a runtime of its own, so that it does not block the event loop.

use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{Sender, UnboundedReceiver, channel, unbounded_channel};

use super::HubRun;
use super::connect::{ConnectError, Database};
use super::session::Session;
use super::task::LogTask;
use super::{migrate, past, typing};
use crate::domain::ids::{ChatterId, Epoch, RoomId};
use crate::store::batch::Job;
use crate::store::change::Report;
use crate::store::write::Write;
use crate::store::writer::QUEUE_MAX;
use crate::store::{Health, Past};

/// The pause between attempts to connect for the first time.
const AGAIN: Duration = Duration::from_millis(250);

/// The handle to the thread.
#[derive(Debug)]
pub(in crate::store) struct Writer<C> {
    queue: Sender<Job<C>>,
    typing: Sender<typing::Typing>,
    thread: JoinHandle<()>,
}

type Opened<C> = (UnboundedReceiver<Report<C>>, Past);

impl<C: Send + 'static> Writer<C> {
    /// Connects, and starts the thread.
    pub(super) fn start(
        database: Database,
        hub: HubRun,
        health: Health,
    ) -> Result<(Self, UnboundedReceiver<Report<C>>, Past), ConnectError> {
        let (queue, jobs) = channel(QUEUE_MAX);
        let (typing, typed) = channel(typing::QUEUE_MAX);
        let (opened, is_open) = std::sync::mpsc::channel::<Result<Opened<C>, ConnectError>>();
        let failed = |cause: std::io::Error| ConnectError::Failed {
            place: "this board".into(),
            cause: format!("the system gives no thread: {cause}"),
        };
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => return drop(opened.send(Err(failed(error)))),
            };
            runtime.block_on(async move {
                let (reports, receiver) = unbounded_channel();
                let begun = begin(&database, &hub).await;
                let (session, past, epoch, place) = match begun {
                    Ok(begun) => begun,
                    Err(error) => return drop(opened.send(Err(error))),
                };
                let typing = typing::Task::new(database.clone(), hub.run, reports.clone());
                tokio::spawn(typing.run(typed));
                if opened.send(Ok((receiver, past))).is_err() {
                    return;
                }
                LogTask::new(database, (hub, epoch, place), session, reports, health)
                    .run(jobs)
                    .await;
            });
        };
        let thread = std::thread::Builder::new().name("log".into()).spawn(run).map_err(failed)?;
        let gone = |_| ConnectError::Failed {
            place: "this board".into(),
            cause: "the thread of the log failed".into(),
        };
        let (reports, past) = is_open.recv().map_err(gone)??;
        Ok((Self { queue, typing, thread }, reports, past))
    }

    pub(in crate::store) fn submit(&self, write: Write, context: C) -> Result<(), C> {
        use tokio::sync::mpsc::error::TrySendError;
        self.queue.try_send(Box::new((write, context))).map_err(|error| match error {
            TrySendError::Full(job) | TrySendError::Closed(job) => job.1,
        })
    }

    pub(in crate::store) fn show_typing(&self, room: RoomId, chatter: ChatterId, is_typing: bool) {
        // An indicator may be lost, for example if the queue is full.
        let _lost = self.typing.try_send(typing::Typing { room, chatter, is_typing });
    }

    /// Has the thread finish its queue, end its run and end. Blocks.
    pub(in crate::store) fn close(self) {
        drop((self.queue, self.typing));
        if self.thread.join().is_err() {
            tracing::error!("the thread of the log had failed before the shutdown");
        }
    }
}

/// Begins the run. A database that is still starting, as after a power cut, is waited for up to `patience`; one that
/// another hub keeps busy, as while it migrates a large one, for as long as that takes.
async fn begin(
    database: &Database,
    hub: &HubRun,
) -> Result<(Session, Past, Epoch, i64), ConnectError> {
    let until = Instant::now() + database.patience;
    let mut is_told = false;
    loop {
        match begin_now(database, hub).await {
            Err(error)
                if error.may_pass()
                    && (Instant::now() < until || matches!(error, ConnectError::Busy { .. })) =>
            {
                if !is_told {
                    tracing::warn!("{error}; it is tried again");
                }
                is_told = true;
                tokio::time::sleep(AGAIN).await;
            }
            ended => return ended,
        }
    }
}

async fn begin_now(
    database: &Database,
    hub: &HubRun,
) -> Result<(Session, Past, Epoch, i64), ConnectError> {
    let (mut client, _) = database.connect().await?;
    database.check_version(&client).await?;
    migrate::migrate(database, &mut client, hub).await?;
    let session = Session::open(database).await?;
    let (past, epoch, place) = past::begin(database, &mut client, hub).await?;
    Ok((session, past, epoch, place))
}
