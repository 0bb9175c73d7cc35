//! Connects to PostgreSQL, and explains why that failed.

use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Notification};

/// Time limit of one attempt to connect.
const ATTEMPT: Duration = Duration::from_secs(3);

/// How long the kernel waits for an acknowledgement before a connection counts as lost.
const UNACKNOWLEDGED: Duration = Duration::from_secs(5);

/// The oldest server that has all that the statements need.
const OLDEST: u32 = 14;

/// The settings of every session: durable commits, whatever the server's default is, and a timeout for a session
/// whose hub stopped in the middle of a transaction, since it holds the lock that all hubs need. Sequential scans are
/// off, since every statement reads a few rows by an index, and a planner with old statistics may prefer to read the
/// whole table.
pub(super) const SETTINGS: &str = "SET search_path = colahub, pg_catalog; \
     SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '2s'; \
     SET lock_timeout = '5s'; SET enable_seqscan = off; SET enable_mergejoin = off; SET jit = off; \
     SET client_min_messages = warning";

/// Waits until all that is committed is on the server's disk and, with a synchronous standby, there, too.
pub(super) const SETTLED: &str = "SELECT settled()";

/// Further settings of the log's session: statements are planned once. The server would plan `say` and the reads of the
/// log, which have many joins, again at each call, since it takes a plan for any value to cost more. For `say` that took
/// 2 ms, while the log's lock is held. A plan for any value must not hash a whole table for a few new rows, nor set up a
/// cache for them.
pub(super) const PLANS: &str =
    "SET plan_cache_mode = force_generic_plan; SET enable_hashjoin = off; SET enable_memoize = off";

/// A database, as the configuration names it.
#[derive(Debug, Clone)]
pub struct Database {
    config: Config,
    /// How long writes wait for a database that does not answer before they are refused.
    pub patience: Duration,
}

/// Why there is no connection: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be parsed.
    #[error(
        "database.url is not the URL of a PostgreSQL database, as in postgres://colahub@10.0.0.5/colahub: {0}"
    )]
    Url(String),
    /// Nobody answers at the address.
    #[error(
        "PostgreSQL cannot be reached at {place}: {cause}; is it running, and does it listen on that address (listen_addresses)?"
    )]
    Unreachable {
        /// Host and port.
        place: String,
        /// The cause.
        cause: String,
    },
    /// The server refuses the user or the password.
    #[error(
        "PostgreSQL at {place} refuses the login: {cause}; look at the user in database.url, the password in database.password_file, and the server's pg_hba.conf"
    )]
    Login {
        /// Host and port.
        place: String,
        /// The server's message.
        cause: String,
    },
    /// There is no such database.
    #[error(
        "PostgreSQL at {place} has no such database: {cause}; make it with: createdb --owner=USER NAME"
    )]
    NoDatabase {
        /// Host and port.
        place: String,
        /// The server's message.
        cause: String,
    },
    /// The server is too old.
    #[error("PostgreSQL {found} is too old for colahub, which needs {OLDEST} or newer")]
    Old {
        /// Its version.
        found: String,
    },
    /// The schema is from a newer hub.
    #[error(
        "the database was set up by a newer colahub (schema {found}, this one knows {known}); install that version here too"
    )]
    Newer {
        /// Its version.
        found: usize,
        /// The version of this program.
        known: usize,
    },
    /// The server is starting or stopping.
    #[error("PostgreSQL at {place} is not ready: {cause}")]
    Starting {
        /// Host and port.
        place: String,
        /// The server's message.
        cause: String,
    },
    /// Another session holds the log's lock.
    #[error(
        "PostgreSQL at {place} is busy: another hub is bringing the database up to date, or writes slowly ({cause})"
    )]
    Busy {
        /// Host and port.
        place: String,
        /// The server's message.
        cause: String,
    },
    /// The server answered with an error.
    #[error("PostgreSQL at {place} could not be used: {cause}")]
    Failed {
        /// Host and port.
        place: String,
        /// The server's message.
        cause: String,
    },
}

impl ConnectError {
    /// Whether the error may be temporary, so that it is worth trying again.
    pub(super) fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Starting { .. } | Self::Busy { .. })
    }
}

impl Database {
    /// Parses a database from its URL (or libpq's `key=value` form). `password`, if given, replaces the URL's own.
    ///
    /// # Errors
    /// [`ConnectError::Url`].
    pub fn parse(
        url: &str,
        password: Option<&str>,
        patience: Duration,
    ) -> Result<Self, ConnectError> {
        let mut config: Config = url.parse().map_err(|error| ConnectError::Url(said(&error)))?;
        if config.get_hosts().is_empty() {
            return Err(ConnectError::Url("it names no host".into()));
        }
        if let Some(password) = password {
            config.password(password);
        }
        config
            .application_name("colahub")
            .connect_timeout(ATTEMPT)
            .tcp_user_timeout(UNACKNOWLEDGED)
            .keepalives_idle(UNACKNOWLEDGED);
        Ok(Self { config, patience })
    }

    /// Host and port, without the user and the password.
    #[must_use]
    pub fn place(&self) -> String {
        use tokio_postgres::config::Host;
        let ports = self.config.get_ports();
        let place = |(at, host): (usize, &Host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(host) => format!("{host}:{port}"),
                Host::Unix(path) => path.display().to_string(),
            }
        };
        let all: Vec<String> = self.config.get_hosts().iter().enumerate().map(place).collect();
        all.join(", ")
    }

    /// Connects. The receiver yields notifications, and ends with the connection.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub(super) async fn connect(
        &self,
    ) -> Result<(Client, UnboundedReceiver<Notification>), ConnectError> {
        let attempt = tokio::time::timeout(2 * ATTEMPT, self.config.connect(NoTls));
        let (client, mut connection) = match attempt.await {
            Ok(Ok(connected)) => connected,
            Ok(Err(error)) => return Err(self.refused(&error)),
            Err(_) => return Err(self.unreachable("it does not answer".into())),
        };
        let (send, notifications) = unbounded_channel();
        let pump = async move {
            loop {
                match std::future::poll_fn(|cx| connection.poll_message(cx)).await {
                    Some(Ok(AsyncMessage::Notification(notification))) => {
                        // Sessions that do not listen drop the receiver.
                        let _unheard = send.send(notification);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => break,
                }
            }
        };
        tokio::spawn(pump);
        client.batch_execute(SETTINGS).await.map_err(|error| self.refused(&error))?;
        Ok((client, notifications))
    }

    /// The oldest version is checked once, before the schema is looked at.
    pub(super) async fn check_version(&self, client: &Client) -> Result<(), ConnectError> {
        let row = client
            .query_one("SELECT current_setting('server_version')", &[])
            .await
            .map_err(|error| self.refused(&error))?;
        let found: String = row.get(0);
        let major: u32 = found.split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        if major < OLDEST { Err(ConnectError::Old { found }) } else { Ok(()) }
    }

    fn unreachable(&self, cause: String) -> ConnectError {
        ConnectError::Unreachable { place: self.place(), cause }
    }

    /// The error as a sentence.
    pub(super) fn refused(&self, error: &tokio_postgres::Error) -> ConnectError {
        let (place, cause) = (self.place(), said(error));
        let Some(code) = error.code() else {
            return ConnectError::Unreachable { place, cause };
        };
        let is_login = *code == SqlState::INVALID_PASSWORD
            || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION;
        if is_login {
            ConnectError::Login { place, cause }
        } else if code.code().starts_with("57") {
            ConnectError::Starting { place, cause }
        } else if *code == SqlState::INVALID_CATALOG_NAME {
            ConnectError::NoDatabase { place, cause }
        } else if *code == SqlState::LOCK_NOT_AVAILABLE {
            ConnectError::Busy { place, cause }
        } else {
            ConnectError::Failed { place, cause }
        }
    }
}

/// The message of the server or the kernel, without tokio-postgres' own words around it.
pub(super) fn said(error: &tokio_postgres::Error) -> String {
    use std::error::Error;
    match (error.as_db_error(), error.source()) {
        (Some(db), _) => db.message().to_owned(),
        (None, Some(source)) => source.to_string(),
        (None, None) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::postgres::migrate;
    use crate::store::tests::postgres::Postgres;

    #[test]
    fn a_url_is_parsed_and_told_without_its_password() {
        let patience = Duration::from_secs(10);
        let two =
            "postgres://colahub:secret@10.0.0.5,10.0.0.6/colahub?target_session_attrs=read-write";
        let database = Database::parse(two, None, patience).unwrap();
        assert_eq!(database.place(), "10.0.0.5:5432, 10.0.0.6:5432");
        assert!(!format!("{database:?}").contains("secret"));
        for wrong in ["colahub", "mysql://a/b", "postgres:///colahub"] {
            let error = Database::parse(wrong, None, patience).unwrap_err();
            assert!(matches!(error, ConnectError::Url(_)), "{wrong}: {error}");
        }
    }

    #[tokio::test]
    async fn a_lock_that_another_session_holds_is_worth_trying_again() {
        let Some(postgres) = Postgres::shared() else { return };
        let database = Database::parse(&postgres.database(), None, Duration::ZERO).unwrap();
        let (other, _) = database.connect().await.unwrap();
        other.batch_execute("SELECT pg_advisory_lock(hashtext('colahub.log'))").await.unwrap();
        let (client, _) = database.connect().await.unwrap();
        let brief = format!("BEGIN; SET LOCAL lock_timeout = '10ms'; {}", migrate::LOCK);
        let error = database.refused(&client.batch_execute(&brief).await.unwrap_err());
        assert!(matches!(error, ConnectError::Busy { .. }) && error.may_pass(), "{error}");
    }
}
