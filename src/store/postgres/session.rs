//! One connection of the log, with its prepared statements.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Notification, Row};

use super::calls::{Call, Param};
use super::connect::{ConnectError, Database, PLANS};
use super::statements::Statements;

/// A connection of the log.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) statements: Statements,
    pub(super) notifications: UnboundedReceiver<Notification>,
}

/// Why a round trip failed.
#[derive(Debug)]
pub(super) enum Trouble {
    /// The connection is lost, or the server does not answer. The transaction under way was not committed.
    Lost(String),
    /// The server refuses a statement: a bug, or a broken rule. The transaction is rolled back.
    Failed(Error),
    /// This run cannot continue: it was declared dead, the log has a gap, or the database went back in time.
    /// Everything has to be read again.
    Outdated(&'static str),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error.code() {
            Some(code) if code.code() == "CH001" => Self::Outdated("it was declared dead"),
            // A transaction that failed for one of these reasons is tried again.
            Some(code) if is_passing(code) => Self::Lost(error.to_string()),
            Some(_) => Self::Failed(error),
            None => Self::Lost(error.to_string()),
        }
    }
}

/// Whether the error is temporary: the server is starting or stopping, has ended the session, or lacks resources.
fn is_passing(code: &SqlState) -> bool {
    // Classes: connection exception, transaction rollback, insufficient resources, operator intervention.
    let class = code.code().get(..2).unwrap_or("");
    ["08", "40", "53", "57"].contains(&class)
        || *code == SqlState::LOCK_NOT_AVAILABLE
        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
        || *code == SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
}

impl Session {
    /// Connects and prepares the statements.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub(super) async fn open(database: &Database) -> Result<Self, ConnectError> {
        let (client, notifications) = database.connect().await?;
        let refused = |error: Error| database.refused(&error);
        client.batch_execute(PLANS).await.map_err(refused)?;
        let statements = Statements::prepare(&client).await.map_err(refused)?;
        client.batch_execute("LISTEN colahub").await.map_err(refused)?;
        Ok(Self { client, statements, notifications })
    }

    /// Takes the notifications that have come since `first`, and returns the highest position of all. `None` if one has no
    /// position.
    pub(super) fn newest_notification(&mut self, first: Option<i64>) -> Option<i64> {
        let mut newest = first;
        while let Ok(notification) = self.notifications.try_recv() {
            newest = newest.zip(settled_to(&notification)).map(|(one, other)| one.max(other));
        }
        newest
    }

    /// Runs one call.
    pub(super) async fn call(&self, call: &Call<'_>) -> Result<Vec<Row>, Error> {
        let params: Vec<&(dyn ToSql + Sync)> = call.params.iter().map(as_sql).collect();
        self.client.query(call.statement, &params).await
    }

    /// Runs statements in order, in one round trip. All answers are awaited; after an error, those of the same
    /// transaction only say that it has failed.
    pub(super) async fn together<'c>(
        &'c self,
        flight: impl IntoIterator<Item = Sent<'c>>,
    ) -> Vec<Result<Vec<Row>, Error>> {
        let run = |one| UnderWay::Running(Box::pin(self.run(one)) as Running<'c>);
        let mut under_way: Vec<UnderWay<'c>> = flight.into_iter().map(run).collect();
        // The first poll of each sends it, so they go out in this order.
        poll_fn(|cx| {
            let mut all_done = true;
            for one in &mut under_way {
                if let UnderWay::Running(running) = one {
                    match running.as_mut().poll(cx) {
                        Poll::Ready(result) => *one = UnderWay::Done(result),
                        Poll::Pending => all_done = false,
                    }
                }
            }
            if all_done { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let done = under_way.into_iter().filter_map(|one| match one {
            UnderWay::Done(result) => Some(result),
            UnderWay::Running(_) => None,
        });
        done.collect()
    }

    async fn run(&self, one: Sent<'_>) -> Result<Vec<Row>, Error> {
        match one {
            Sent::Begin => self.client.batch_execute("BEGIN").await.map(|()| Vec::new()),
            Sent::Commit => self.client.batch_execute("COMMIT").await.map(|()| Vec::new()),
            Sent::Call(call) => self.call(call).await,
        }
    }
}

/// How far the log is settled, as a hub has told. `None` if the log has to be looked at.
pub(super) fn settled_to(notification: &Notification) -> Option<i64> {
    notification.payload().parse().ok()
}

/// What is sent in a flight.
#[derive(Clone, Copy)]
pub(super) enum Sent<'c> {
    /// The beginning of a transaction. Has no rows.
    Begin,
    /// Its end. Has no rows.
    Commit,
    /// A statement.
    Call(&'c Call<'c>),
}

type Running<'c> = Pin<Box<dyn Future<Output = Result<Vec<Row>, Error>> + 'c>>;

enum UnderWay<'c> {
    Running(Running<'c>),
    Done(Result<Vec<Row>, Error>),
}

fn as_sql(param: &Param) -> &(dyn ToSql + Sync) {
    &**param
}
