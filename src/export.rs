//! Exports everything that was said, as a zip: a page for each room, a table, lines of JSON, and the polls.
//!
//! The messages are read once, in short reads. What goes into the table and the lines is deflated into temporary files
//! meanwhile, because a zip holds one entry after the other; they have no name, so that nothing of them stays.

mod csv;
mod lines;
mod page;
mod polls;
mod said;
mod zip;
mod zone;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

pub use self::page::PageStyle;
pub use self::zone::{NotAnOffset, UtcOffset};

use self::page::{Listed, Page};
use self::said::Said;
use self::zip::{Packed, Zip};
use crate::domain::ids::Seq;
use crate::domain::time::WallTime;
use crate::store::{
    Archive, ArchiveError, ArchivedRoom, ConnectError, CopyError, Database, NotedExport,
    note_export, note_shared_export,
};

/// A room with more messages than this may have a page of more than 4 GiB.
const MANY: i64 = 20_000;

/// Where the messages are.
#[derive(Debug, Clone)]
pub enum Source {
    /// The data folder of a hub with a database of its own.
    Folder(PathBuf),
    /// A database that several hubs share.
    Shared(Box<Database>),
}

/// Why an export failed: a sentence for the host.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database in the data folder cannot be opened.
    #[error(transparent)]
    Open(#[from] CopyError),
    /// The shared database cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The database cannot be read.
    #[error(transparent)]
    Read(#[from] ArchiveError),
    /// The file exists already.
    #[error("{} is there already; choose another name, or move it away", .0.display())]
    Exists(PathBuf),
    /// The export cannot be written.
    #[error("the export could not be written: {0}")]
    Write(io::Error),
}

impl From<io::Error> for ExportError {
    fn from(cause: io::Error) -> Self {
        Self::Write(cause)
    }
}

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many rooms have a page.
    pub rooms: usize,
    /// How many messages are in it.
    pub messages: u64,
    /// The zip's SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// The newest message when it was begun; 0 for none.
    pub newest: i64,
}

/// Remembers an export, so that a wipe can tell whether everything was exported.
///
/// # Errors
/// See [`ExportError`].
pub fn note(source: &Source, exported: &Exported) -> Result<(), ExportError> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    let Exported { messages, newest, .. } = *exported;
    let noted = NotedExport { sha256: exported.sha256.clone(), at, messages, newest };
    match source {
        Source::Folder(folder) => note_export(folder, &noted)?,
        Source::Shared(database) => note_shared_export(database, &noted)?,
    }
    Ok(())
}

/// Exports to a new file, which gets its name once it is complete. `going_on` is called with the messages read so far
/// and their total.
///
/// # Errors
/// See [`ExportError`]. No file has the name then.
pub fn export_to_file(
    source: &Source,
    to: &Path,
    style: PageStyle,
    going_on: impl FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    // One that cannot be looked at is not written over, either.
    if to.try_exists().unwrap_or(true) {
        return Err(ExportError::Exists(to.to_owned()));
    }
    let folder = to.parent().filter(|above| !above.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    // The remains of an export that was interrupted.
    let _stale = fs::remove_file(&part);
    let written = write_file(source, (&part, folder), style, going_on).and_then(|exported| {
        fs::rename(&part, to)?;
        File::open(folder)?.sync_all()?;
        Ok(exported)
    });
    if written.is_err() {
        let _gone = fs::remove_file(&part);
    }
    written
}

fn write_file(
    source: &Source,
    (part, folder): (&Path, &Path),
    style: PageStyle,
    going_on: impl FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    let mut out = BufWriter::new(private(part)?);
    let exported = export(source, &mut out, folder, style, going_on)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    Ok(exported)
}

fn private(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path)
}

/// Exports to a writer. `folder` is for temporary files; they are smaller than the zip.
///
/// # Errors
/// See [`ExportError`].
pub fn export(
    source: &Source,
    out: impl Write,
    folder: &Path,
    style: PageStyle,
    mut going_on: impl FnMut(u64, u64),
) -> Result<Exported, ExportError> {
    // People who talk come first.
    let _unchanged = rustix::process::nice(10);
    let archive = match source {
        Source::Folder(folder) => Archive::open(folder)?,
        Source::Shared(database) => Archive::connect(database)?,
    };
    // First: what is said from now on may be missing.
    let last = archive.newest()?;
    let language = archive.event()?.language.unwrap_or(style.language);
    let style = PageStyle { language, ..style };
    let rooms = archive.rooms()?;
    let total = rooms.iter().map(stored).sum();
    let newest = rooms.iter().map(|room| room.newest_at).max().unwrap_or(WallTime(0));
    let at = style.zone.dos(newest);
    let mut work = Work {
        zip: Zip::new(Summed { out, sum: Sha256::new() }),
        table: spool(folder, "csv")?,
        lines: spool(folder, "jsonl")?,
        style,
        read: 0,
        messages: 0,
    };
    csv::begin(&mut work.table)?;
    let mut listed = Vec::new();
    for room in &rooms {
        let progress = &mut |read| going_on(read, total);
        listed.extend(work.add_room(&archive, room, progress)?);
    }
    let kept = archive.polls()?;
    let Work { mut zip, table, lines, messages, .. } = work;
    let mut index = zip.begin("index.html".to_owned(), at, listed.len() > 100_000)?;
    page::list(&mut index, &listed, style)?;
    index.finish()?;
    for (name, spooled) in [("messages.csv", table), ("messages.jsonl", lines)] {
        let (file, sizes) = spooled.finish()?;
        let mut file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        zip.add(name.to_owned(), at, sizes, &mut file)?;
    }
    let mut entry = zip.begin("polls.json".to_owned(), at, false)?;
    polls::write(&mut entry, &kept, &rooms)?;
    entry.finish()?;
    let sum = zip.finish()?.sum.finalize();
    let sha256 = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Exported { rooms: listed.len(), messages, sha256, newest: last })
}

/// How many messages of a room are stored, at most.
fn stored(room: &ArchivedRoom) -> u64 {
    u64::try_from(room.last.0 - room.pruned.0).unwrap_or(0)
}

/// An export that is under way.
struct Work<W: Write> {
    zip: Zip<Summed<W>>,
    table: Packed<BufWriter<File>>,
    lines: Packed<BufWriter<File>>,
    style: PageStyle,
    read: u64,
    messages: u64,
}

impl<W: Write> Work<W> {
    /// Adds a room. `None` if nothing was said in it.
    fn add_room(
        &mut self,
        archive: &Archive,
        room: &ArchivedRoom,
        going_on: &mut dyn FnMut(u64),
    ) -> Result<Option<Listed>, ExportError> {
        let is_large = room.last.0 - room.pruned.0 > MANY;
        let name = format!("rooms/{}.html", room.code.as_str());
        let Self { zip, table, lines, style, .. } = self;
        let time = style.zone.dos(room.newest_at);
        let (mut zip, mut open) = (Some(zip), None);
        let mut listed: Option<Listed> = None;
        let mut after = room.pruned;
        loop {
            let (page, more) = archive.page(room.id, after)?;
            // What is said while the export is under way is not in it: it has to end.
            let known = page.iter().take_while(|message| message.seq <= room.last);
            let mut last = after;
            for message in known {
                last = message.seq;
                let Some(said) = Said::of(room, message) else { continue };
                // Its page begins with the first message.
                if let Some(zip) = zip.take() {
                    let mut entry = zip.begin(name.clone(), time, is_large)?;
                    open = Some((Page::begin(&mut entry, room, *style)?, entry));
                }
                if let Some((html, entry)) = &mut open {
                    html.add(entry, &said)?;
                }
                csv::add(table, &said, style.zone)?;
                lines::add(lines, &said)?;
                listed.get_or_insert_with(|| begun(room, said.at)).messages += 1;
            }
            self.read += u64::try_from(last.0 - after.0).unwrap_or(0);
            going_on(self.read);
            // Nothing readable in it: damaged rows are left out, and the next page begins behind them.
            after = if last == after {
                page.last().map_or(Seq(room.last.0), |it| it.seq)
            } else {
                last
            };
            if !more || after >= room.last {
                break;
            }
        }
        if let Some((html, mut entry)) = open {
            html.finish(&mut entry)?;
            entry.finish()?;
        }
        self.messages += listed.as_ref().map_or(0, |listed| listed.messages);
        Ok(listed)
    }
}

fn begun(room: &ArchivedRoom, first_at: WallTime) -> Listed {
    let (code, title) = (room.code.as_str().to_owned(), room.title.as_str().to_owned());
    Listed { code, title, messages: 0, first_at }
}

/// A temporary file without a name, into which is deflated.
fn spool(folder: &Path, what: &str) -> io::Result<Packed<BufWriter<File>>> {
    let path = folder.join(format!(".colahub-export-{}.{what}", std::process::id()));
    // Of a process with the same number that was killed before it could remove it.
    let _stale = fs::remove_file(&path);
    let file = private(&path)?;
    fs::remove_file(&path)?;
    Ok(Packed::new(BufWriter::new(file)))
}

/// Sums up what goes through it.
struct Summed<W> {
    out: W,
    sum: Sha256,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.sum.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
