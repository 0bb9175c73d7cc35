//! Writes the event file of what is there. Applied to the same hub, it changes nothing.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::PLAZA;
use super::plan::{Lock, Present, PresentAnnouncement, PresentRoom};
use crate::domain::code::Code;
use crate::domain::ids::RoomId;
use crate::domain::mode::Mode;
use crate::domain::names::is_visible;
use crate::domain::poll::PreparedPoll;
use crate::domain::text::{Namespace, Title};

const HEAD: &str = "\
# What this hub shows, as an event file: `colahub event apply FILE` makes it so again, here or on another hub.
# What a file does not say stays as it is. docs/event.md explains every key.
";

/// Writes the file.
#[must_use]
pub fn write(present: &Present) -> String {
    let mut file = HEAD.to_owned();
    let title = present.settings.title.as_ref();
    file.push_str(&match title {
        Some(title) => format!("\ntitle = {}\n", quoted(title.as_str())),
        None => "\n# title: as in the hub's configuration\n".to_owned(),
    });
    file.push_str(&match present.settings.language {
        Some(language) => format!("language = {}\n", quoted(language.code())),
        None => "# language: as in the hub's configuration\n".to_owned(),
    });
    let mut rooms: Vec<&PresentRoom> = present.rooms.iter().collect();
    // Those without a place come last. The sort is stable: of two the older comes first.
    rooms.sort_by_key(|room| (room.position == 0, room.position));
    for room in &rooms {
        file.push_str(&match is_found(room, present) {
            true => room_table(room, is_tied(room, &rooms)),
            false => not_found(room.code),
        });
    }
    let mut announced = HashSet::new();
    for announcement in &present.announcements {
        if announced.insert((announcement.room, &announcement.text)) {
            file.push_str(&announcement_table(announcement, present));
        }
    }
    let mut prepared = HashSet::new();
    for poll in &present.prepared {
        if prepared.insert((poll.room, &poll.form.question)) {
            file.push_str(&poll_table(poll, present));
        }
    }
    file
}

/// Whether a file finds a room by its channel and title: it finds the oldest of several, and only by a name that a new
/// room could have today.
fn is_found(room: &PresentRoom, present: &Present) -> bool {
    let same =
        |other: &&PresentRoom| other.namespace == room.namespace && other.title == room.title;
    let oldest = present.rooms.iter().find(same);
    oldest.is_some_and(|oldest| oldest.id == room.id)
        && Title::parse(room.title.as_str()).as_ref() == Ok(&room.title)
        && Namespace::for_room(room.namespace.as_str()).as_ref() == Ok(&room.namespace)
}

fn not_found(code: Code) -> String {
    format!(
        "\n# The room {code} is left alone: a file finds a room by its title, and an older room has the same, or no new\n\
         # room could have it.\n"
    )
}

/// Whether another room has the same place, so that the order of the file does not say it.
fn is_tied(room: &PresentRoom, rooms: &[&PresentRoom]) -> bool {
    let count = rooms.iter().filter(|other| other.position == room.position).count();
    room.position != 0 && count > 1
}

fn room_table(room: &PresentRoom, is_tied: bool) -> String {
    let mut table = format!("\n# {}\n[[rooms]]\n", room.code);
    let mut line = |key: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(table, "{key} = {value}");
    };
    if room.namespace.as_str() != PLAZA {
        line("channel", &quoted(room.namespace.as_str()));
    }
    line("title", &quoted(room.title.as_str()));
    line("capacity", &room.capacity.to_string());
    if room.lock != Lock::Open {
        line("password", "true");
    }
    line("history", &quoted(room.history.as_str()));
    if room.mode.until.is_none() {
        let mode = room.mode.mode;
        line("mode", &quoted(mode.as_str()));
        match mode {
            Mode::Slow(every) => line("every", &every.as_secs().to_string()),
            Mode::Members(Some(span)) => line("here_for", &(span.as_secs() / 60).to_string()),
            Mode::Open | Mode::Members(None) | Mode::ReadOnly => {}
        }
    }
    line("questions", &quoted(room.questions.as_str()));
    match room.position {
        0 => line("place", "false"),
        position if is_tied => line("place", &position.to_string()),
        _ => {}
    }
    if room.mode.until.is_some() {
        let mode = room.mode.mode.as_str();
        let _ = writeln!(table, "# mode: {mode} for some minutes more, then open");
    }
    table
}

/// The lines for the room that something is for. `None` if a file does not find it.
fn room_lines(room: Option<RoomId>, present: &Present) -> Option<String> {
    let Some(id) = room else { return Some(String::new()) };
    let room = present.rooms.iter().find(|room| room.id == id);
    let room = room.filter(|room| is_found(room, present))?;
    let channel = match room.namespace.as_str() {
        PLAZA => String::new(),
        other => format!("channel = {}\n", quoted(other)),
    };
    Some(format!("{channel}room = {}\n", quoted(room.title.as_str())))
}

fn poll_table(
    PreparedPoll { room, form, minutes, .. }: &PreparedPoll,
    present: &Present,
) -> String {
    let Some(room) = room_lines(*room, present) else {
        return "\n# A poll is prepared for a room that a file does not find.\n".into();
    };
    let options: Vec<String> = form.answers.iter().map(|answer| quoted(answer.as_str())).collect();
    format!(
        "\n[[polls]]\nquestion = {}\noptions = [{}]\nmultiple = {}\nresults = {}\n{room}minutes = {}\n",
        quoted(form.question.as_str()),
        options.join(", "),
        form.is_multiple,
        quoted(form.results.as_str()),
        minutes.unwrap_or(0),
    )
}

fn announcement_table(announcement: &PresentAnnouncement, present: &Present) -> String {
    let PresentAnnouncement { room, text, minutes } = announcement;
    let Some(room) = room_lines(*room, present) else {
        return "\n# An announcement is up in a room that a file does not find.\n".into();
    };
    let mut table = format!("\n[[announcements]]\ntext = {}\n{room}", quoted(text.as_str()));
    if let Some(minutes) = minutes {
        let _ = writeln!(table, "minutes = {minutes}");
    }
    table
}

/// A basic string of TOML. Line breaks and invisible characters are spelt out, so that a terminal and an editor show
/// what is there.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        // Joiners and selectors only change how an emoji or a letter is drawn.
        let joins = matches!(character, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}');
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\n' => quoted.push_str("\\n"),
            _ if joins || is_visible(character) => quoted.push(character),
            _ => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(character));
            }
        }
    }
    quoted.push('"');
    quoted
}
