//! The command line: arguments and their verbs. Each verb has a file of its own, unless it is a few lines.

mod announce;
mod clock;
mod copies;
mod discover;
mod doctor;
mod edit;
mod event;
mod export;
mod host;
mod hotspot;
mod keys;
mod message;
mod mode;
mod new_id;
#[cfg(test)]
mod packaged;
mod people;
mod poll;
mod question;
mod report;
mod secret;
mod status;
mod terminal;
mod wall;
mod wipe;

use std::env;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use rustix::fs::Mode;
use rustix::process::umask;

use self::copies::CopyArgs;
use self::terminal::Plain;
use crate::config::{self, Applies, Config, DEFAULT_FILE, Flag, Loaded, SETTINGS, Sources};
use crate::doctor::{Finding, service_faults};
use crate::store::{Database, try_database};
use crate::unit::{self, Unit};
use crate::{server, telemetry};

const WHERE_SETTINGS_ARE: &str = "\
Every flag of `run` is also a key of the file and a variable COLAHUB_….
`colahub check-config --help` lists all settings.";

/// An edge chat hub: anonymous, offline, one binary.
#[derive(Debug, Parser)]
#[command(name = "colahub", version)]
#[command(after_help = WHERE_SETTINGS_ARE)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the hub until it is told to stop (SIGTERM or Ctrl-C)
    Run(RunArgs),
    /// Copy the database to a file, also while the hub runs
    Backup(CopyArgs),
    /// Put a copy in the place of the database, while the hub is stopped
    Restore(CopyArgs),
    /// List those who are present, take somebody out, keep them out, mute or rename them
    #[command(subcommand)]
    Chatter(host::ChatterCommand),
    /// Check the configuration and say what the hub would do with it
    #[command(after_help = settings_help())]
    CheckConfig(CheckArgs),
    /// Set the hub's time where the machine's clock cannot be relied on, or forget it
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// Announce something to everybody, list what is announced, take it down
    #[command(subcommand)]
    Announce(announce::AnnounceCommand),
    /// List the hubs on the local network
    Discover(discover::DiscoverArgs),
    /// Look for what may keep people from the hub
    Doctor(doctor::DoctorArgs),
    /// Make the event's title, rooms, announcements and prepared polls what a file says, or print them as such a file
    #[command(subcommand)]
    Event(event::EventCommand),
    /// Write everything that was said to a zip, also while the hub runs
    Export(export::ExportArgs),
    /// Make keys with which hosts act over the network, list the keys, revoke one
    #[command(subcommand)]
    Host(keys::HostCommand),
    /// Open the ports for a hub without privileges; the service does this before it starts one
    #[command(hide = true)]
    HoldPorts(FileArg),
    /// Make the event's own Wi-Fi on this machine, end it, or see who is in it
    #[command(subcommand)]
    Hotspot(hotspot::HotspotCommand),
    /// List what the host did to rooms and people, the newest first
    Log(StatusArgs),
    /// List what was said in a room, say something there as the host, delete messages
    #[command(subcommand)]
    Message(message::MessageCommand),
    /// Give a hub whose card is a copy of another's an id of its own, while it is stopped
    NewId(new_id::NewIdArgs),
    /// List the questions that people have asked in a room, mark them as answered
    #[command(subcommand)]
    Question(question::QuestionCommand),
    /// Ask everybody or one room: make a poll, list polls with their votes, close one
    #[command(subcommand)]
    Poll(poll::PollCommand),
    /// List the messages that people have reported, strike a report off the list
    #[command(subcommand)]
    Report(report::ReportCommand),
    /// List the living rooms, make one, let nobody new in, end one
    #[command(subcommand)]
    Room(host::RoomCommand),
    /// Ask the hub that runs on this machine how it is
    Status(StatusArgs),
    /// Remove for good everything that people have said, and who they were, also while the hub runs
    Wipe(wipe::WipeArgs),
    /// Set or show what a projector or a television shows of a room
    #[command(subcommand)]
    Wall(wall::WallCommand),
}

#[derive(Debug, Clone, Args)]
struct FileArg {
    /// The configuration file [COLAHUB_CONFIG; else /etc/colahub/config.toml if it exists]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct CheckArgs {
    #[command(flatten)]
    file: FileArg,
    /// Try the connection to the shared database, too
    #[arg(long)]
    connect: bool,
}

#[derive(Debug, Args)]
struct RunArgs {
    #[command(flatten)]
    file: FileArg,
    /// Where to accept connections, once for each address; a port alone means every address
    /// [COLAHUB_LISTEN, listen]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Vec<String>,
    /// The directory of the database and the hub's keys [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// The name of the hub on the network [COLAHUB_NAME, name]
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Do not announce the hub on the local network [COLAHUB_MDNS, mdns]
    #[arg(long)]
    no_mdns: bool,
}

#[derive(Debug, Args)]
struct StatusArgs {
    #[command(flatten)]
    file: FileArg,
    /// The directory of the hub's data [COLAHUB_DATA_DIR, data_dir]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    /// Answer as JSON, for programs
    #[arg(long)]
    json: bool,
}

impl StatusArgs {
    fn into_sources(self) -> Sources {
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        Sources { flags: data_dir.into_iter().collect(), ..self.file.into_sources() }
    }
}

impl RunArgs {
    fn into_sources(self) -> Sources {
        let listen =
            (!self.listen.is_empty()).then(|| Flag::list("--listen", "listen", self.listen));
        let data_dir = self.data_dir.map(|dir| Flag::one("--data-dir", "data_dir", dir));
        let name = self.name.map(|name| Flag::one("--name", "name", name));
        let no_mdns = self.no_mdns.then(|| Flag::one("--no-mdns", "mdns", "false"));
        Sources {
            flags: [listen, data_dir, name, no_mdns].into_iter().flatten().collect(),
            ..self.file.into_sources()
        }
    }
}

impl FileArg {
    fn into_sources(self) -> Sources {
        Sources { file: self.config, environment: env::vars_os().collect(), flags: Vec::new() }
    }
}

/// Runs the verb that the command line names, and returns the exit code for the shell.
///
/// Ends the process itself for a command line that is wrong, for `--help` and for `--version`.
pub fn run() -> ExitCode {
    // The hub's files are private to its user, whatever umask this process has inherited.
    umask(Mode::RWXG | Mode::RWXO);
    let out = &mut Plain(io::stdout());
    let done = match Cli::parse().command {
        Command::Run(args) => run_hub(args),
        Command::Announce(command) => announce::announce(command, out),
        Command::Backup(args) => copies::back_up(args, out),
        Command::Restore(args) => copies::restore(args, out),
        Command::CheckConfig(args) => check_config(args.file.into_sources(), args.connect, out),
        Command::Chatter(command) => host::chatter(command, out),
        Command::Clock(command) => clock::clock(command, out),
        Command::Discover(args) => discover::discover(args, out),
        Command::Doctor(args) => return or_complain(doctor::doctor(args, out)),
        Command::Event(command) => event::event(command, out),
        Command::Export(args) => export::export(args, out),
        Command::Host(command) => keys::host(command, out),
        Command::Hotspot(command) => hotspot::hotspot(command, out),
        Command::HoldPorts(file) => {
            hold_ports(file);
            Ok(())
        }
        Command::Log(args) => host::log(args, out),
        Command::Message(command) => message::message(command, out),
        Command::NewId(args) => new_id::new_id(args, out),
        Command::Question(command) => question::question(command, out),
        Command::Poll(command) => poll::poll(command, out),
        Command::Report(command) => report::report(command, out),
        Command::Room(command) => host::room(command, out),
        Command::Status(args) => status::run(args.json, args.into_sources(), out),
        Command::Wipe(args) => wipe::wipe(args, out),
        Command::Wall(command) => wall::wall(command, out),
    };
    or_complain(done.map(|()| ExitCode::SUCCESS))
}

/// The exit code of a verb. An error is printed to standard error and becomes the exit code for failure.
fn or_complain(done: anyhow::Result<ExitCode>) -> ExitCode {
    match done {
        Ok(code) => code,
        Err(error) => {
            // If standard error is closed, the error cannot be reported anywhere.
            let level = if telemetry::is_stderr_journal() { "<3>" } else { "" };
            let _ = Plain(io::stderr()).write_all(complaint(&error, level).as_bytes());
            ExitCode::FAILURE
        }
    }
}

fn run_hub(args: RunArgs) -> anyhow::Result<()> {
    let sources = args.into_sources();
    let loaded = config::load(sources.clone())?;
    let levels = telemetry::init(&loaded.config.log_level)?;
    server::run(loaded, sources, levels)
}

fn hold_ports(file: FileArg) {
    // A bad configuration is reported by the hub itself, which systemd starts right after this.
    if let Ok(Loaded { config, .. }) = config::load(file.into_sources()) {
        server::hold_ports(&config);
    }
}

fn check_config(sources: Sources, connect: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let unit = unit_of(&sources).filter(|unit| unit.is_plain);
    let Loaded { config, file, .. } = config::load(sources)?;
    let database = server::database(&config)?;
    match file {
        Some(file) => writeln!(out, "{}: good", file.display())?,
        None => writeln!(out, "{DEFAULT_FILE}: not there, and none is needed")?,
    }
    writeln!(out, "{}", outlook(&config, database.as_ref()))?;
    match database {
        Some(database) if connect => writeln!(out, "{}.", try_database(&database)?)?,
        Some(_) => writeln!(out, "Whether it answers, `colahub check-config --connect` says.")?,
        None => {}
    }
    let faults = unit.map(|unit| service_faults(&config, &unit)).unwrap_or_default();
    match faults.as_slice() {
        [] => Ok(()),
        faults => anyhow::bail!(faults.iter().map(sentence).collect::<Vec<_>>().join("\n")),
    }
}

/// The installed service, if a configuration from these sources is its own. `None` in a process that systemd has
/// started for the service, which has the service's view already.
fn unit_of(sources: &Sources) -> Option<Unit> {
    if unit::is_inside() || !sources.are_default() {
        return None;
    }
    Unit::ask()
}

fn sentence(Finding { seen, advice, .. }: &Finding) -> String {
    advice.iter().fold(seen.clone(), |seen, advice| format!("{seen}; {advice}"))
}

/// Summarises in one sentence what a hub with this configuration does.
fn outlook(config: &Config, database: Option<&Database>) -> String {
    let listen: Vec<String> = config.listen.iter().map(ToString::to_string).collect();
    let found = match config.mdns {
        true => format!("is found as {}.local", config.name),
        false => "is not announced on the network".to_owned(),
    };
    let data = match database {
        Some(database) => format!("shares the PostgreSQL at {} with other hubs", database.place()),
        None => format!("keeps its data in {}", config.data_dir.display()),
    };
    format!(
        "The hub listens on {}, {found}, {data}, and a room lives {}.",
        listen.join(" and "),
        humantime::format_duration(config.rooms_lifetime),
    )
}

/// The error with its causes. Each line is prefixed with its journal level and the program's name.
fn complaint(error: &anyhow::Error, level: &str) -> String {
    format!("{error:#}").lines().map(|line| format!("{level}colahub: {line}\n")).collect()
}

fn settings_help() -> String {
    SETTINGS.iter().fold("Settings:".to_owned(), |mut help, setting| {
        let (key, variable, doc) = (setting.key, setting.variable(), setting.doc);
        let needs = match setting.applies {
            Applies::OnReload => "",
            Applies::OnRestart => " (needs a restart)",
        };
        // Writing to a String cannot fail.
        let _ = write!(help, "\n  {key} [{variable}]{needs}\n      {doc}");
        help
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use clap::CommandFactory;

    use super::*;

    fn args(line: &str) -> RunArgs {
        match Cli::try_parse_from(line.split(' ')).unwrap().command {
            Command::Run(args) => args,
            other => panic!("{line} gave {other:?}"),
        }
    }

    fn file(text: &str) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("hub.toml");
        fs::write(&path, text).unwrap();
        (dir, path)
    }

    /// This file as the only source, whatever the environment of the tests is.
    fn only(path: &Path) -> Sources {
        Sources { file: Some(path.to_owned()), ..Sources::default() }
    }

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_flag_reaches_its_setting() {
        let (_dir, path) = file("");
        let line = format!(
            "colahub run --config {} --listen 81 --listen 127.0.0.1:82 --data-dir /srv --name camp \
             --no-mdns",
            path.display()
        );
        let sources = Sources { environment: Vec::new(), ..args(&line).into_sources() };
        let Loaded { config, file, .. } = config::load(sources).unwrap();
        assert_eq!(file, Some(path));
        assert_eq!(config.listen, ["[::]:81".parse().unwrap(), "127.0.0.1:82".parse().unwrap()]);
        assert_eq!(config.data_dir, PathBuf::from("/srv"));
        assert_eq!((config.name.as_str(), config.mdns), ("camp", false));
    }

    #[test]
    fn flags_left_out_say_nothing() {
        assert!(args("colahub run").into_sources().flags.is_empty());
    }

    #[test]
    fn a_good_file_is_reported_with_what_it_does() {
        let (_dir, path) = file("name = 'camp'\nlisten = '80'\nrooms.lifetime = '90min'");
        let mut out = Vec::new();
        check_config(only(&path), false, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            format!(
                "{}: good\nThe hub listens on [::]:80, is found as camp.local, \
                 keeps its data in /var/lib/colahub, and a room lives 1h 30m.\n",
                path.display()
            )
        );
    }

    #[test]
    fn every_sentence_of_an_error_says_who_complains() {
        let (_dir, path) = file("mdns = 1\nnmae = 'camp'");
        let error = check_config(only(&path), false, &mut Vec::new()).unwrap_err();
        for (level, prefix) in [("", "colahub: "), ("<3>", "<3>colahub: ")] {
            let complaint = complaint(&error, level);
            assert_eq!(complaint.lines().count(), 2);
            assert!(complaint.lines().all(|line| line.starts_with(prefix)), "{complaint}");
        }
    }
}
