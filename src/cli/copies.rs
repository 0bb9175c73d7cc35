//! `colahub backup` and `colahub restore`.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;

use super::FileArg;
use crate::config::{self, Config, Flag, Sources};
use crate::domain::ids::HubId;
use crate::server::Lock;
use crate::store::{self, Restored};

/// The arguments of `backup` and `restore`.
#[derive(Debug, Args)]
pub(super) struct CopyArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the database [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// The copy
    #[arg(value_name = "FILE")]
    copy: PathBuf,
}

impl CopyArgs {
    fn load(self) -> anyhow::Result<(Config, PathBuf)> {
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        let flags = data_dir.into_iter().collect();
        let sources = Sources { flags, ..self.file.into_sources() };
        Ok((config::load(sources)?.config, self.copy))
    }
}

/// Copies the database. A hub may be running and writing to it.
pub(super) fn back_up(args: CopyArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let (config, copy) = args.load()?;
    not_shared(&config, "pg_dump --format=custom --schema=colahub --file=FILE DATABASE")?;
    store::back_up(&config.data_dir, &copy, progress("copying"))?;
    end_of_progress();
    writeln!(out, "{} holds the database as it is now", copy.display())?;
    Ok(())
}

/// Replaces the database by a copy. No hub may be running on it.
pub(super) fn restore(args: CopyArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let (config, copy) = args.load()?;
    not_shared(&config, "pg_restore --clean --if-exists --dbname=DATABASE FILE")?;
    let _lock =
        Lock::take(&config.data_dir).context("a copy is put back while the hub is stopped")?;
    let mut fresh = [0; 16];
    getrandom::fill(&mut fresh).context("the system gives no randomness")?;
    let fresh = HubId::from_random(fresh);
    let Restored { kept_as, left_out, mended, extra } =
        store::restore(&config.data_dir, &copy, fresh, progress("putting back"))?;
    end_of_progress();
    writeln!(out, "the hub goes on from {} at its next start", copy.display())?;
    if left_out + mended > 0 {
        writeln!(out, "no hub writes such rows: {left_out} were left out, {mended} were changed")?;
    }
    if !extra.is_empty() {
        writeln!(out, "no hub makes these, and they were left out: {}", extra.join(", "))?;
    }
    if let Some(kept) = kept_as {
        let kept = config.data_dir.join(kept);
        writeln!(out, "the database that was there is kept as {}", kept.display())?;
    }
    Ok(())
}

/// Refuses a configuration with a shared database, which is not in the data folder: PostgreSQL's own tools copy it.
fn not_shared(config: &Config, instead: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        config.database_url.is_none(),
        "the database is a PostgreSQL that several hubs share; its own tools do this: {instead} \
         (docs/several-hubs.md has the details)"
    );
    Ok(())
}

/// Shows progress in percent, if standard error is a terminal.
pub(super) fn progress(doing: &'static str) -> impl FnMut(u64, u64) + Send + 'static {
    let mut shown = None;
    move |written, total| {
        let percent = (written.saturating_mul(100) / total.max(1)).min(100);
        if io::stderr().is_terminal() && shown != Some(percent) {
            shown = Some(percent);
            // If the terminal is gone, nobody reads the progress.
            let _gone = write!(io::stderr(), "\r{doing}: {percent} %");
        }
    }
}

pub(super) fn end_of_progress() {
    if io::stderr().is_terminal() {
        let _gone = write!(io::stderr(), "\r\x1b[K");
    }
}
