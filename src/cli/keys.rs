//! `colahub host`: the keys of hosts.

use std::io::{self, IsTerminal, Write};

use clap::{Args, Subcommand};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::status::scannable;
use super::terminal::in_utc;
use crate::control::protocol::{HostLine, MadeKey, Request};

/// `colahub host …`
#[derive(Debug, Subcommand)]
pub(super) enum HostCommand {
    /// Make a key by which somebody runs the event from their phone, and show it in a link with its code
    Add(AddArgs),
    /// List the keys
    List(StatusArgs),
    /// Take a key away from its holder, at once
    Revoke(RevokeArgs),
}

/// The arguments of `host add`.
#[derive(Debug, Args)]
pub(super) struct AddArgs {
    /// Its holder's name, as the log shows it
    #[arg(value_name = "NAME")]
    name: String,
    /// Let it take messages back, kick and see reports, and nothing else
    #[arg(long)]
    helper: bool,
    #[command(flatten)]
    hub: HubArgs,
}

/// The arguments of `host revoke`.
#[derive(Debug, Args)]
pub(super) struct RevokeArgs {
    /// The holder's name, as `colahub host list` shows it
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs `colahub host`.
pub(super) fn host(command: HostCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        HostCommand::Add(AddArgs { name, helper, hub }) => {
            let made: MadeKey = hub.ask(&Request::HostAdd { name, helper })?;
            write!(out, "{}", made_lines(&made))?;
            let mut terminal = io::stdout();
            if let Some(link) = made.links.first().filter(|_| terminal.is_terminal()) {
                // The only thing that commands it.
                write!(terminal, "\n{}", scannable(link)?)?;
            }
        }
        HostCommand::List(args) => list(args, &Request::HostList, line, out)?,
        HostCommand::Revoke(RevokeArgs { name, hub }) => {
            let () = hub.ask(&Request::HostRevoke { name: name.clone() })?;
            writeln!(out, "The key of {name} is of no use any more.")?;
        }
    }
    Ok(())
}

fn made_lines(MadeKey { id, secret, links }: &MadeKey) -> String {
    let mut text = String::new();
    for link in links {
        text.push_str(link);
        text.push('\n');
    }
    if links.is_empty() {
        text.push_str(&format!(
            "This machine is in no network yet; once it is, the link is the hub's address with \
             /host#{id}.{secret} behind it.\n"
        ));
    }
    text.push_str(
        "The link is shown this once. Open it on the phone from which the event is run: the key \
         belongs to the browser that uses it first, so show it to nobody else.\n",
    );
    text
}

fn line(key: &HostLine) -> String {
    let HostLine { name, role, made_at, is_used, .. } = key;
    let used = if *is_used { "in use" } else { "not used yet" };
    format!("{name:?}  {role}, made {}, {used}", in_utc(made_at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_lines_without_their_secrets() {
        let key = HostLine {
            id: "7d444840-9dc0-41d1-b245-5ffdce74fad2".to_owned(),
            name: "stage\u{1b}".to_owned(),
            role: "helper".to_owned(),
            made_at: "2026-07-01T10:48:00.000Z".to_owned(),
            is_used: false,
        };
        assert_eq!(
            line(&key),
            "\"stage\\u{1b}\"  helper, made 2026-07-01 10:48:00 UTC, not used yet"
        );
    }

    #[test]
    fn a_key_is_shown_as_a_link_or_for_a_machine_without_a_network() {
        let made =
            MadeKey { id: "i".into(), secret: "s".into(), links: vec!["http://a/host#i.s".into()] };
        assert!(made_lines(&made).starts_with("http://a/host#i.s\nThe link is shown this once."));
        let none = MadeKey { links: Vec::new(), ..made };
        assert!(made_lines(&none).contains("with /host#i.s behind it"));
    }
}
