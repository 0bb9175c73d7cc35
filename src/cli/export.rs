//! `colahub export`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::FileArg;
use super::copies::{end_of_progress, progress};
use crate::config::{self, Config, Flag, Sources};
use crate::export::{Exported, PageStyle, UtcOffset, export_to_file, note};
use crate::server;

/// The arguments of `export`.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the database [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// The offset from UTC at which times are shown, as +09:00
    #[arg(long, value_name = "OFFSET", default_value_t, allow_hyphen_values = true)]
    utc_offset: UtcOffset,
    /// The zip
    #[arg(value_name = "FILE")]
    zip: PathBuf,
}

/// Writes everything that was said to a zip. A hub may be running.
pub(super) fn export(args: ExportArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let data_dir = args.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
    let sources = Sources { flags: data_dir.into_iter().collect(), ..args.file.into_sources() };
    let config = config::load(sources)?.config;
    let Exported { rooms, messages, sha256, .. } = written(&config, &args.zip, args.utc_offset)?;
    writeln!(out, "{} holds {messages} messages of {rooms} rooms", args.zip.display())?;
    writeln!(out, "SHA-256 {sha256}")?;
    Ok(())
}

/// Exports to a file.
///
/// # Errors
/// A sentence for the host. No file has the name then.
fn written(config: &Config, zip: &Path, zone: UtcOffset) -> anyhow::Result<Exported> {
    let source = server::source(config)?;
    let style = PageStyle { language: config.language, zone };
    let exported = export_to_file(&source, zip, style, progress("exporting"));
    end_of_progress();
    let exported = exported?;
    if let Err(error) = note(&source, &exported) {
        // If standard error is closed, nobody reads it.
        let _gone = writeln!(io::stderr(), "colahub: a wipe will not know of this export: {error}");
    }
    Ok(exported)
}
