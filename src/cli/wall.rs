//! `colahub wall`: what a projector or a television shows of a room.

use std::io::Write;

use clap::{Args, Subcommand};

use super::host::HubArgs;
use crate::control::protocol::{Request, WallSet, WallState};
use crate::domain::room::wall::WallView;

/// `colahub wall …`
#[derive(Debug, Subcommand)]
pub(super) enum WallCommand {
    /// Say what the wall of a room shows, after which delay, and whether there is a link to it
    Set(SetArgs),
    /// Show how the wall of a room is set, and its addresses
    Show(ShowArgs),
}

/// The arguments of `wall set`.
#[derive(Debug, Args)]
pub(super) struct SetArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM")]
    room: String,
    /// The newest messages, the questions with the most votes, the newest poll, or only how to join
    #[arg(long, value_name = "VIEW", value_parser = VIEWS)]
    view: Option<String>,
    /// How old a message is before it is shown, 0 to 300; one that is taken back before is never shown
    #[arg(long, value_name = "SECONDS")]
    delay: Option<u64>,
    /// Make a link with which the wall opens for any room: locked, shut, or read from one's own joining only
    #[arg(long, conflicts_with = "no_link")]
    link: bool,
    /// Revoke the link; another one is another link
    #[arg(long)]
    no_link: bool,
    /// Answer as JSON, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `wall show`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The room's code or id, as `colahub room list` shows it
    #[arg(value_name = "ROOM")]
    room: String,
    /// Answer as JSON, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The views, as on the wire.
const VIEWS: [&str; WallView::OFFERED.len()] = {
    let [messages, questions, poll, off] = WallView::OFFERED;
    [messages.as_str(), questions.as_str(), poll.as_str(), off.as_str()]
};

/// Carries out `colahub wall …`.
pub(super) fn wall(command: WallCommand, out: &mut impl Write) -> anyhow::Result<()> {
    let (set, json, hub) = match command {
        WallCommand::Set(args) => {
            let SetArgs { room, view, delay, link, no_link, json, hub } = args;
            let link = (link || no_link).then_some(link);
            let set = WallSet { room: room.clone(), view, delay, link };
            if set == (WallSet { room, ..WallSet::default() }) {
                anyhow::bail!(
                    "say what to change, such as --delay; `colahub wall set --help` lists what there is"
                );
            }
            (Request::WallSet(set), json, hub)
        }
        WallCommand::Show(ShowArgs { room, json, hub }) => (Request::WallShow { room }, json, hub),
    };
    let state: WallState = hub.ask(&set)?;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&state)?)?;
        return Ok(());
    }
    print(&state, out)
}

fn print(state: &WallState, out: &mut impl Write) -> anyhow::Result<()> {
    let WallState { code, view, delay, is_open, link, links, .. } = state;
    let shown = match view.as_str() {
        "off" => "only how to join".to_owned(),
        "poll" => "the newest poll".to_owned(),
        view => format!("{view} that are {delay} s old"),
    };
    writeln!(out, "The wall of {code} shows {shown}.")?;
    match (link, is_open) {
        (None, false) => {
            writeln!(
                out,
                "It opens only with a link: `colahub wall set {code} --link` makes one."
            )?;
        }
        (None, true) => writeln!(out, "Everybody can open it:")?,
        (Some(_), _) => writeln!(out, "It opens with this link, which is a secret:")?,
    }
    if link.is_some() || *is_open {
        for link in links {
            writeln!(out, "  {link}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(state: &WallState) -> String {
        let mut out = Vec::new();
        print(state, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn it_says_what_is_shown_and_how_it_opens() {
        let state = WallState {
            room: "r".into(),
            code: "K7PMX3".into(),
            view: "messages".into(),
            delay: 10,
            is_open: true,
            link: None,
            links: vec!["http://10.0.0.1/wall/K7PMX3".into()],
        };
        assert_eq!(
            said(&state),
            "The wall of K7PMX3 shows messages that are 10 s old.\nEverybody can open it:\n  \
             http://10.0.0.1/wall/K7PMX3\n"
        );
        let polled = WallState { view: "poll".into(), ..state.clone() };
        assert!(said(&polled).starts_with("The wall of K7PMX3 shows the newest poll.\n"));
        let closed = WallState { is_open: false, view: "off".into(), ..state };
        assert_eq!(
            said(&closed),
            "The wall of K7PMX3 shows only how to join.\nIt opens only with a link: \
             `colahub wall set K7PMX3 --link` makes one.\n"
        );
    }
}
