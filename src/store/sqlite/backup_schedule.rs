//! Makes backups of the database on schedule, on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::domain::time::HubTime;
use crate::store::FILE;
use crate::store::health::Health;
use crate::store::sqlite::disk::space::Disk;
use crate::store::sqlite::recovery::backup::{self, BackupError, Content};
use crate::store::sqlite::sql::schema;

/// A hub without any backup makes its first one after this time.
const FIRST: Duration = Duration::from_secs(10 * 60);

/// How long to wait before a failed backup is retried.
const AGAIN: Duration = Duration::from_secs(10 * 60);

/// How often backups are made, and how many are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// The interval, in the hub's own time.
    pub every: Duration,
    /// How many backups are kept; the oldest is deleted first.
    pub keep: usize,
}

/// The backup thread. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct BackupThread {
    stop: Option<Sender<()>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl BackupThread {
    /// Starts the thread for a data folder. `base` is the hub's own time now.
    ///
    /// # Errors
    /// The kernel has no thread to give.
    pub(super) fn start(
        folder: &Path,
        schedule: Schedule,
        base: HubTime,
        health: Health,
    ) -> std::io::Result<Self> {
        let (stop, stopping) = channel::<()>();
        let stopped = Arc::new(AtomicBool::new(false));
        let task = BackupTask::new(folder, schedule, base, health, Arc::clone(&stopped));
        let work = move || {
            let mut task = task;
            while let Err(RecvTimeoutError::Timeout) = stopping.recv_timeout(task.wait()) {
                task.turn();
            }
        };
        let thread = std::thread::Builder::new().name("backup".into()).spawn(work)?;
        Ok(Self { stop: Some(stop), stopped, thread: Some(thread) })
    }
}

impl Drop for BackupThread {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that copies the database had failed");
        }
    }
}

struct BackupTask {
    folder: PathBuf,
    schedule: Schedule,
    base: HubTime,
    start: Instant,
    due: HubTime,
    health: Health,
    stopped: Arc<AtomicBool>,
    failed: bool,
}

impl BackupTask {
    fn new(
        folder: &Path,
        schedule: Schedule,
        base: HubTime,
        health: Health,
        stopped: Arc<AtomicBool>,
    ) -> Self {
        // Reported at once, before a backup is due, so that a host who checks sees it.
        if let Err(error) = backup::make_folder(folder) {
            tracing::warn!(%error, "no copies of the database can be made");
            health.set_copies(Some(error.to_string()));
        }
        let due = match newest(folder) {
            Some(copy) => copy.hub.after(schedule.every),
            None => base.after(schedule.every.min(FIRST)),
        };
        let start = Instant::now();
        let folder = folder.to_owned();
        Self { folder, schedule, base, start, due, health, stopped, failed: false }
    }

    fn now(&self) -> HubTime {
        self.base.after(self.start.elapsed())
    }

    fn wait(&self) -> Duration {
        self.due.since(self.now())
    }

    /// Makes the backup that is due.
    fn turn(&mut self) {
        let after = match self.make() {
            Ok(()) => {
                self.failed = false;
                self.health.set_copies(None);
                self.schedule.every
            }
            Err(error) => {
                if !self.failed && !self.stopped.load(Ordering::Relaxed) {
                    tracing::warn!(%error, "no copy of the database was made; it is tried again");
                }
                self.failed = true;
                self.health.set_copies(Some(error.to_string()));
                self.schedule.every.min(AGAIN)
            }
        };
        self.due = self.now().after(after);
    }

    fn make(&self) -> Result<(), BackupError> {
        let to = backup::next(&self.folder)
            .map_err(|cause| BackupError::File { to: self.folder.join(backup::FOLDER), cause })?;
        let sqlite = |cause| BackupError::Sqlite { to: to.clone(), cause };
        let mut db = schema::open_beside(&self.folder.join(FILE)).map_err(sqlite)?;
        let content = Content::of(&db).map_err(sqlite)?;
        if newest(&self.folder).is_some_and(|copy| copy.is_as_new_as(&content)) {
            return Ok(());
        }
        let file = |cause| BackupError::File { to: to.clone(), cause };
        if !Disk::of(&self.folder).has_room_for(backup::used(&db).map_err(sqlite)?) {
            return Err(file(std::io::ErrorKind::StorageFull.into()));
        }
        backup::make_folder(&self.folder)?;
        let begun = Instant::now();
        let stopped = Arc::clone(&self.stopped);
        backup::copy(&mut db, &to, move |_, _| !stopped.load(Ordering::Relaxed))?;
        backup::thin_out(&self.folder, self.schedule.keep);
        let ms = begun.elapsed().as_millis();
        tracing::info!(copy = %to.display(), ms, "the database was copied");
        Ok(())
    }
}

/// The content of the newest backup that can be read.
fn newest(folder: &Path) -> Option<Content> {
    // Where they cannot be listed, the next backup fails and says so.
    let mut copies = backup::list(folder).unwrap_or_default().into_iter();
    copies.find_map(|(_, copy)| Content::of(&backup::open(&copy).ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::health::Storage;
    use crate::store::sqlite::sql::statements::set_meta;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn task(folder: &Path, base: HubTime) -> BackupTask {
        let schedule = Schedule { every: HOUR, keep: 2 };
        BackupTask::new(folder, schedule, base, Health::new(Storage::Good, None), Arc::default())
    }

    fn room(db: &rusqlite::Connection, n: u8) {
        db.execute(
            "INSERT INTO rooms (id, code, title, namespace, capacity, created_at, created_hub, lifetime)
             VALUES (?1, ?2, '', '', 0, 0, 0, 0)",
            rusqlite::params![[n; 16], n.to_string()],
        )
        .unwrap();
    }

    #[test]
    fn copies_are_made_when_something_is_new_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let db = schema::open_writer(&folder.path().join(FILE)).unwrap();
        let numbers = || -> Vec<u32> {
            backup::list(folder.path()).unwrap().into_iter().map(|(number, _)| number).collect()
        };
        let mut task = task(folder.path(), HubTime(0));
        assert_eq!(task.due, HubTime(0).after(FIRST), "the first comes soon");
        for n in 1..=3 {
            room(&db, n);
            task.turn();
            task.turn();
        }
        assert_eq!(numbers(), [3, 2], "one for each change, two kept");
        let copies = backup::list(folder.path()).unwrap();
        assert!(copies.iter().all(|(_, copy)| backup::is_good(copy).is_ok()));
        let left: Vec<_> = std::fs::read_dir(folder.path().join(backup::FOLDER)).unwrap().collect();
        assert_eq!(left.len(), 2, "nothing else is left there");
    }

    #[test]
    fn the_schedule_goes_on_from_the_newest_copy_by_the_hubs_own_time() {
        let folder = tempfile::tempdir().unwrap();
        let db = schema::open_writer(&folder.path().join(FILE)).unwrap();
        set_meta(&db, "hub_time", 5_000).unwrap();
        room(&db, 1);
        task(folder.path(), HubTime(5_000)).turn();
        assert_eq!(task(folder.path(), HubTime(9_000)).due, HubTime(5_000).after(HOUR));
    }

    #[test]
    fn the_thread_ends_with_its_guard() {
        let folder = tempfile::tempdir().unwrap();
        let schedule = Schedule { every: HOUR, keep: 1 };
        let health = Health::new(Storage::Good, None);
        drop(BackupThread::start(folder.path(), schedule, HubTime(0), health).unwrap());
    }
}
