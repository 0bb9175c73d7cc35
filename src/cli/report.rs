//! `colahub report`: lists reports of messages, and marks them as done.

use std::io::Write;

use clap::{Args, Subcommand};

use super::StatusArgs;
use super::host::{HubArgs, list};
use super::terminal::in_utc;
use crate::control::protocol::{Reported, Request};

/// `colahub report …`
#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// List the messages that people have reported, the newest report first
    List(ListArgs),
    /// Strike a report off the list
    Done(DoneArgs),
}

/// The arguments of `report list`.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Also the reports that were struck off
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    asked: StatusArgs,
}

/// The arguments of `report done`.
#[derive(Debug, Args)]
pub(super) struct DoneArgs {
    /// The report's number, as `colahub report list` shows it
    #[arg(value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(1..))]
    report: i64,
    #[command(flatten)]
    hub: HubArgs,
}

/// Runs `colahub report`.
pub(super) fn report(command: ReportCommand, out: &mut impl Write) -> anyhow::Result<()> {
    match command {
        ReportCommand::List(ListArgs { all, asked }) => {
            list(asked, &Request::ReportList { all }, lines, out)
        }
        ReportCommand::Done(DoneArgs { report, hub }) => {
            let () = hub.ask(&Request::ReportDone { report })?;
            writeln!(out, "Report {report} is done.")?;
            Ok(())
        }
    }
}

/// Three lines: the report, the reported message, and its author.
fn lines(reported: &Reported) -> String {
    let Reported { id, at, done_at, by_nickname, reason, code, seq, .. } = reported;
    let Reported { chatter, nickname, content, taken_back, .. } = reported;
    let at = in_utc(at);
    let done = if done_at.is_some() { ", done" } else { "" };
    // `{:?}` escapes control characters: text from strangers must not control the host's terminal.
    let reason = reason.as_ref().map(|reason| format!(": {reason:?}")).unwrap_or_default();
    let said = if *taken_back { "(taken back)".to_owned() } else { format!("{content:?}") };
    format!(
        "{id:>6}  {at}  by {by_nickname}{done}{reason}\n\
         \x20       {nickname} in {code} #{seq}: {said}\n\
         \x20       {chatter}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_lines_that_command_no_terminal() {
        let reported = Reported {
            id: 7,
            at: "2026-07-01T10:48:00.000Z".to_owned(),
            done_at: None,
            by: String::new(),
            by_nickname: "졸린 여우".to_owned(),
            reason: Some("욕\u{1b}[2J".to_owned()),
            room: String::new(),
            code: "K7PMX3".to_owned(),
            seq: 12,
            chatter: "7d444840-9dc0-41d1-b245-5ffdce74fad2".to_owned(),
            nickname: "빠른 곰".to_owned(),
            content: "나쁜\n말".to_owned(),
            taken_back: false,
        };
        assert_eq!(
            lines(&reported),
            "     7  2026-07-01 10:48:00 UTC  by 졸린 여우: \"욕\\u{1b}[2J\"\n\
             \x20       빠른 곰 in K7PMX3 #12: \"나쁜\\n말\"\n\
             \x20       7d444840-9dc0-41d1-b245-5ffdce74fad2"
        );
        let gone = Reported {
            done_at: Some(reported.at.clone()),
            reason: None,
            taken_back: true,
            ..reported
        };
        let text = lines(&gone);
        assert!(text.contains("by 졸린 여우, done\n") && text.contains("#12: (taken back)\n"));
    }
}
