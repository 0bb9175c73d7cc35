//! `colahub discover`: the hubs on the local network.

use std::io::Write;
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::FileArg;
use crate::config;
use crate::discovery::{self, FoundHub};

#[derive(Debug, Args)]
pub(super) struct DiscoverArgs {
    #[command(flatten)]
    file: FileArg,
    /// How long to listen, in seconds: 1 to 60
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    wait: u64,
    /// Print JSON, for programs
    #[arg(long)]
    json: bool,
}

/// A hub in the output of `--json`.
#[derive(Serialize)]
struct Shown<'a> {
    name: &'a str,
    host: &'a str,
    url: String,
    version: &'a str,
    id: &'a str,
}

pub(super) fn discover(args: DiscoverArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let DiscoverArgs { file, wait, json } = args;
    let config = config::load(file.into_sources())?.config;
    let hubs = discovery::hubs(&config.interfaces, Duration::from_secs(wait))?;
    if json { as_json(&hubs, out) } else { as_table(&hubs, wait, out) }
}

fn as_json(hubs: &[FoundHub], out: &mut impl Write) -> anyhow::Result<()> {
    let shown: Vec<Shown<'_>> = hubs
        .iter()
        .map(|hub| Shown {
            name: &hub.name,
            host: &hub.host,
            url: hub.url(),
            version: &hub.version,
            id: &hub.id,
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &shown)?;
    writeln!(out)?;
    Ok(())
}

fn as_table(hubs: &[FoundHub], wait: u64, out: &mut impl Write) -> anyhow::Result<()> {
    if hubs.is_empty() {
        writeln!(out, "No hub answered within {wait} s. `colahub doctor` looks for the cause.")?;
        return Ok(());
    }
    let width =
        |text: fn(&FoundHub) -> &str| hubs.iter().map(|hub| text(hub).len()).max().unwrap_or(0);
    let (name, host) = (width(|hub| &hub.name), width(|hub| &hub.host));
    for hub in hubs {
        writeln!(out, "{:name$}  {:host$}  {}", hub.name, hub.host, hub.url())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hub(name: &str, host: &str, at: &str) -> FoundHub {
        FoundHub {
            name: name.into(),
            id: "0e0c6a9e-3c5b-4a35-8a43-2f6d1c0b9a88".into(),
            version: "0.1.0".into(),
            host: host.into(),
            at: at.parse().unwrap(),
        }
    }

    fn printed(print: impl Fn(&mut Vec<u8>) -> anyhow::Result<()>) -> String {
        let mut out = Vec::new();
        print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn hubs_are_told_with_an_address_that_every_phone_opens() {
        let hubs = [
            hub("cola", "cola.local", "10.0.0.2:80"),
            hub("cola (2)", "cola-2.local", "10.0.0.3:8080"),
        ];
        assert_eq!(
            printed(|out| as_table(&hubs, 3, out)),
            "cola      cola.local    http://10.0.0.2\n\
             cola (2)  cola-2.local  http://10.0.0.3:8080\n"
        );
        let json: serde_json::Value =
            serde_json::from_str(&printed(|out| as_json(&hubs, out))).unwrap();
        assert_eq!(json[1]["url"], "http://10.0.0.3:8080");
    }

    #[test]
    fn silence_is_told_as_such() {
        assert!(printed(|out| as_table(&[], 3, out)).starts_with("No hub answered within 3 s."));
        assert_eq!(printed(|out| as_json(&[], out)), "[]\n");
    }
}
