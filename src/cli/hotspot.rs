//! `colahub hotspot`: the event's own network.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use rustix::process::geteuid;

use super::{FileArg, secret};
use crate::config::{self, Config, DEFAULT_FILE, Sources};
use crate::hotspot::status as ask;
use crate::hotspot::{
    Client, Country, Machine, Password, Plan, Protection, Ssid, Status, Stop, Wanted,
};
use crate::network::url;
use crate::unit::ServiceState;

/// `colahub hotspot …`
#[derive(Debug, Subcommand)]
pub(super) enum HotspotCommand {
    /// Make the network, now and at every start of this machine
    Start(StartArgs),
    /// End the network, and put back what was before it
    Stop(StopArgs),
    /// Show the network, and the devices in it
    Status(ShowArgs),
}

/// The arguments of `hotspot start`.
#[derive(Debug, Args)]
pub(super) struct StartArgs {
    /// The name of the Wi-Fi
    #[arg(long, value_name = "NAME")]
    ssid: String,
    /// Ask for the Wi-Fi's password; without this, it keeps the one that it has, or gets a new one, which is shown
    #[arg(long, conflicts_with_all = ["password_stdin", "open"])]
    password: bool,
    /// Read the Wi-Fi's password from standard input
    #[arg(long, conflicts_with = "open", requires = "yes")]
    password_stdin: bool,
    /// Make a Wi-Fi without a password
    #[arg(long)]
    open: bool,
    /// The country whose rules the Wi-Fi follows, such as KR; needed where the machine does not know it
    #[arg(long, value_name = "COUNTRY")]
    country: Option<String>,
    /// The network device: a Wi-Fi, or a cable to an access point [the machine's Wi-Fi]
    #[arg(long, value_name = "INTERFACE")]
    interface: Option<String>,
    /// Do not ask whether to go on
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    file: FileArg,
}

/// The arguments of `hotspot stop`.
#[derive(Debug, Args)]
pub(super) struct StopArgs {
    /// Do not ask whether to go on
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    file: FileArg,
}

/// The arguments of `hotspot status`.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// Answer as JSON, for programs
    #[arg(long)]
    json: bool,
}

/// Runs `colahub hotspot`.
pub(super) fn hotspot(command: HotspotCommand, out: &mut impl Write) -> anyhow::Result<()> {
    if !geteuid().is_root() {
        bail!("only root can change or see this machine's network: use sudo");
    }
    match command {
        HotspotCommand::Start(args) => start(args, out),
        HotspotCommand::Stop(args) => stop(args, out),
        HotspotCommand::Status(args) => status(&args, out),
    }
}

fn start(args: StartArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let protection = protection(&args)?;
    let ssid = Ssid::parse(&args.ssid).context(
        "the name of a Wi-Fi has 1 to 32 bytes: up to 32 Latin letters, or 10 Korean syllables",
    )?;
    let country = match &args.country {
        Some(text) => Some(Country::parse(text).context("a country has two letters, such as KR")?),
        None => None,
    };
    let sources = args.file.into_sources();
    let loaded = config::load(sources.clone())?;
    let machine = Machine::own();
    let wanted = Wanted {
        ssid,
        protection,
        country,
        interface: args.interface,
        hub: loaded.config.name.to_string(),
        config: loaded.file.unwrap_or_else(|| DEFAULT_FILE.into()),
    };
    let mut random = [0; 16];
    getrandom::fill(&mut random).context("no random numbers for a password")?;
    let plan = Plan::make(&machine, wanted, random)?;
    agreed(&plan.outlook(), args.yes, out)?;
    plan.carry_out(&machine, &|| reload(&sources), &mut |words| say(out, words))?;
    say(out, &invitation(&plan, &loaded.config));
    Ok(())
}

fn protection(args: &StartArgs) -> anyhow::Result<Protection> {
    let text = if args.open {
        return Ok(Protection::Open);
    } else if args.password {
        secret::asked("Password of the Wi-Fi: ")?
    } else if args.password_stdin {
        secret::first_line(io::stdin().lock())?
    } else {
        return Ok(Protection::AsBefore);
    };
    let password = Password::parse(&text)
        .context("a Wi-Fi's password has 8 to 63 Latin letters, digits and signs")?;
    Ok(Protection::Password(password))
}

/// Where people go once they are in the network.
fn invitation(plan: &Plan, config: &Config) -> String {
    let port = config.listen.first().map_or(80, std::net::SocketAddr::port);
    let address = url(&(plan.address(), port).into());
    let [local, internal] = plan.names();
    let port = if port == 80 { String::new() } else { format!(":{port}") };
    format!(
        "In it, people open {address} or http://{local}{port} (or http://{internal}{port}); the page at \
         {address}/join has the codes for both."
    )
}

fn stop(args: StopArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let sources = args.file.into_sources();
    let machine = Machine::own();
    let Some(stop) = Stop::make(&machine)? else {
        writeln!(out, "This machine makes no network; there is nothing to end.")?;
        return Ok(());
    };
    agreed(&stop.outlook(), args.yes, out)?;
    stop.carry_out(&machine, &|| reload(&sources), &mut |words| say(out, words));
    say(out, "The network is over.");
    Ok(())
}

fn status(args: &ShowArgs, out: &mut impl Write) -> anyhow::Result<()> {
    let status = ask(&Machine::own())?;
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &status)?;
        writeln!(out)?;
        return Ok(());
    }
    match status {
        Some(status) => write!(out, "{}", lines(&status))?,
        None => writeln!(
            out,
            "This machine makes no network; `sudo colahub hotspot start --ssid NAME` begins one."
        )?,
    }
    Ok(())
}

fn lines(Status { ssid, open, interface, up, address, names, clients }: &Status) -> String {
    let open = if *open { ", open" } else { "" };
    let up = if *up { "up" } else { "NOT up; `sudo colahub doctor` says why" };
    let mut text = format!("{ssid:?} on {interface}{open}: {up}\n");
    let names: Vec<String> = names.iter().map(|name| format!(", {name}")).collect();
    text.push_str(&format!("the hub is {address}{}\n", names.concat()));
    text.push_str(&match clients.len() {
        0 => "no device is in it\n".to_owned(),
        1 => "1 device is in it:\n".to_owned(),
        several => format!("{several} devices are in it:\n"),
    });
    clients.iter().for_each(|client| text.push_str(&line(client)));
    text
}

fn line(Client { hardware, address, name, signal }: &Client) -> String {
    let address = address.as_deref().unwrap_or("no address");
    // A stranger chose it.
    let name = name.as_ref().map_or_else(String::new, |name| format!("  {name:?}"));
    let signal = signal.map_or_else(String::new, |dbm| format!("  {dbm} dBm"));
    format!("  {address:15}  {hardware}{signal}{name}\n")
}

/// Shows what changes, and asks.
fn agreed(outlook: &str, is_agreed: bool, out: &mut impl Write) -> anyhow::Result<()> {
    write!(out, "{outlook}")?;
    if is_agreed {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask at: add --yes to agree");
    }
    write!(out, "Go on? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("nothing has changed");
    }
    Ok(())
}

/// Says something at once. If nobody listens any more, as after an SSH session over the Wi-Fi has ended, the rest is
/// still done.
fn say(out: &mut impl Write, words: &str) {
    let _ = writeln!(out, "{words}").and_then(|()| out.flush());
}

/// Has the running service read its configuration again. A hub that is not running reads it when it starts.
fn reload(sources: &Sources) {
    if let Some(unit) = super::unit_of(sources).filter(|unit| unit.state == ServiceState::Active)
        && !unit.reload()
    {
        let _ = writeln!(
            super::Plain(io::stderr()),
            "colahub: the hub has not read its configuration again: `journalctl -u colahub` says why"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_lists_the_devices() {
        let phone = Client {
            hardware: "02:00:00:00:00:01".into(),
            address: Some("10.42.0.57".into()),
            name: Some("ann\u{1b}".into()),
            signal: Some(-52),
        };
        let status = Status {
            ssid: "Cola".into(),
            open: true,
            interface: "wlan0".into(),
            up: true,
            address: [10, 42, 0, 1].into(),
            names: vec!["cola.local".into(), "cola.internal".into()],
            clients: vec![
                phone.clone(),
                Client { address: None, name: None, signal: None, ..phone },
            ],
        };
        assert_eq!(
            lines(&status),
            "\"Cola\" on wlan0, open: up\nthe hub is 10.42.0.1, cola.local, cola.internal\n\
             2 devices are in it:\n\
             \x20 10.42.0.57       02:00:00:00:00:01  -52 dBm  \"ann\\u{1b}\"\n\
             \x20 no address       02:00:00:00:00:01\n"
        );
        let down = lines(&Status { up: false, clients: Vec::new(), ..status });
        assert!(down.contains("NOT up") && down.contains("no device"), "{down}");
    }
}
