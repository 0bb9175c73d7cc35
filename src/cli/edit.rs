//! `colahub room edit`: what a room is called, how many it holds, who may come in.

use std::io::{self, Write};

use anyhow::bail;
use clap::Args;

use super::host::{HISTORIES, HubArgs, are};
use super::secret;
use crate::control::protocol::{EditedRoom, Request, RoomEdit};

/// The arguments of `room edit`.
#[derive(Debug, Args)]
pub(super) struct EditArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM")]
    room: String,
    /// Its new title
    #[arg(long, value_name = "TITLE")]
    title: Option<String>,
    /// How many people it holds; 0 is no limit
    #[arg(long, value_name = "NUMBER")]
    capacity: Option<u32>,
    /// Ask for a new password that newcomers will need
    #[arg(long, conflicts_with_all = ["password_stdin", "no_password"])]
    password: bool,
    /// Read that password from standard input, one line
    #[arg(long, conflicts_with = "no_password")]
    password_stdin: bool,
    /// Let newcomers in without a password
    #[arg(long)]
    no_password: bool,
    /// Where people who join from now on begin to read
    #[arg(long, value_name = "FROM", value_parser = HISTORIES)]
    history: Option<String>,
    /// Its place in the lobby, from 1; 0 puts it behind those that have one
    #[arg(long, value_name = "NUMBER")]
    position: Option<u32>,
    /// Whether people read questions at once, or the host first
    #[arg(long, value_name = "HOW", value_parser = ["open", "held"])]
    questions: Option<String>,
    #[command(flatten)]
    hub: HubArgs,
}

/// Changes a room.
pub(super) fn edit(args: EditArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let EditArgs { room, title, capacity, history, position, questions, hub, .. } = args;
    let password = match (args.password, args.password_stdin, args.no_password) {
        (true, ..) => Some(Some(secret::asked("New password for the room: ")?)),
        (_, true, _) => Some(Some(secret::first_line(io::stdin().lock())?)),
        (.., true) => Some(None),
        _ => None,
    };
    let edit =
        RoomEdit { room: room.clone(), title, capacity, password, history, position, questions };
    if edit == (RoomEdit { room: room.clone(), ..RoomEdit::default() }) {
        bail!(
            "say what to change, such as --title; `colahub room edit --help` lists what there is"
        );
    }
    let EditedRoom { people, changed, .. } = hub.ask(&Request::RoomEdit(edit))?;
    match changed.as_slice() {
        [] => writeln!(out, "The room {room} was like that already; {} in it.", are(people))?,
        _ => writeln!(
            out,
            "The room {room} has changed: {}; {} in it.",
            changed.join(", "),
            are(people)
        )?,
    }
    Ok(())
}
