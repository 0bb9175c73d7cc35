//! `polls.json`: the polls with their results, for programs. Nothing in it says who has voted.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::zone::utc;
use crate::domain::ids::RoomId;
use crate::domain::poll::Poll;
use crate::store::ArchivedRoom;

/// A poll. docs/host.md describes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Exported<'a> {
    /// The code of its room. Null: for all rooms.
    room: Option<&'a str>,
    title: Option<&'a str>,
    question: &'a str,
    options: Vec<Answer<'a>>,
    voters: u32,
    multiple: bool,
    sent_at: String,
    /// Null while it is open.
    closed_at: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    text: &'a str,
    votes: u32,
}

/// Writes the polls for all rooms, and those for one of these.
pub(super) fn write(
    out: &mut impl Write,
    polls: &[Poll],
    rooms: &[ArchivedRoom],
) -> io::Result<()> {
    let rooms: HashMap<RoomId, &ArchivedRoom> = rooms.iter().map(|room| (room.id, room)).collect();
    let exported = polls.iter().filter_map(|poll| {
        let room = poll.room.map(|room| rooms.get(&room).ok_or(())).transpose().ok()?;
        let options = poll.form.answers.iter().zip(poll.tally.counts);
        Some(Exported {
            room: room.map(|room| room.code.as_str()),
            title: room.map(|room| room.title.as_str()),
            question: poll.form.question.as_str(),
            options: options.map(|(text, votes)| Answer { text: text.as_str(), votes }).collect(),
            voters: poll.tally.voters,
            multiple: poll.form.is_multiple,
            sent_at: utc(poll.made_at),
            closed_at: poll.closed_at.map(utc),
        })
    });
    serde_json::to_writer_pretty(&mut *out, &exported.collect::<Vec<_>>())?;
    out.write_all(b"\n")
}
