//! The time that a host sets: on a machine of the story's own, whose clock a time server sets or nothing does.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::host::{enters, host};
use crate::host_calls::{Holder, refusal, sent, turned_away};
use crate::kit::{Hub, Signal, run_in, wait_for};
use crate::sender::{Room, make_room};
use crate::socket::{Heard, Socket};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// Runs a program where nothing keeps the machine's clock, and a time server sets it once the folder has a file
/// `synchronized`.
const ALONE: &str = r#"mount -t tmpfs none /run && mkdir -p /run/systemd/timesync \
    && mount --bind "$1" /run/systemd/timesync \
    && { ! test -d /sys/class/rtc || mount -t tmpfs none /sys/class/rtc; } && shift && exec "$@""#;

/// A machine whose clock the story has in its hands.
struct Machine {
    server: TempDir,
}

impl Machine {
    /// `None` where a user makes no namespaces of their own, which is noted.
    fn new() -> Option<Self> {
        let server = tempfile::tempdir().unwrap();
        let can = alone(server.path(), &Command::new("true")).stderr(Stdio::null()).status();
        if can.is_ok_and(|status| status.success()) {
            return Some(Self { server });
        }
        if let Some(path) = std::env::var_os("COLAHUB_TEST_SKIPPED") {
            let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
            let why = "the host's clock: it needs `unshare --map-root-user --mount`";
            std::io::Write::write_all(&mut file, format!("{why}\n").as_bytes()).unwrap();
        }
        None
    }

    fn hub(&self, folder: TempDir) -> Hub {
        let mut command = alone(self.server.path(), &run_in(folder.path()));
        command.stderr(fs::File::create(folder.path().join("log")).unwrap());
        Hub::run_heard(command, folder)
    }

    fn is_synchronised(&self) {
        fs::write(self.server.path().join("synchronized"), "").unwrap();
    }
}

fn alone(server: &Path, command: &Command) -> Command {
    let mut all = Command::new("unshare");
    all.args(["--map-root-user", "--mount", "sh", "-c", ALONE, "sh"]).arg(server);
    all.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => all.env(name, value),
            None => all.env_remove(name),
        };
    }
    all
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A time of the wire in ms since 1970.
fn ms(time: &Value) -> i64 {
    let time = humantime::parse_rfc3339(time.as_str().unwrap()).unwrap();
    i64::try_from(time.duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

fn is_about(time: &Value, wanted: i64) -> bool {
    (ms(time) - wanted).abs() < DAY / 24
}

fn set(at: i64) -> String {
    json!({ "now": at }).to_string()
}

fn says(socket: &mut Socket, room: &Room, what: &str) -> Value {
    let asked = socket.ask("sendMessage", &json!({"roomId": room.id, "content": what})).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == asked
        {
            assert_eq!(envelope["success"], true, "{envelope}");
            return envelope["data"]["sentAt"].clone();
        }
    }
}

fn hub_info(hub: &Hub) -> Value {
    let envelope: Value = serde_json::from_str(hub.get("/api/hub", &[]).text()).unwrap();
    envelope["data"].clone()
}

/// How long a room still lives, by what the hub says: in ms.
fn rest(hub: &Hub, room: &Room) -> i64 {
    let path = format!("/chat/rooms/{}", room.id);
    let envelope: Value = serde_json::from_str(hub.get(&path, &[]).text()).unwrap();
    ms(&envelope["data"]["expiresAt"]) - ms(&hub_info(hub)["time"])
}

fn log(hub: &Hub) -> String {
    fs::read_to_string(hub.folder.path().join("log")).unwrap()
}

#[test]
fn a_hosts_time_is_used_for_what_people_read_and_decides_nothing() {
    let Some(machine) = Machine::new() else { return };
    let hub = machine.hub(tempfile::tempdir().unwrap());
    let mut stage = Holder::added(&hub, &["stage"]);
    let room = make_room(&hub, "n");
    let (mut ann, _) = enters(&hub, &room);
    assert_eq!(hub_info(&hub)["timeTrusted"], false);
    let clock = &stage.asks(&hub, "GET", "overview", "")["clock"];
    assert_eq!((&clock["isTrusted"], &clock["isHosts"]), (&json!(false), &json!(false)));
    assert!(
        host(&hub, &["status"]).1.contains("which is a guess: nothing sets this machine's clock")
    );
    let made = stage.asks(&hub, "POST", "announcements", r#"{"text":"Lunch","minutes":30}"#);
    let mode = format!("rooms/{}/mode", room.id);
    stage.asks(&hub, "POST", &mode, r#"{"mode":"slow","every":3600,"minutes":60}"#);
    let before = says(&mut ann, &room, "before");
    assert!(is_about(&before, now()), "{before}");
    let lives = rest(&hub, &room);
    // The phone is three months ahead of the board.
    let phone = now() + 90 * DAY;
    let clock = stage.asks(&hub, "POST", "clock", &set(phone));
    assert!(is_about(&clock["time"], phone) && is_about(&clock["machine"], now()), "{clock}");
    assert_eq!((&clock["isTrusted"], &clock["isHosts"]), (&json!(false), &json!(true)));
    let info = hub_info(&hub);
    assert!(is_about(&info["time"], phone) && info["timeTrusted"] == true, "{info}");
    // What decides goes on: the room's time, the announcement's, the mode's, and slow mode itself.
    assert!((rest(&hub, &room) - lives).abs() < DAY / 24);
    let shown = stage.asks(&hub, "GET", "announcements", "");
    assert_eq!(shown[0]["id"], made["id"]);
    assert!(is_about(&shown[0]["until"], phone) && is_about(&shown[0]["at"], now()), "{shown}");
    let lines = stage.asks(&hub, "GET", "rooms", "");
    let line = lines.as_array().unwrap().iter().find(|line| line["id"] == room.id.as_str());
    let line = line.unwrap();
    assert!(line["mode"] == "slow" && is_about(&line["modeUntil"], phone + DAY / 24), "{line}");
    let say = json!({"roomId": room.id, "content": "again"});
    assert_eq!(crate::host::refused(&mut ann, "sendMessage", &say), "slow_mode");
    stage.asks(&hub, "POST", &mode, r#"{"mode":"open"}"#);
    assert!(is_about(&says(&mut ann, &room, "after"), phone));
    let list = stage.asks(&hub, "GET", &format!("rooms/{}/messages", room.id), "");
    let said = |what: &str| {
        let all = list.as_array().unwrap();
        all.iter().find(|one| one["content"] == what).unwrap()["at"].clone()
    };
    assert_eq!(said("before"), before, "what was said keeps its time");
    assert!(is_about(&said("after"), phone), "{list}");
    let (_, status) = host(&hub, &["status"]);
    assert!(status.contains(" UTC, as a host has set it; the machine's shows "), "{status}");
    assert!(log(&hub).contains("a host has set the hub's time"), "{}", log(&hub));
}

#[test]
fn a_hosts_time_is_remembered_while_the_machine_is_up() {
    let Some(machine) = Machine::new() else { return };
    let hub = machine.hub(tempfile::tempdir().unwrap());
    let phone = now() + 90 * DAY;
    let time = humantime::format_rfc3339_seconds(
        UNIX_EPOCH + std::time::Duration::from_millis(phone.unsigned_abs()),
    );
    let (done, text) = host(&hub, &["clock", "set", &time.to_string()]);
    assert!(done && text.starts_with("The hub's time is now, until "), "{text}");
    hub.signal(Signal::KILL);
    let hub = machine.hub(hub.ended().1);
    let info = hub_info(&hub);
    assert!(is_about(&info["time"], phone) && info["timeTrusted"] == true, "{info}");
    // The machine is started again: what the offset was held against began again.
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    let file = folder.path().join("host-clock");
    let kept = fs::read_to_string(&file).unwrap();
    let (boot, offset) = kept.trim().split_once(' ').unwrap();
    let forged: String = boot.chars().rev().collect();
    let later = offset.parse::<i64>().unwrap() + 90 * DAY;
    fs::write(&file, format!("{forged} {later}\n")).unwrap();
    let hub = machine.hub(folder);
    let info = hub_info(&hub);
    // From the latest time that is stored, which is a guess now.
    assert!(is_about(&info["time"], phone) && info["timeTrusted"] == false, "{info}");
    assert!(!file.exists() && log(&hub).contains("the machine was started again"), "{}", log(&hub));
    let (done, text) = host(&hub, &["clock", "set", &time.to_string()]);
    assert!(done && hub.folder.path().join("host-clock").exists(), "{text}");
    // Forgotten by the host: it goes on from where it is.
    let (done, text) = host(&hub, &["clock", "forget"]);
    assert!(done && text.starts_with("The hub's time goes on from "), "{text}");
    let info = hub_info(&hub);
    assert!(is_about(&info["time"], phone) && info["timeTrusted"] == false, "{info}");
    assert!(!hub.folder.path().join("host-clock").exists());
    assert!(host(&hub, &["clock", "forget"]).0, "once more changes nothing");
}

#[test]
fn a_hosts_time_is_given_up_once_a_time_server_sets_the_machines_clock() {
    let Some(machine) = Machine::new() else { return };
    let hub = machine.hub(tempfile::tempdir().unwrap());
    let mut stage = Holder::added(&hub, &["stage"]);
    let phone = now() + 60_000;
    stage.asks(&hub, "POST", "clock", &set(phone));
    let file = hub.folder.path().join("host-clock");
    assert!(file.exists());
    machine.is_synchronised();
    let given_up = wait_for("the host's time is given up", || {
        let clock = stage.asks(&hub, "GET", "overview", "")["clock"].clone();
        if clock["isHosts"] == false { Ok(clock) } else { Err("the host's") }
    });
    assert!(ms(&given_up["time"]) >= phone, "it never goes back: {given_up}");
    assert!(!file.exists() && log(&hub).contains("the host's time is given up"), "{}", log(&hub));
    // And when it was set while no hub was running.
    hub.signal(Signal::KILL);
    let (_, folder) = hub.ended();
    let machine = Machine::new().unwrap();
    let hub = machine.hub(folder);
    stage.asks(&hub, "POST", "clock", &set(now() + DAY));
    hub.signal(Signal::TERM);
    machine.is_synchronised();
    let hub = machine.hub(hub.ended().1);
    let clock = stage.asks(&hub, "GET", "overview", "")["clock"].clone();
    assert_eq!(clock["isHosts"], false, "{clock}");
    assert!(!hub.folder.path().join("host-clock").exists());
}

#[test]
fn a_time_that_cannot_be_or_that_nobody_needs_is_refused() {
    let Some(machine) = Machine::new() else { return };
    let hub = machine.hub(tempfile::tempdir().unwrap());
    let mut stage = Holder::added(&hub, &["stage"]);
    let mut helper = Holder::added(&hub, &["helper", "--helper"]);
    for (method, body) in [("POST", set(now() + DAY)), ("DELETE", String::new())] {
        let request = helper.signs(method, "clock", &body);
        assert_eq!(turned_away(&hub, &request), refusal(403, "hosts_only"));
    }
    for bad in
        ["", "{}", r#"{"now":"noon"}"#, r#"{"now":1.5}"#, r#"{"now":null}"#, r#"{"now":1e99}"#]
    {
        let request = stage.signs("POST", "clock", bad);
        assert_eq!(turned_away(&hub, &request), refusal(400, "bad_request"), "{bad}");
    }
    for (at, status, code) in [
        (0, 400, "clock_impossible"),
        (-1, 400, "clock_impossible"),
        (i64::MIN, 400, "clock_impossible"),
        (1_767_225_599_999, 400, "clock_impossible"),
        (now() + 11 * 366 * DAY, 400, "clock_impossible"),
        (i64::MAX, 400, "clock_impossible"),
        (now() - 2 * DAY, 403, "clock_behind"),
    ] {
        let request = stage.signs("POST", "clock", &set(at));
        assert_eq!(turned_away(&hub, &request), refusal(status, code), "{at}");
    }
    let (done, text) = host(&hub, &["clock", "set", "2026-01-02T00:00Z"]);
    assert!(!done && text.contains("ahead of that, and it never goes back"), "{text}");
    assert!(!hub.folder.path().join("host-clock").exists());
    hub.signal(Signal::KILL);
    machine.is_synchronised();
    let hub = machine.hub(hub.ended().1);
    assert_eq!(stage.asks(&hub, "GET", "overview", "")["clock"]["isTrusted"], true);
    let request = stage.signs("POST", "clock", &set(now() + DAY));
    assert_eq!(turned_away(&hub, &request), refusal(403, "clock_trusted"));
    assert_eq!(sent(&hub, &stage.signs("DELETE", "clock", "")).status, 200);
    assert!(!host(&hub, &["status"]).1.contains("\nClock "));
}
