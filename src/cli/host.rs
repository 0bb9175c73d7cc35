//! `colahub room`, `colahub chatter` and `colahub log`: what a host does to rooms and people of the hub that runs on
//! this machine.

use std::io::{self, Write};
use std::time::Duration;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::edit::{self, EditArgs};
use super::mode::{self, ModeArgs};
use super::terminal::in_utc;
use super::{FileArg, StatusArgs, people, secret, status};
use crate::config::{self, Flag, Loaded, Sources};
use crate::control::ask;
use crate::control::protocol::{Banned, Deed, EndedRoom, Made, NewRoom, PLAZA, Request, RoomLine};
use crate::domain::room::History;

/// Options that say which hub is meant: its configuration file or data folder.
#[derive(Debug, Clone, Args)]
pub(super) struct HubArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the hub's data [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
}

impl HubArgs {
    pub(super) fn ask<T: DeserializeOwned>(self, request: &Request) -> anyhow::Result<T> {
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        let sources = Sources { flags: data_dir.into_iter().collect(), ..self.file.into_sources() };
        ask_hub(sources, request)
    }
}

fn ask_hub<T: DeserializeOwned>(sources: Sources, request: &Request) -> anyhow::Result<T> {
    let Loaded { config, .. } = config::load(sources)?;
    ask(&config.data_dir, request).map_err(status::explain)
}

/// `colahub room …`
#[derive(Debug, Subcommand)]
pub(super) enum RoomCommand {
    /// List the living rooms
    List(StatusArgs),
    /// Make a room; it does not count among those that people may make
    Create(CreateArgs),
    /// Change a room's title, its capacity, its password or its place in the lobby; people stay in it
    Edit(EditArgs),
    /// Let nobody new into a room; people who were in it may stay and come back
    Lock(RoomArgs),
    /// Let people into a room again
    Unlock(RoomArgs),
    /// Say who may come into a room or all rooms, who may write, and how often
    Mode(ModeArgs),
    /// Say where people who join a room from now on begin to read
    History(HistoryArgs),
    /// End a room now; it can still be read
    Close(RoomArgs),
    /// End a room now and delete what was said in it
    Delete(RoomArgs),
}

/// The arguments of `room create`.
#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// The title, as people see it
    #[arg(value_name = "TITLE")]
    title: String,
    /// The channel that it is in
    #[arg(long, value_name = "NAMESPACE", default_value = PLAZA)]
    namespace: String,
    /// How many people it holds; 0 is no limit
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    capacity: u32,
    /// Where people who join begin to read: at the room's beginning, or at their own joining [rooms.history]
    #[arg(long, value_name = "FROM", value_parser = HISTORIES)]
    history: Option<String>,
    /// Ask for a password that people will need
    #[arg(long)]
    password: bool,
    /// Read that password from standard input, one line
    #[arg(long, conflicts_with = "password")]
    password_stdin: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The values of `history`, as on the wire.
pub(super) const HISTORIES: [&str; 2] = [History::All.as_str(), History::Joined.as_str()];

/// The arguments of `room history`.
#[derive(Debug, Args)]
pub(super) struct HistoryArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM")]
    room: String,
    /// At the room's beginning, or at their own joining
    #[arg(value_name = "FROM", value_parser = HISTORIES)]
    history: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of a verb about one room.
#[derive(Debug, Args)]
pub(super) struct RoomArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM")]
    room: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// `colahub chatter …`
#[derive(Debug, Subcommand)]
pub(super) enum ChatterCommand {
    /// List who is present
    List(PeopleArgs),
    /// Take somebody out of all rooms; they may come back
    Kick(ChatterArgs),
    /// Take somebody out and keep their browser out
    Ban(BanArgs),
    /// Let somebody in again
    Unban(ChatterArgs),
    /// Let somebody read and not speak, in no room and under no name
    Mute(people::MuteArgs),
    /// Let somebody speak again
    Unmute(ChatterArgs),
    /// Give somebody another name
    Rename(people::RenameArgs),
}

/// The arguments of `chatter list`.
#[derive(Debug, Args)]
pub(super) struct PeopleArgs {
    /// Only those in this room, by its code or id
    #[arg(value_name = "ROOM")]
    room: Option<String>,
    /// The people who are banned, instead of those who are present
    #[arg(long, conflicts_with = "room")]
    banned: bool,
    /// Those who may not speak, instead of those who are present
    #[arg(long, conflicts_with_all = ["room", "banned"])]
    muted: bool,
    /// Those, too, who have left in the last 24 hours: the last 500
    #[arg(long, conflicts_with_all = ["banned", "muted"])]
    recent: bool,
    #[command(flatten)]
    asked: StatusArgs,
}

/// The arguments of `chatter ban`.
#[derive(Debug, Args)]
pub(super) struct BanArgs {
    /// Also keep out everybody at their address, for this long, such as "2h"
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    address_for: Option<Duration>,
    #[command(flatten)]
    who: ChatterArgs,
}

/// The arguments of a verb about one chatter.
#[derive(Debug, Args)]
pub(super) struct ChatterArgs {
    /// The chatter's id, as `colahub chatter list` shows it
    #[arg(value_name = "CHATTER")]
    pub(super) chatter: String,
    #[command(flatten)]
    pub(super) hub: HubArgs,
}

/// Runs `colahub room`.
pub(super) fn room(command: RoomCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        RoomCommand::List(args) => list(args, &Request::RoomList, room_line, out)?,
        RoomCommand::Create(args) => create(args, out)?,
        RoomCommand::Edit(args) => edit::edit(args, out)?,
        RoomCommand::Lock(RoomArgs { room, hub }) => {
            let people: usize = hub.ask(&Request::RoomLock { room: room.clone() })?;
            writeln!(out, "The room {room} is shut: nobody new comes in; {} in it.", are(people))?;
        }
        RoomCommand::Unlock(RoomArgs { room, hub }) => {
            let people: usize = hub.ask(&Request::RoomUnlock { room: room.clone() })?;
            writeln!(out, "The room {room} is open again; {} in it.", are(people))?;
        }
        RoomCommand::Mode(args) => mode::set(args, out)?,
        RoomCommand::History(HistoryArgs { room, history, hub }) => {
            let from = if history == History::All.as_str() {
                "what was said before, too"
            } else {
                "what is said from then on"
            };
            let () = hub.ask(&Request::RoomHistory { room: room.clone(), history })?;
            writeln!(out, "Who joins the room {room} from now on reads {from}.")?;
        }
        RoomCommand::Close(RoomArgs { room, hub }) => {
            let EndedRoom { room, people } = hub.ask(&Request::RoomClose { room })?;
            writeln!(out, "The room {room} is closed; {} in it.", were(people))?;
        }
        RoomCommand::Delete(RoomArgs { room, hub }) => {
            let EndedRoom { room, people } = hub.ask(&Request::RoomDelete { room })?;
            writeln!(out, "The room {room} is deleted; {} in it.", were(people))?;
        }
    }
    Ok(())
}

fn create(args: CreateArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let CreateArgs { title, namespace, capacity, history, password, password_stdin, hub } = args;
    let password = match (password, password_stdin) {
        (true, _) => Some(secret::asked("Password for the room: ")?),
        (_, true) => Some(secret::first_line(io::stdin().lock())?),
        _ => None,
    };
    let request = Request::RoomCreate(NewRoom { namespace, title, capacity, password, history });
    let made: Made = hub.ask(&request)?;
    write!(out, "{}", made_lines(&made))?;
    Ok(())
}

/// Runs `colahub chatter`.
pub(super) fn chatter(command: ChatterCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        ChatterCommand::List(PeopleArgs { banned: true, asked, .. }) => {
            list(asked, &Request::ChatterBans, banned_line, out)?;
        }
        ChatterCommand::List(PeopleArgs { muted: true, asked, .. }) => {
            list(asked, &Request::ChatterMutes, people::muted_line, out)?;
        }
        ChatterCommand::List(PeopleArgs { room, recent, asked, .. }) => {
            list(asked, &Request::ChatterList { room, recent }, people::person_line, out)?;
        }
        ChatterCommand::Mute(args) => people::mute(args, out)?,
        ChatterCommand::Unmute(who) => people::unmute(who, out)?,
        ChatterCommand::Rename(args) => people::rename(args, out)?,
        ChatterCommand::Kick(ChatterArgs { chatter, hub }) => {
            let () = hub.ask(&Request::ChatterKick { chatter: chatter.clone() })?;
            writeln!(out, "{chatter} is out of all rooms, and may come back.")?;
        }
        ChatterCommand::Ban(BanArgs { address_for, who: ChatterArgs { chatter, hub } }) => {
            let address_for = address_for.map(|span| span.as_secs());
            let () = hub.ask(&Request::ChatterBan { chatter: chatter.clone(), address_for })?;
            writeln!(out, "{chatter} is out of all rooms, and may not come back.")?;
        }
        ChatterCommand::Unban(ChatterArgs { chatter, hub }) => {
            let () = hub.ask(&Request::ChatterUnban { chatter: chatter.clone() })?;
            writeln!(out, "{chatter} may come in again.")?;
        }
    }
    Ok(())
}

/// Runs `colahub log`.
pub(super) fn log(args: StatusArgs, out: &mut impl Write) -> anyhow::Result<()> {
    list(args, &Request::Log, deed_line, out)
}

/// Prints a list, one item a line for people, or as JSON.
pub(super) fn list<T: DeserializeOwned + Serialize>(
    args: StatusArgs,
    request: &Request,
    line: fn(&T) -> String,
    out: &mut impl Write,
) -> anyhow::Result<()> {
    let json = args.json;
    let all: Vec<T> = ask_hub(args.into_sources(), request)?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&all)?)?;
        return Ok(());
    }
    for one in &all {
        writeln!(out, "{}", line(one))?;
    }
    Ok(())
}

pub(super) fn are(people: usize) -> String {
    match people {
        0 => "nobody is".to_owned(),
        1 => "1 person is".to_owned(),
        _ => format!("{people} people are"),
    }
}

pub(super) fn were(people: usize) -> String {
    match people {
        0 => "nobody was".to_owned(),
        1 => "1 person was".to_owned(),
        _ => format!("{people} people were"),
    }
}

fn room_line(room: &RoomLine) -> String {
    let RoomLine { id, code, title, namespace, people, is_password, is_shut, history, .. } = room;
    let mode = mode::of(room);
    let password = if *is_password { ", with a password" } else { "" };
    let shut = if *is_shut { ", shut" } else { "" };
    let history = if history == History::All.as_str() { ", read from its beginning" } else { "" };
    format!(
        "{code}  {id}  {people:>4} in {title:?} (channel {namespace:?}{password}{shut}{mode}{history})"
    )
}

fn made_lines(made: &Made) -> String {
    let Made { room, code, links } = made;
    let mut text = format!("The room {code} is there, with the id {room}.\n");
    for link in links {
        text.push_str(link);
        text.push('\n');
    }
    if links.is_empty() {
        text.push_str(
            "This machine is in no network yet; once it is, people open the hub's address with ",
        );
        text.push_str(&format!("/r/{code} behind it.\n"));
    }
    text
}

fn banned_line(banned: &Banned) -> String {
    let Banned { id, nickname, with_address } = banned;
    let address = if *with_address { ", with their address for a while" } else { "" };
    format!("{id}  {nickname}{address}")
}

fn deed_line(deed: &Deed) -> String {
    let Deed { at, deed, what, by, .. } = deed;
    let by = by.as_ref().map(|by| format!("  by {by:?}")).unwrap_or_default();
    format!("{}  {deed}  {what}{by}", in_utc(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rooms_and_deeds_are_lines() {
        let room = RoomLine {
            id: "7d444840-9dc0-41d1-b245-5ffdce74fad2".to_owned(),
            code: "K7PMX3".to_owned(),
            title: "모닥불".to_owned(),
            namespace: "anonymous".to_owned(),
            capacity: 16,
            people: 2,
            is_password: true,
            is_shut: true,
            mode: "members".to_owned(),
            every: None,
            here_for: None,
            mode_until: None,
            history: "all".to_owned(),
            position: 0,
            questions: "open".to_owned(),
            expires: String::new(),
        };
        let id = &room.id;
        let line = format!(
            "K7PMX3  {id}     2 in \"모닥불\" (channel \"anonymous\", with a password, shut, read from its beginning)"
        );
        assert_eq!(room_line(&room), line);
        let deed = Deed {
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            deed: "room close".to_owned(),
            what: "K7PMX3".to_owned(),
            by: None,
            subject: Some("K7PMX3".to_owned()),
            mode: None,
            was: None,
        };
        assert_eq!(deed_line(&deed), "2026-07-01 10:48:00 UTC  room close  K7PMX3");
        let by = Some("stage".to_owned());
        assert!(deed_line(&Deed { by, ..deed }).ends_with("  room close  K7PMX3  by \"stage\""));
    }
}
