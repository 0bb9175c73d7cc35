//! `colahub wipe`: removes for good everything that people have said, and who they were.

use std::fmt::Write as _;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::FileArg;
use super::copies::{end_of_progress, progress};
use super::terminal::in_utc;
use crate::config::{self, Config, Flag, Sources};
use crate::control::protocol::Request;
use crate::control::{AskError, ask};
use crate::domain::ids::WipeId;
use crate::domain::time::WallTime;
use crate::domain::words;
use crate::server;
use crate::store::{
    Content, Database, LeftFile, NotedExport, WIPE_RECEIPTS, WipeReceipt, WipeSurvey,
    is_wipe_ordered, shared_receipt, survey_shared, survey_wipe, wipe_receipts, wipe_shared,
};
use crate::wire;

/// How often the receipt is looked for.
const LOOK: Duration = Duration::from_millis(100);

/// How long the receipt is waited for. The wipe goes on without anybody waiting.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The arguments of `wipe`.
#[derive(Debug, Args)]
pub(super) struct WipeArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the database [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Keep the living rooms that hosts have made, without what was said in them
    #[arg(long)]
    keep_rooms: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    /// Wipe nothing, and print the receipts of the wipes that were done
    #[arg(long, conflicts_with_all = ["keep_rooms", "yes"])]
    receipts: bool,
}

/// Wipes the hub, after a question.
pub(super) fn wipe(args: WipeArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let WipeArgs { file, data_dir, keep_rooms, yes, receipts } = args;
    let data_dir = data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
    let sources = Sources { flags: data_dir.into_iter().collect(), ..file.into_sources() };
    let config = config::load(sources)?.config;
    let database = server::database(&config)?;
    if receipts {
        return print_receipts(&config, database.as_ref(), out);
    }
    let folder = &config.data_dir;
    let is_begun = database.is_none() && is_wipe_ordered(folder)?;
    if is_begun {
        writeln!(out, "A wipe was ordered and is not done; it goes on.")?;
    } else {
        let survey = match &database {
            Some(database) => survey_shared(database)?,
            None => survey_wipe(folder)?,
        };
        ensure!(!is_nothing(&survey, folder), "there is nothing to wipe in {}", folder.display());
        let place = match &database {
            Some(database) => format!("the database that the hubs share at {}", database.place()),
            None => format!("the hub in {}", folder.display()),
        };
        write!(out, "{}", plan(&survey, &place, keep_rooms))?;
        if database.is_some() {
            writeln!(out, "{OF_POSTGRES}")?;
        }
        out.flush()?;
        ensure!(yes || is_wanted(out)?, "nothing was wiped");
    }
    let mut fresh = [0; 16];
    getrandom::fill(&mut fresh).context("the system gives no randomness")?;
    let id = WipeId::from_random(fresh);
    let receipt = match &database {
        Some(database) => wipe_shared(database, id, keep_rooms)?,
        None => wiped(folder, id, keep_rooms)?,
    };
    write!(out, "{}", told(&receipt))?;
    match database {
        Some(_) => writeln!(out, "The database keeps this receipt.")?,
        None => writeln!(out, "{} keeps this receipt.", folder.join(WIPE_RECEIPTS).display())?,
    }
    Ok(())
}

/// What the server of a shared database keeps, for the host.
const OF_POSTGRES: &str = "PostgreSQL's own files are its administrator's: its WAL, standbys and dumps may still hold what was said.";

/// Whether there is neither a database nor a file that was made of one.
fn is_nothing(survey: &WipeSurvey, folder: &Path) -> bool {
    let WipeSurvey { content, copies, set_aside, .. } = survey;
    let has_files = !copies.is_empty() || !set_aside.is_empty();
    content.is_err() && !has_files && !folder.join(crate::store::FILE).exists()
}

/// Has the hub that runs wipe its database, or wipes that of a stopped one.
fn wiped(folder: &Path, id: WipeId, keep_rooms: bool) -> anyhow::Result<WipeReceipt> {
    match ask::<String>(folder, &Request::Wipe { id: id.to_string(), keep_rooms }) {
        Ok(id) => receipt_of(folder, &id),
        Err(AskError::NotRunning(_)) => {
            let wiped = server::wipe(folder, id, keep_rooms, progress("wiping"));
            end_of_progress();
            wiped
        }
        // It may have closed the socket before its answer was there.
        Err(AskError::Strange(_)) if is_wipe_ordered(folder)? => {
            receipt_of(folder, &id.to_string())
        }
        Err(error) => Err(error.into()),
    }
}

/// Waits until the hub has carried out a wipe.
fn receipt_of(folder: &Path, id: &str) -> anyhow::Result<WipeReceipt> {
    let begun = Instant::now();
    loop {
        // In this order, since the order is removed behind the receipt.
        let is_ordered = is_wipe_ordered(folder)?;
        if let Some(receipt) = wipe_receipts(folder)?.into_iter().find(|receipt| receipt.id == id) {
            return Ok(receipt);
        }
        if !is_ordered {
            bail!(
                "the order of the wipe is gone, and there is no receipt; the journal may say why"
            );
        }
        ensure!(
            begun.elapsed() < PATIENCE,
            "the wipe is not done yet; the hub goes on with it, and `colahub wipe --receipts` shows its receipt"
        );
        sleep(LOOK);
    }
}

fn is_wanted(out: &mut impl Write) -> anyhow::Result<bool> {
    ensure!(
        io::stdin().is_terminal(),
        "there is no terminal to ask at; --yes wipes without asking"
    );
    write!(out, "Type yes to wipe it: ")?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the answer cannot be read")?;
    Ok(line.trim() == "yes")
}

fn print_receipts(
    config: &Config,
    database: Option<&Database>,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let all = match database {
        Some(database) => shared_receipt(database)?.into_iter().collect(),
        None => wipe_receipts(&config.data_dir)?,
    };
    if all.is_empty() {
        writeln!(out, "Nothing was wiped so far.")?;
    }
    for receipt in &all {
        write!(out, "{}", told(receipt))?;
    }
    Ok(())
}

/// What a wipe removes and what it keeps, before it does.
fn plan(survey: &WipeSurvey, place: &str, keep_rooms: bool) -> String {
    let WipeSurvey { content, export, copies, set_aside, left } = survey;
    let mut text = format!("This removes from {place}, for good:\n");
    let mut line = |what: String| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{what}");
    };
    match content {
        Ok(content) => line(format!(
            "- {}, with answers, reactions, reports and mentions\n\
             - all names, bans, mutes, announcements and the log of the hosts",
            there(content)
        )),
        Err(why) => line(format!("- the whole database, which cannot be read: {why}")),
    }
    for (files, what) in [(copies, "copy of the database"), (set_aside, "file that was set aside")]
    {
        if !files.is_empty() {
            line(format!("- {}: {}", counted(files.len() as u64, what), files.join(", ")));
        }
    }
    let rooms = content.as_ref().map_or(0, |content| content.host_rooms);
    match (keep_rooms, rooms) {
        (true, 0) => line("It keeps no rooms, since no living one was made by a host.".to_owned()),
        (true, 1) => line("It keeps 1 room that a host has made, empty.".to_owned()),
        (true, rooms) => line(format!("It keeps {rooms} rooms that hosts have made, empty.")),
        (false, _) => line("It keeps no rooms; --keep-rooms keeps those of hosts.".to_owned()),
    }
    line("The keys of hosts, the key of the hub and the configuration stay.".to_owned());
    for LeftFile { name, why } in left {
        line(format!("This file stays: {name} ({why})."));
    }
    match export {
        None => line(
            "Warning: nothing was exported. `colahub export FILE.zip` writes everything that was said to a zip."
                .to_owned(),
        ),
        Some((export, 0)) => line(format!("All of it was exported: {}.", exported(export))),
        Some((export, since)) => line(format!(
            "Warning: {} said after the last export: {}.",
            if *since == 1 { "1 message was".to_owned() } else { format!("{since} messages were") },
            exported(export)
        )),
    }
    text
}

fn there(Content { messages, people, rooms, .. }: &Content) -> String {
    let (messages, rooms) = (counted(*messages, "message"), counted(*rooms, "room"));
    let people = if *people == 1 { "1 person".to_owned() } else { format!("{people} people") };
    format!("{messages} in {rooms}, and {people}")
}

fn exported(NotedExport { sha256, at, messages, .. }: &NotedExport) -> String {
    let at = in_utc(&wire::iso(WallTime(*at)));
    format!("{} at {at}, SHA-256 {sha256}", counted(*messages, "message"))
}

fn counted(number: u64, what: &str) -> String {
    if number == 1 {
        return format!("1 {what}");
    }
    let (first, rest) = what.split_once(' ').map_or((what, ""), |(first, rest)| (first, rest));
    let many = match first {
        "copy" => "copies".to_owned(),
        first => format!("{first}s"),
    };
    let rest = if rest.starts_with("that was") {
        rest.replacen("was", "were", 1)
    } else {
        rest.to_owned()
    };
    format!("{number} {many} {rest}").trim_end().to_owned()
}

/// A receipt for people.
fn told(receipt: &WipeReceipt) -> String {
    let WipeReceipt {
        at,
        content,
        rooms_kept,
        copies,
        set_aside,
        bytes,
        export,
        said_since,
        left,
        ..
    } = receipt;
    let at = in_utc(&wire::iso(WallTime(*at)));
    let what = match content {
        Some(content) => there(content),
        None => "a database that could not be read".to_owned(),
    };
    let mut text = format!("Wiped at {at}: {what}.\n");
    let mut line = |what: String| {
        let _ = writeln!(text, "{what}");
    };
    if *bytes > 0 {
        let (copies, aside) = (
            counted(*copies, "copy of the database"),
            counted(*set_aside, "file that was set aside"),
        );
        line(format!(
            "{} were overwritten: the database, {copies} and {aside}.",
            words::size(*bytes)
        ));
    }
    match rooms_kept {
        0 => line("No rooms were kept.".to_owned()),
        kept => line(format!("Kept without what was said in them: {}.", counted(*kept, "room"))),
    }
    match (export, said_since) {
        (None, _) => line("Nothing had been exported.".to_owned()),
        (Some(export), None | Some(0)) => {
            line(format!("The last export has {}.", exported(export)));
        }
        (Some(export), Some(since)) => line(format!(
            "The last export has {}, and not {} that came after it.",
            exported(export),
            counted(*since, "message")
        )),
    }
    for LeftFile { name, why } in left {
        line(format!("Not overwritten: {name} ({why})."));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export() -> NotedExport {
        NotedExport { sha256: "ab".repeat(32), at: 1_795_000_000_000, messages: 2, newest: 7 }
    }

    #[test]
    fn what_goes_is_named_before_and_an_export_is_asked_for() {
        let content = Content { messages: 3, people: 1, rooms: 2, host_rooms: 1 };
        let left = vec![LeftFile { name: "backups/chat.zip".into(), why: "it is no copy".into() }];
        let copies = vec!["backups/hub-000001.sqlite3".to_owned(), "backups/mine".to_owned()];
        let set_aside = vec!["hub.sqlite3.corrupt-1".to_owned()];
        let survey = WipeSurvey { content: Ok(content), export: None, copies, set_aside, left };
        let told = plan(&survey, "the hub in /srv", true);
        for part in [
            "This removes from the hub in /srv, for good:\n- 3 messages in 2 rooms, and 1 person, with",
            "\n- 2 copies of the database: backups/hub-000001.sqlite3, backups/mine\n",
            "\n- 1 file that was set aside: hub.sqlite3.corrupt-1\n",
            "It keeps 1 room that a host has made, empty.",
            "This file stays: backups/chat.zip (it is no copy).",
            "Warning: nothing was exported.",
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
        let all = WipeSurvey { export: Some((export(), 0)), ..survey.clone() };
        assert!(plan(&all, "x", false).contains("All of it was exported: 2 messages at 2026-"));
        let some = WipeSurvey { export: Some((export(), 1)), ..survey };
        let told = plan(&some, "x", false);
        assert!(told.contains("Warning: 1 message was said after the last export"), "{told}");
        let unread = WipeSurvey { content: Err("it is damaged".into()), ..some };
        assert!(plan(&unread, "x", false).contains("cannot be read: it is damaged"));
    }

    #[test]
    fn a_receipt_says_when_how_much_and_what_was_exported() {
        let receipt = WipeReceipt {
            id: String::new(),
            at: 1_795_000_000_000,
            content: Some(Content { messages: 1, people: 2, rooms: 1, host_rooms: 0 }),
            rooms_kept: 0,
            copies: 1,
            set_aside: 2,
            bytes: 2_500_000,
            export: Some(export()),
            said_since: Some(2),
            left: Vec::new(),
        };
        let told = told(&receipt);
        for part in [
            "Wiped at 2026-11-18 11:06:40 UTC: 1 message in 1 room, and 2 people.",
            "2.5 MB were overwritten: the database, 1 copy of the database and 2 files that were set aside.",
            "No rooms were kept.",
            &format!("SHA-256 {}, and not 2 messages that came after it.", "ab".repeat(32)),
        ] {
            assert!(told.contains(part), "{part} is not in {told}");
        }
    }
}
