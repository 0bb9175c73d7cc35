//! The host's hand on people: mutes, names, and who was here.

use std::io::Write;

use clap::Args;

use super::host::ChatterArgs;
use super::terminal::in_utc;
use crate::control::protocol::{ChatterRename, Muted, Person, Request};
use crate::domain::mute::MINUTES_MAX;

/// The arguments of `chatter mute`.
#[derive(Debug, Args)]
pub(super) struct MuteArgs {
    /// For how many minutes; until `chatter unmute` unless given
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..=MINUTES_MAX))]
    minutes: Option<u64>,
    #[command(flatten)]
    who: ChatterArgs,
}

/// The arguments of `chatter rename`.
#[derive(Debug, Args)]
pub(super) struct RenameArgs {
    #[command(flatten)]
    who: ChatterArgs,
    /// The new name
    #[arg(value_name = "NICKNAME")]
    nickname: String,
    /// Let them change it themselves, also a name that was given before
    #[arg(long)]
    may_change: bool,
}

pub(super) fn mute(args: MuteArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let MuteArgs { minutes, who: ChatterArgs { chatter, hub } } = args;
    let muted: Muted = hub.ask(&Request::ChatterMute { chatter: chatter.clone(), minutes })?;
    let until = match muted.until {
        Some(until) => format!("until {}", in_utc(&until)),
        None => format!("until `colahub chatter unmute {chatter}`"),
    };
    writeln!(out, "{chatter} may read and not speak, {until}.")?;
    Ok(())
}

pub(super) fn unmute(who: ChatterArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let ChatterArgs { chatter, hub } = who;
    let () = hub.ask(&Request::ChatterUnmute { chatter: chatter.clone() })?;
    writeln!(out, "{chatter} may speak again.")?;
    Ok(())
}

pub(super) fn rename(args: RenameArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let RenameArgs { who: ChatterArgs { chatter, hub }, nickname, may_change } = args;
    let rename = ChatterRename { chatter: chatter.clone(), nickname: nickname.clone(), may_change };
    let () = hub.ask(&Request::ChatterRename(rename))?;
    let theirs = if may_change { "may" } else { "cannot" };
    writeln!(out, "{chatter} is called {nickname:?} now, and {theirs} change it.")?;
    Ok(())
}

pub(super) fn muted_line(muted: &Muted) -> String {
    let Muted { id, nickname, until } = muted;
    let until = until.as_ref().map(|until| format!(", until {}", in_utc(until)));
    format!("{id}  {nickname}{}", until.unwrap_or_default())
}

pub(super) fn person_line(person: &Person) -> String {
    let Person { id, nickname, room, sockets, is_present, left_at, is_muted } = person;
    let where_ = match (left_at, *sockets) {
        (Some(left_at), _) => format!("was in {room} until {}", in_utc(left_at)),
        (None, 0) if *is_present => format!("in {room}, away for the moment"),
        (None, _) => format!("in {room}"),
    };
    let muted = if *is_muted { ", muted" } else { "" };
    format!("{id}  {nickname} {where_}{muted}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_mutes_are_lines() {
        let id = "7d444840-9dc0-41d1-b245-5ffdce74fad2";
        let here = Person {
            id: id.to_owned(),
            nickname: "졸린 여우".to_owned(),
            room: "K7PMX3".to_owned(),
            sockets: 0,
            is_present: true,
            left_at: None,
            is_muted: false,
        };
        assert_eq!(person_line(&here), format!("{id}  졸린 여우 in K7PMX3, away for the moment"));
        let left_at = Some("2026-07-01T10:48:00.000Z".to_owned());
        let gone = Person { is_present: false, left_at: left_at.clone(), is_muted: true, ..here };
        let line = format!("{id}  졸린 여우 was in K7PMX3 until 2026-07-01 10:48:00 UTC, muted");
        assert_eq!(person_line(&gone), line);
        let muted = Muted { id: id.to_owned(), nickname: "n".to_owned(), until: None };
        assert_eq!(muted_line(&muted), format!("{id}  n"));
        let muted = Muted { until: left_at, ..muted };
        assert_eq!(muted_line(&muted), format!("{id}  n, until 2026-07-01 10:48:00 UTC"));
    }
}
