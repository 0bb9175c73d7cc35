//! `colahub event`: the event as a file.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::host::HubArgs;
use crate::control::protocol::{
    EventApplied, EventChange, EventFileText, EventStep, PLAZA, Request, RoomLeftAlone,
};
use crate::event_file::FILE_MAX;

/// `colahub event …`
#[derive(Debug, Subcommand)]
pub(super) enum EventCommand {
    /// Make the title, the language, the rooms and the announcements what a file says, and prepare its polls
    Apply(ApplyArgs),
    /// Print what is there as such a file
    Show(ShowArgs),
}

/// The arguments of `event apply`.
#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    /// The event file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only say what would change
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `event show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    #[command(flatten)]
    hub: HubArgs,
}

/// Applies an event file, or prints one.
pub(super) fn event(command: EventCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        EventCommand::Apply(ApplyArgs { file, dry_run, hub }) => {
            let text = text_of(&file)?;
            let applied = hub.ask(&Request::EventApply { file: text, dry_run });
            let applied = applied.map_err(|error| in_file(&file, &error))?;
            tell(&applied, dry_run, out)
        }
        EventCommand::Show(ShowArgs { hub }) => {
            let EventFileText { file } = hub.ask(&Request::EventShow)?;
            Ok(out.write_all(file.as_bytes())?)
        }
    }
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let most = FILE_MAX as u64;
    let mut bytes = Vec::new();
    let read = match path.to_str() {
        Some("-") => io::stdin().take(most + 1).read_to_end(&mut bytes),
        _ => fs::File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)),
    };
    read.with_context(|| format!("{shown} cannot be read"))?;
    if bytes.len() > FILE_MAX {
        bail!("{shown} is no event file: it has more than {} KiB", FILE_MAX / 1024);
    }
    let Ok(text) = String::from_utf8(bytes) else {
        bail!("{shown} is not UTF-8 text; save it with the encoding UTF-8");
    };
    Ok(text)
}

/// The hub's sentences about slips, each with the name of the file.
fn in_file(path: &Path, error: &anyhow::Error) -> anyhow::Error {
    let name = |line: &str| match line.starts_with("line ") {
        true => format!("{}, {line}", path.display()),
        false => line.to_owned(),
    };
    let sentences = format!("{error:#}");
    anyhow::Error::msg(sentences.lines().map(name).collect::<Vec<_>>().join("\n"))
}

/// Says what has changed, or would.
fn tell(applied: &EventApplied, is_dry: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let EventApplied { steps, left_rooms, left_announcements, left_polls } = applied;
    for step in steps {
        writeln!(out, "{}", step_in_words(step, is_dry))?;
    }
    if steps.is_empty() {
        writeln!(out, "nothing to change: all is as the file says")?;
    }
    for RoomLeftAlone { code, channel, title } in left_rooms {
        writeln!(out, "left alone: {} ({code}) is not in the file", room(title, channel))?;
    }
    match left_announcements {
        0 => {}
        1 => writeln!(out, "left alone: an announcement is not in the file")?,
        more => writeln!(out, "left alone: {more} announcements are not in the file")?,
    }
    match left_polls {
        0 => {}
        1 => writeln!(out, "left alone: a prepared poll is not in the file")?,
        more => writeln!(out, "left alone: {more} prepared polls are not in the file")?,
    }
    match steps.iter().filter(|step| step.error.is_some()).count() {
        0 => Ok(()),
        failed => bail!(
            "{failed} of {} changes could not be made; once that is mended, apply the file again",
            steps.len()
        ),
    }
}

fn step_in_words(EventStep { change, error }: &EventStep, is_dry: bool) -> String {
    let (infinitive, past, what) = match change {
        EventChange::Title { to } => ("set", "set", setting("title", to.as_deref())),
        EventChange::Language { to } => ("set", "set", setting("language", to.as_deref())),
        EventChange::RoomCreate { channel, title } => ("make", "made", room(title, channel)),
        EventChange::RoomEdit { channel, title, renamed, changed } => {
            let renamed = renamed.as_ref().map(|title| format!(" {title:?}"));
            let field = |field: &String| match field.as_str() {
                "title" => format!("title{}", renamed.as_deref().unwrap_or_default()),
                other => other.to_owned(),
            };
            let fields: Vec<String> = changed.iter().map(field).collect();
            ("change", "changed", format!("{}: {}", room(title, channel), fields.join(", ")))
        }
        EventChange::RoomMode { channel, title, mode, every, here_for } => {
            let span = match (every, here_for) {
                (Some(seconds), _) => format!(", every {seconds}s"),
                (_, Some(minutes)) => format!(", here for {minutes}m"),
                _ => String::new(),
            };
            ("set", "set", format!("{} to {mode}{span}", room(title, channel)))
        }
        EventChange::Announce { text, room } => {
            ("announce", "announced", format!("{text:?} in {}", place(room.as_deref())))
        }
        EventChange::PollPrepare { question, room } => {
            let what = format!("the poll {question:?} for {}", place(room.as_deref()));
            ("prepare", "prepared", what)
        }
        EventChange::PollEdit { question, room, changed } => {
            let fields = changed.join(", ");
            let what = format!("the poll {question:?} for {}: {fields}", place(room.as_deref()));
            ("change", "changed", what)
        }
    };
    match error {
        Some(error) => format!("could not {infinitive} {what}: {error}"),
        None if is_dry => format!("would {infinitive} {what}"),
        None => format!("{past} {what}"),
    }
}

fn setting(name: &str, to: Option<&str>) -> String {
    match to {
        Some(to) => format!("the event's {name} to {to:?}"),
        None => format!("the event's {name} back to the configuration's"),
    }
}

fn place(room: Option<&str>) -> String {
    room.map_or("all rooms".to_owned(), |title| format!("the room {title:?}"))
}

fn room(title: &str, channel: &str) -> String {
    match channel {
        PLAZA => format!("the room {title:?}"),
        other => format!("the room {title:?} of the channel {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(change: EventChange, error: Option<&str>, is_dry: bool) -> String {
        step_in_words(&EventStep { change, error: error.map(str::to_owned) }, is_dry)
    }

    #[test]
    fn a_step_is_said_as_done_as_planned_or_as_failed() {
        let made =
            || EventChange::RoomCreate { channel: PLAZA.to_owned(), title: "밤\u{1b}".to_owned() };
        assert_eq!(told(made(), None, false), "made the room \"밤\\u{1b}\"");
        assert_eq!(told(made(), None, true), "would make the room \"밤\\u{1b}\"");
        let failed = told(made(), Some("The disk is full."), false);
        assert_eq!(failed, "could not make the room \"밤\\u{1b}\": The disk is full.");
        let edit = EventChange::RoomEdit {
            channel: "night".to_owned(),
            title: "A".to_owned(),
            renamed: Some("B".to_owned()),
            changed: ["title", "password"].map(str::to_owned).to_vec(),
        };
        let words = "changed the room \"A\" of the channel \"night\": title \"B\", password";
        assert_eq!(told(edit, None, false), words);
        let back = EventChange::Language { to: None };
        assert_eq!(
            told(back, None, true),
            "would set the event's language back to the configuration's"
        );
    }

    #[test]
    fn slips_name_the_file() {
        let error = anyhow::anyhow!("line 3: x.\nline 4: y.");
        let named = in_file(Path::new("camp.toml"), &error).to_string();
        assert_eq!(named, "camp.toml, line 3: x.\ncamp.toml, line 4: y.");
    }
}
