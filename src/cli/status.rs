//! `colahub status`: asks the running hub for its status and prints it.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use qrcodegen::{QrCode, QrCodeEcc};

use super::clock;
use super::terminal::shows_utf8;
use crate::config::{self, Loaded, Sources};
use crate::control::protocol::{Data, Memory, Missing, Request, SharedDatabase, Status};
use crate::control::{AskError, ask};
use crate::domain::words;
use crate::wire::AnnouncementStatus;

/// Empty modules around a QR code: the quiet zone that its standard requires.
const QUIET: i32 = 4;

/// Switches the terminal to black on white, whatever its own colours are, for QR codes.
const BLACK_ON_WHITE: &str = "\x1b[30;107m";
const RESET: &str = "\x1b[0m";

/// The background of a dark and of a light module, for terminals that show ASCII only.
const DARK: &str = "\x1b[40m";
const LIGHT: &str = "\x1b[107m";

/// Asks the hub that these sources configure for its status, and prints it.
pub(super) fn run(json: bool, sources: Sources, out: &mut impl Write) -> anyhow::Result<()> {
    let Loaded { config, .. } = config::load(sources)?;
    let status: Status = ask(&config.data_dir, &Request::Status).map_err(explain)?;
    if json {
        writeln!(out, "{}", serde_json::to_string(&status)?)?;
        return Ok(());
    }
    write!(out, "{}", text(&status))?;
    let mut terminal = io::stdout();
    if let Some(address) = status.addresses.first().filter(|_| terminal.is_terminal()) {
        // Written around the escaping writer: its control sequences are our own.
        write!(terminal, "\n{}", scannable(address)?)?;
    }
    Ok(())
}

/// The error, with advice on what may help.
pub(super) fn explain(error: AskError) -> anyhow::Error {
    match error {
        AskError::NotRunning(_) => anyhow::anyhow!(
            "{error}; `sudo systemctl start colahub` starts it, `journalctl -u colahub` says why it ended"
        ),
        other => other.into(),
    }
}

/// The status for people.
fn text(status: &Status) -> String {
    let Status { version, title, uptime, since, people, rooms, places, memory, data, .. } = status;
    let up = humantime::format_duration(Duration::from_secs(*uptime));
    let since = match since {
        // Date, hours and minutes, without seconds.
        Some(since) => {
            format!(", since {} UTC", since.get(..16).unwrap_or(since).replace('T', " "))
        }
        None => ", and the time is not known".to_owned(),
    };
    let mut text = format!("{title}: Cola Hub {version}, up {up}{since}\n");
    let mut line = |name: &str, what: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{name:<11}{what}");
    };
    match status.addresses.as_slice() {
        [] => line("Address", "none: this machine is in no network"),
        [first, more @ ..] => {
            line("Address", first);
            more.iter().for_each(|address| line("", address));
        }
    }
    for Missing { address, reason } in &status.missing {
        line("Missing", &format!("{address}: {reason}"));
    }
    line("Name", &announced(&status.announced));
    if let Some(told) = status.clock.as_ref().and_then(clock::in_words) {
        line("Clock", &told);
    }
    if !status.twins.is_empty() {
        let who = status.twins.join(" and ");
        line(
            "Copy",
            &format!("{who} has this hub's id; stop one, and `colahub new-id` gives it its own"),
        );
    }
    let are = if *rooms == 1 { "room" } else { "rooms" };
    line("People", &format!("{people} in {rooms} {are}; there is place for {places}"));
    match status.reports {
        None | Some(0) => {}
        Some(1) => line("Reports", "1 message was reported; `colahub report list` shows it"),
        Some(open) => {
            line(
                "Reports",
                &format!("{open} reports of messages; `colahub report list` shows them"),
            );
        }
    }
    line("Memory", &taken(memory));
    match &data.shared {
        Some(shared) => {
            line("Database", &shared_database(shared));
            for hub in &shared.hubs {
                line("", &shared_hub(hub, &shared.differs));
            }
        }
        None => line("Database", &kept(data)),
    }
    match data.storage.as_str() {
        "full" => {
            line("Disk", "full: the hub can be read, but takes no messages until there is space");
        }
        "read_only" => line("Disk", "read-only: the hub can be read, but takes no messages"),
        _ => {}
    }
    if let Some(why) = &data.forgets {
        line("Volatile", why);
    }
    if let Some(trouble) = &data.copies {
        line("Copies", &format!("none are made: {trouble}"));
    }
    if let Some(loss) = &data.loss {
        line("Lost", loss);
    }
    text
}

/// The name under which people find the hub, or why they do not.
fn announced(told: &AnnouncementStatus) -> String {
    match (&told.name, &told.reason) {
        (Some(name), _) => name.clone(),
        (None, Some(reason)) => format!("not announced: {reason}"),
        (None, None) if told.state == "off" => "not announced, as configured".to_owned(),
        (None, None) => "being claimed".to_owned(),
    }
}

fn taken(memory: &Memory) -> String {
    let Memory { taken, most, state } = memory;
    let most = most.map(|most| format!(" of {}", words::size(most))).unwrap_or_default();
    let why = match state.as_str() {
        "tight" => "; nearly full: newcomers have to wait",
        "full" => "; full: newcomers are turned away",
        _ => "",
    };
    format!("{}{most}{why}", words::size(*taken))
}

fn shared_database(
    SharedDatabase { place, answers, round_trip, hubs, .. }: &SharedDatabase,
) -> String {
    let milliseconds = Duration::from_micros(*round_trip).as_secs_f64() * 1_000.0;
    let hubs = match hubs.len() {
        1 => "this hub alone uses it".to_owned(),
        hubs => format!("{hubs} hubs share it"),
    };
    match answers {
        true => format!("PostgreSQL at {place}, answers in {milliseconds:.1} ms; {hubs}:"),
        false => format!(
            "PostgreSQL at {place} does not answer: messages are refused until it does; before, {hubs}:"
        ),
    }
}

/// A line about another hub on the shared database: its name, its URL, and the settings in which it differs from this
/// hub.
fn shared_hub((name, url): &(String, String), differs: &[(String, String)]) -> String {
    let others = differs.iter().filter(|(hub, _)| hub == name);
    let keys: Vec<&str> = others.map(|(_, key)| key.as_str()).collect();
    match keys.is_empty() {
        true => format!("{name}, {url}"),
        false => {
            let keys = keys.join(", ");
            format!("{name}, {url}; set otherwise than here, and to be set alike: {keys}")
        }
    }
}

fn kept(data: &Data) -> String {
    let free = match data.free {
        Some(free) => format!("{} free on its disk", words::size(free)),
        None => "its disk cannot be looked at".to_owned(),
    };
    format!("{} in {}; {free}", words::size(data.database), data.folder)
}

/// A URL as a QR code, in Unicode or in ASCII by what the terminal shows.
pub(super) fn scannable(url: &str) -> anyhow::Result<String> {
    if shows_utf8(|name| std::env::var(name).ok()) { code(url) } else { ascii_code(url) }
}

/// The address as a QR code in Unicode: two modules, one above the other, in a character.
fn code(address: &str) -> anyhow::Result<String> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium)?;
    let all = -QUIET..code.size() + QUIET;
    let mut text = String::new();
    for y in all.clone().step_by(2) {
        text += BLACK_ON_WHITE;
        text.extend(all.clone().map(|x| {
            match (code.get_module(x, y), code.get_module(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            }
        }));
        text += RESET;
        text.push('\n');
    }
    Ok(text)
}

/// The address as a QR code in ASCII: each module is two spaces with a dark or a light background.
fn ascii_code(address: &str) -> anyhow::Result<String> {
    let code = QrCode::encode_text(address, QrCodeEcc::Medium)?;
    let all = -QUIET..code.size() + QUIET;
    let mut text = String::new();
    for y in all.clone() {
        for x in all.clone() {
            text += if code.get_module(x, y) { DARK } else { LIGHT };
            text += "  ";
        }
        text += RESET;
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        Status {
            version: "1.2.3".to_owned(),
            title: "여름 캠프".to_owned(),
            uptime: 11_520,
            since: Some("2026-07-01T10:48:00.000Z".to_owned()),
            clock: None,
            addresses: vec!["http://192.168.4.1".to_owned(), "http://[fd00::1]".to_owned()],
            missing: Vec::new(),
            twins: Vec::new(),
            announced: AnnouncementStatus {
                state: "announced".to_owned(),
                name: Some("cola-2.local".to_owned()),
                instance: Some("cola (2)".to_owned()),
                reason: None,
            },
            people: 12,
            rooms: 3,
            said_last_minute: 7,
            removals: 0,
            warnings: Vec::new(),
            reports: Some(0),
            places: 4096,
            memory: Memory { taken: 21_000_000, most: Some(333_000_000), state: "easy".to_owned() },
            data: Data {
                shared: None,
                folder: "/var/lib/colahub".to_owned(),
                database: 1_234_567,
                storage: "ok".to_owned(),
                loss: None,
                copies: None,
                free: Some(14_000_000_000),
                forgets: None,
            },
        }
    }

    #[test]
    fn the_status_for_a_host_is_complete() {
        assert_eq!(
            text(&status()),
            "여름 캠프: Cola Hub 1.2.3, up 3h 12m, since 2026-07-01 10:48 UTC\n\
             Address    http://192.168.4.1\n\
             \x20          http://[fd00::1]\n\
             Name       cola-2.local\n\
             People     12 in 3 rooms; there is place for 4096\n\
             Memory     21.0 MB of 333.0 MB\n\
             Database   1.2 MB in /var/lib/colahub; 14.0 GB free on its disk\n"
        );
    }

    #[test]
    fn a_hub_with_the_same_id_is_named() {
        let status = Status { twins: vec!["http://10.0.0.3".to_owned()], ..status() };
        let line = "\nCopy       http://10.0.0.3 has this hub's id; stop one, and `colahub new-id`";
        assert!(text(&status).contains(line));
    }

    #[test]
    fn waiting_reports_are_shown() {
        let told = |reports| text(&Status { reports, ..status() });
        assert!(
            told(Some(1)).contains("\nReports    1 message was reported; `colahub report list`")
        );
        assert!(told(Some(2)).contains("\nReports    2 reports of messages; "));
        assert!(!told(None).contains("Reports"));
    }

    #[test]
    fn an_address_at_which_nobody_reaches_the_hub_is_named() {
        let (address, reason) = ("10.0.0.9:80".to_owned(), "another program has it".to_owned());
        let status = Status { missing: vec![Missing { address, reason }], ..status() };
        assert!(text(&status).contains("\nMissing    10.0.0.9:80: another program has it\n"));
    }

    #[test]
    fn disk_faults_and_losses_are_shown() {
        let mut status = status();
        status.data.storage = "full".to_owned();
        status.data.forgets = Some("/tmp is in memory".to_owned());
        status.data.loss = Some("2026-07-01T09:00:00.000Z: the hub begins again".to_owned());
        let text = text(&status);
        for part in [
            "Disk       full: ",
            "Volatile   /tmp is in memory",
            "Lost       2026-07-01T09:00:00.000Z: the hub begins",
        ] {
            assert!(text.contains(part), "no {part:?} in {text}");
        }
    }

    #[test]
    fn a_hub_that_refuses_people_reports_it() {
        let told = |state: &str| {
            taken(&Memory { taken: 30_000_000, most: Some(32_000_000), state: state.to_owned() })
        };
        assert_eq!(told("tight"), "30.0 MB of 32.0 MB; nearly full: newcomers have to wait");
        assert_eq!(told("full"), "30.0 MB of 32.0 MB; full: newcomers are turned away");
        let unbounded = Memory { taken: 30_000_000, most: None, state: "easy".to_owned() };
        assert_eq!(taken(&unbounded), "30.0 MB");
    }

    #[test]
    fn a_hub_that_is_not_found_says_why() {
        let told = |state: &str, reason: Option<&str>| {
            let (state, reason) = (state.to_owned(), reason.map(str::to_owned));
            announced(&AnnouncementStatus { state, name: None, instance: None, reason })
        };
        assert_eq!(told("not_announced", Some("no network")), "not announced: no network");
        assert_eq!(told("off", None), "not announced, as configured");
        assert_eq!(told("starting", None), "being claimed");
    }

    #[test]
    fn a_hub_without_clock_and_network_says_so() {
        let lost = Status { since: None, addresses: Vec::new(), ..status() };
        let text = text(&lost);
        assert!(text.contains(", and the time is not known\n"), "{text}");
        assert!(text.contains("in no network"), "{text}");
    }

    #[test]
    fn a_terminal_without_utf8_gets_the_same_code_in_ascii() {
        let code = ascii_code("http://192.168.4.1").unwrap();
        assert!(code.is_ascii());
        let rows: Vec<String> = code
            .lines()
            .map(|row| row.replace(RESET, "").replace(&format!("{DARK}  "), "#"))
            .map(|row| row.replace(&format!("{LIGHT}  "), "."))
            .collect();
        assert!(rows.len() == 33 && rows.iter().all(|row| row.len() == 33));
        assert!(rows[4].starts_with("....#######."), "{}", rows[4]);
        let locale = |set: &'static [(&str, &str)]| {
            shows_utf8(|name| {
                set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(locale(&[("LANG", "ko_KR.UTF-8")]) && locale(&[("LC_ALL", "C.utf8")]));
        assert!(!locale(&[]) && !locale(&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")]));
        assert!(locale(&[("LC_ALL", ""), ("LANG", "en_GB.UTF-8")]), "empty is not set");
        assert!(!locale(&[("LANG", "ko_KR.EUC-KR")]));
        assert!(locale(&[("LANG", "sr_RS.UTF-8@latin")]));
        assert!(locale(&[("LC_CTYPE", "UTF-8")]), "as macOS hands it on");
    }

    #[test]
    fn a_code_is_black_on_white_with_a_margin_all_around() {
        let code = code("http://192.168.4.1").unwrap();
        let rows: Vec<String> =
            code.lines().map(|row| row.replace(BLACK_ON_WHITE, "").replace(RESET, "")).collect();
        let width = rows[0].chars().count();
        // Version 2 with its 25 modules holds it; a character is two modules high.
        assert_eq!((width, rows.len()), (33, 17));
        assert!(rows.iter().all(|row| row.chars().count() == width));
        assert!(rows[..2].iter().all(|row| row.trim().is_empty()));
        // The finder pattern, whose first row is seven dark modules above a ring.
        assert!(rows[2].starts_with("    █▀▀▀▀▀█ "), "{}", rows[2]);
    }
}
