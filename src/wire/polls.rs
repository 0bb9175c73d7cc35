//! Polls on the wire. All of these shapes are additional.

use serde::Serialize;

use super::iso;
use crate::domain::time::WallTime;
use crate::hub::command::PollView;

/// A poll.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WirePoll<'a> {
    id: String,
    /// Null: for all rooms.
    room_id: Option<String>,
    question: &'a str,
    options: Vec<WireOption<'a>>,
    /// How many people have voted.
    voters: u32,
    /// The places of the options that the reader has chosen, from 0 on. Absent where the poll is told to many.
    #[serde(skip_serializing_if = "Option::is_none")]
    mine: Option<Vec<usize>>,
    /// Whether several can be chosen.
    multiple: bool,
    /// When people see the votes: `at_once`, `after_voting` or `at_end`.
    results: &'static str,
    /// When it was made.
    sent_at: String,
    /// When it closes by itself, as estimated. Null if it does not.
    closes_at: Option<String>,
    is_closed: bool,
    /// When it was closed. Null while it is open.
    closed_at: Option<String>,
}

/// An option of a poll.
#[derive(Debug, Serialize)]
struct WireOption<'a> {
    text: &'a str,
    /// How many people have chosen it. Null if the reader may not see that yet.
    votes: Option<u32>,
}

/// A poll as its reader may see it.
#[must_use]
pub fn poll(view: &PollView) -> WirePoll<'_> {
    let PollView { poll, until, mine, shows_votes } = view;
    let options = poll.form.answers.iter().zip(poll.tally.counts);
    let options = options.map(|(text, votes)| WireOption {
        text: text.as_str(),
        votes: shows_votes.then_some(votes),
    });
    WirePoll {
        id: poll.id.to_string(),
        room_id: poll.room.map(|room| room.to_string()),
        question: poll.form.question.as_str(),
        options: options.collect(),
        voters: poll.tally.voters,
        mine: mine.map(|mine| mine.iter().collect()),
        multiple: poll.form.is_multiple,
        results: poll.form.results.as_str(),
        sent_at: iso(poll.made_at),
        closes_at: until.map(iso),
        is_closed: !poll.is_open(),
        closed_at: poll.closed_at.map(iso),
    }
}

/// The polls of a room.
#[derive(Debug, Serialize)]
pub struct PollList<'a> {
    polls: Vec<WirePoll<'a>>,
    /// The hub's time, by which `closesAt` is.
    time: String,
}

/// The polls of a room, at this time.
#[must_use]
pub fn poll_list(views: &[PollView], time: WallTime) -> PollList<'_> {
    PollList { polls: views.iter().map(poll).collect(), time: iso(time) }
}
