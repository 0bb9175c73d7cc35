//! `colahub doctor`: looks for what may keep people from the hub.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::FileArg;
use crate::config::{self, Flag, Sources};
use crate::doctor::{Finding, Verdict, examine, look_as_service};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    #[command(flatten)]
    file: FileArg,
    /// Where the hub accepts connections, if it was told so on its command line
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Vec<String>,
    /// The directory of the hub's data [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
    /// Check only what depends on the user: the service's, who has this name
    #[arg(long, value_name = "USER", hide = true)]
    as_service: Option<String>,
    /// systemd makes the data folder for the service
    #[arg(long, hide = true)]
    made: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    good: bool,
    findings: &'a [Finding],
}

impl DoctorArgs {
    fn into_sources(self) -> Sources {
        let listen =
            (!self.listen.is_empty()).then(|| Flag::list("--listen", "listen", self.listen));
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        let flags = [listen, data_dir].into_iter().flatten().collect();
        Sources { flags, ..self.file.into_sources() }
    }
}

/// Prints each finding. The exit code is 1 if any of them is [`Verdict::Bad`].
pub(super) fn doctor(args: DoctorArgs, out: &mut impl Write) -> anyhow::Result<ExitCode> {
    let (json, as_service, is_made) = (args.json, args.as_service.clone(), args.made);
    let sources = args.into_sources();
    let unit = as_service.is_none().then(|| super::unit_of(&sources)).flatten();
    let loaded = config::load(sources).map(|loaded| loaded.config);
    let mut tell = |finding: &Finding| {
        if !json {
            // If standard output is closed, the exit code still says how the checks went.
            let _ = print(finding, out);
        }
    };
    let findings = if let Some(user) = as_service {
        let findings = look_as_service(loaded, &user, is_made);
        findings.iter().for_each(tell);
        findings
    } else {
        examine(&loaded?, unit.as_ref(), &mut tell)
    };
    let good = findings.iter().all(|finding| finding.verdict != Verdict::Bad);
    if json {
        serde_json::to_writer_pretty(&mut *out, &Report { good, findings: &findings })?;
        writeln!(out)?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(
    Finding { check, verdict, seen, advice }: &Finding,
    out: &mut impl Write,
) -> io::Result<()> {
    let verdict = match verdict {
        Verdict::Good => "good",
        Verdict::Note => "note",
        Verdict::Bad => "BAD ",
    };
    writeln!(out, "{verdict}  {check:12} {seen}")?;
    advice.iter().try_for_each(|advice| writeln!(out, "{:18} → {advice}", ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_says_how_it_stands_and_what_to_do() {
        let finding = Finding {
            check: "port".into(),
            verdict: Verdict::Bad,
            seen: "another program has port 80".into(),
            advice: Some("stop it".into()),
        };
        let mut out = Vec::new();
        print(&finding, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "BAD   port         another program has port 80\n                   → stop it\n"
        );
    }
}
