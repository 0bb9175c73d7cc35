//! Leases: each run of a hub sends heartbeats. A run without one is ended, and its people leave.

use std::time::{Duration, Instant};

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::batch::Cursor;
use super::calls::NAME;
use super::rows;
use super::session::{Session, Trouble};
use super::{DEAD_AFTER, HubRun, KEPT, Settings};
use crate::domain::message::Alert;
use crate::domain::text::Nickname;
use crate::domain::time::HubTime;
use crate::domain::words;
use crate::store::health::SharedHub;

/// How often a run sends a heartbeat.
const BEAT: Duration = Duration::from_secs(1);

/// A number that stands for itself in a notice about several people.
const MANY: u32 = 4_294_967_295;

/// The answer to a heartbeat.
pub(super) struct Beat {
    /// The hubs' time.
    pub(super) time: HubTime,
    /// The running hubs.
    pub(super) hubs: Vec<SharedHub>,
    /// How long the round trip took.
    pub(super) round_trip: Duration,
}

/// After a pause of this length between its own heartbeats, a run cannot judge the others: the database may have been
/// away for all of them.
const PAUSE: Duration = Duration::from_millis(2_500);

/// Schedules the heartbeats of this run.
#[derive(Debug)]
pub(super) struct Turn {
    due: Instant,
    /// When the last one was sent.
    last: Option<Instant>,
    /// Since when they have been sent without a pause.
    steady: Instant,
    /// This hub's settings as the other hubs were told them last.
    told: Option<String>,
    /// The hubs whose settings were found to differ, as they were logged last.
    differing: Vec<SharedHub>,
}

impl Default for Turn {
    fn default() -> Self {
        let now = Instant::now();
        Self { due: now, last: None, steady: now, told: None, differing: Vec::new() }
    }
}

impl Turn {
    /// When the next one is due.
    pub(super) fn next(&self) -> Instant {
        self.due
    }

    /// Whether one is due.
    pub(super) fn is_due(&self) -> bool {
        Instant::now() >= self.due
    }

    /// Notes that the connection was lost.
    pub(super) fn lost(&mut self) {
        self.last = None;
        self.told = None;
    }

    /// How long another run may have sent no heartbeat; `None` if it cannot be judged. While the database is away no
    /// run can send one, so the time begins again when it is back.
    fn dead_after(&mut self, now: Instant) -> Option<Duration> {
        if self.last.is_none_or(|last| now.duration_since(last) > PAUSE) {
            self.steady = now;
        }
        self.last = Some(now);
        (now.duration_since(self.steady) > DEAD_AFTER).then_some(DEAD_AFTER)
    }

    /// Sends a heartbeat and ends the runs that send none.
    ///
    /// # Errors
    /// The connection is lost, or this run has been ended.
    pub(super) async fn take(
        &mut self,
        session: &Session,
        hub: &HubRun,
        cursor: Cursor,
    ) -> Result<Beat, Trouble> {
        let begun = Instant::now();
        self.due = begun + BEAT;
        let statements = &session.statements;
        let beat = session.client.query_opt(&statements.beat, &[&hub.run.0, &cursor.place]).await?;
        let Some(row) = beat else {
            return Err(Trouble::Outdated("it was declared dead"));
        };
        let round_trip = begun.elapsed();
        let own = hub.settings.now();
        self.tell(session, hub, &own).await?;
        let found = session.client.query(&statements.hubs, &[]).await?;
        let hub_of = |row: &Row| {
            let settings: Option<String> = row.try_get(2)?;
            let differs = settings.map_or_else(Vec::new, |settings| differing(&own, &settings));
            Ok(SharedHub { name: row.try_get(0)?, url: row.try_get(1)?, differs })
        };
        let hubs = found.iter().map(hub_of).collect::<Result<Vec<_>, rows::RowError>>()?;
        self.warn(&hubs);
        let name = Nickname::trusted(NAME.to_owned());
        let note = words::alert(hub.language, &Alert::Left(1), &name);
        let many = words::alert(hub.language, &Alert::Left(MANY), &name);
        let many = many.replace(&MANY.to_string(), NAME);
        let ms = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(NEVER);
        let dead_after = self.dead_after(Instant::now()).map_or(NEVER, ms);
        // Its changes are read like those of another hub.
        session.client.batch_execute("BEGIN").await?;
        session.client.query(&statements.lock, &[]).await?;
        let ended = session
            .client
            .query(&statements.sweep, &[&dead_after, &ms(KEPT), &note, &many])
            .await?;
        // The new end of the log belongs to no batch, so the hubs have to be woken up here.
        session.client.query(&statements.wake, &[]).await?;
        session.client.batch_execute("COMMIT").await?;
        for _ in &ended {
            tracing::warn!("a hub gave no sign of life; its people keep their places for a while");
        }
        Ok(Beat { time: rows::hub_time(row.try_get(0)?), hubs, round_trip })
    }

    /// Tells the other hubs this hub's settings, if they have changed.
    async fn tell(
        &mut self,
        session: &Session,
        hub: &HubRun,
        own: &Settings,
    ) -> Result<(), Trouble> {
        let settings = serde_json::json!(own).to_string();
        if self.told.as_ref() != Some(&settings) {
            let told = [&hub.run.0 as &(dyn ToSql + Sync), &settings];
            session.client.execute(&session.statements.tell_settings, &told).await?;
            self.told = Some(settings);
        }
        Ok(())
    }

    /// Logs which hubs have other settings, if that has changed.
    fn warn(&mut self, hubs: &[SharedHub]) {
        let differing: Vec<_> = hubs.iter().filter(|hub| !hub.differs.is_empty()).collect();
        for hub in differing.iter().filter(|hub| !self.differing.contains(hub)) {
            tracing::warn!(
                "the hub {} has other settings than this one ({}); set them alike on all hubs",
                hub.name,
                hub.differs.join(", ")
            );
        }
        self.differing = differing.into_iter().cloned().collect();
    }
}

/// The keys of this hub's settings that another hub has otherwise. A key that only one of them knows is of another
/// version.
fn differing(own: &Settings, other: &str) -> Vec<String> {
    let other: Settings = serde_json::from_str(other).unwrap_or_default();
    let differs =
        |(key, value): &(&String, &String)| other.get(*key).is_some_and(|other| other != *value);
    own.iter().filter(differs).map(|(key, _)| key.clone()).collect()
}

/// More milliseconds than any run can have been silent for.
const NEVER: i64 = i64::MAX / 2;

/// Ends this run: its people keep their places while they go to another hub.
pub(super) async fn end(session: Option<&Session>, hub: &HubRun) {
    let Some(session) = session else { return };
    let kept = i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX);
    let run = [&hub.run.0 as &(dyn ToSql + Sync), &kept];
    let ended = session.client.execute("SELECT end_run($1, $2)", &run);
    if !matches!(tokio::time::timeout(Duration::from_secs(2), ended).await, Ok(Ok(_))) {
        tracing::warn!("this run could not be ended; the other hubs notice in some seconds");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_declared_dead_for_the_time_that_the_database_was_away() {
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let mut turn = Turn { due: begun, last: None, steady: begun, ..Turn::default() };
        let judged = |turn: &mut Turn, from, to| {
            (from..=to).map(|second| turn.dead_after(at(second)).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(judged(&mut turn, 0, 6), [false, false, false, false, false, false, true]);
        turn.lost();
        assert_eq!(turn.dead_after(at(7)), None, "the connection is new");
        assert_eq!(judged(&mut turn, 8, 13).last(), Some(&true));
        assert_eq!(turn.dead_after(at(20)), None, "this run was frozen, or the database was");
        assert_eq!(judged(&mut turn, 21, 26).last(), Some(&true));
    }
}
