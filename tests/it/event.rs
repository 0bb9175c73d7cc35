//! The event file over the program: applied, applied again, shown, and refused with the line of each slip.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::host::{enters, hears, host, listed};
use crate::host_calls::{Holder, sent, turned_away};
use crate::kit::{Hub, Signal, colahub};
use crate::sender::make_room;

const CAMP: &str = r#"
title = "여름 캠프"
language = "en"

[[rooms]]
title = "광장"
was = "자유롭게 이야기해요"
capacity = 40
history = "all"

[[rooms]]
title = "진행팀"
password = "모닥불"
mode = "slow"
every = 7
questions = "held"

[[rooms]]
channel = "night"
title = "밤"
place = false

[[announcements]]
text = "점심은 12시"

[[announcements]]
text = "조용히"
channel = "night"
room = "밤"
minutes = 90
"#;

fn written(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("event.toml");
    fs::write(&path, text).unwrap();
    path
}

/// `colahub event apply`: whether it succeeded, and what it said, line by line.
fn apply(hub: &Hub, text: &str, flags: &[&str]) -> (bool, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path(), text);
    let args = [&["event", "apply", path.to_str().unwrap()], flags].concat();
    let (done, told) = host(hub, &args);
    let told = told.replace(path.to_str().unwrap(), "FILE");
    (done, told.lines().map(str::to_owned).collect())
}

fn show(hub: &Hub) -> String {
    let (done, text) = host(hub, &["event", "show"]);
    assert!(done, "{text}");
    text
}

fn about(hub: &Hub) -> (Value, Value) {
    let answer: Value = serde_json::from_str(hub.get("/api/hub", &[]).text()).unwrap();
    (answer["data"]["name"].clone(), answer["data"]["language"].clone())
}

const CHANGES: [&str; 7] = [
    "set the event's title to \"여름 캠프\"",
    "set the event's language to \"en\"",
    "changed the room \"자유롭게 이야기해요\": title \"광장\", capacity, position",
    "made the room \"진행팀\"",
    "made the room \"밤\" of the channel \"night\"",
    "announced \"점심은 12시\" in all rooms",
    "announced \"조용히\" in the room \"밤\"",
];

#[test]
fn a_file_makes_the_event_once_and_what_is_shown_changes_nothing() {
    let hub = Hub::start();
    let (done, would) = apply(&hub, CAMP, &["--dry-run"]);
    assert!(done, "{would:?}");
    assert_eq!(would[0], "would set the event's title to \"여름 캠프\"");
    assert_eq!(would.len(), CHANGES.len());
    assert_eq!(about(&hub), (json!("cola"), json!("ko")), "nothing has changed");
    assert_eq!(apply(&hub, CAMP, &[]), (true, CHANGES.map(str::to_owned).to_vec()));
    assert_eq!(about(&hub), (json!("여름 캠프"), json!("en")));

    let rooms = listed(&hub, &["room", "list"]);
    let of = |title: &str| rooms.iter().find(|room| room["title"] == title).unwrap();
    assert_eq!((&of("광장")["capacity"], &of("광장")["position"]), (&json!(40), &json!(1)));
    let staff = of("진행팀");
    assert_eq!((&staff["isPassword"], &staff["every"]), (&json!(true), &json!(7)));
    assert_eq!((&staff["position"], &staff["questions"]), (&json!(2), &json!("held")));
    assert_eq!((&of("밤")["namespace"], &of("밤")["position"]), (&json!("night"), &json!(0)));

    let nothing = (true, vec!["nothing to change: all is as the file says".to_owned()]);
    assert_eq!(apply(&hub, CAMP, &[]), nothing);
    let shown = show(&hub);
    assert!(!shown.contains("모닥불") && shown.contains("password = true"), "{shown}");
    assert_eq!(apply(&hub, &shown, &[]), nothing, "{shown}");
    assert_eq!(apply(&hub, &shown, &["--dry-run"]), nothing, "{shown}");

    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(about(&hub), (json!("여름 캠프"), json!("en")));
    assert_eq!(apply(&hub, CAMP, &[]), nothing, "after a restart, too");
    let log = listed(&hub, &["log"]);
    let deeds: Vec<&Value> = log.iter().map(|deed| &deed["deed"]).collect();
    assert_eq!(deeds.iter().filter(|deed| **deed == "event apply").count(), 2, "{deeds:?}");
    let back = apply(&hub, "title = \"\"\nlanguage = \"\"", &[]);
    assert!(back.0 && back.1[0].ends_with("back to the configuration's"), "{back:?}");
    assert_eq!(about(&hub), (json!("cola"), json!("ko")));
}

#[test]
fn shown_and_applied_through_a_pipe_nothing_changes() {
    let hub = Hub::start();
    assert!(apply(&hub, CAMP, &[]).0);
    let folder = hub.folder.path().to_str().unwrap();
    let mut shows = colahub(&["event", "show", "--data-dir", folder]);
    let mut shows = shows.stdout(Stdio::piped()).spawn().unwrap();
    let piped = shows.stdout.take().unwrap();
    let mut applies = colahub(&["event", "apply", "-", "--data-dir", folder]);
    let applied = applies.stdin(piped).output().unwrap();
    assert!(shows.wait().unwrap().success() && applied.status.success());
    let told = String::from_utf8(applied.stdout).unwrap();
    assert_eq!(told, "nothing to change: all is as the file says\n");
}

#[test]
fn what_is_not_in_the_file_is_left_alone_and_people_notice_what_is() {
    let hub = Hub::start();
    let theirs = make_room(&hub, "anonymous");
    assert!(host(&hub, &["room", "create", "Kept"]).0);
    assert!(host(&hub, &["announce", "add", "Kept"]).0);
    let (mut ann, _) = enters(&hub, &theirs);
    let title = listed(&hub, &["room", "list"])
        .iter()
        .find(|room| room["id"] == theirs.id.as_str())
        .map(|room| room["title"].as_str().unwrap().to_owned())
        .unwrap();
    // A room of people's with this title is there, and is not the host's.
    let file = format!(
        "[[rooms]]\ntitle = {title:?}\ncapacity = 9\n[[announcements]]\ntext = \"Hello\"\n"
    );
    let (done, told) = apply(&hub, &file, &[]);
    assert!(done, "{told:?}");
    assert_eq!(told[0], format!("made the room {title:?}"));
    let left: Vec<&String> = told.iter().filter(|line| line.starts_with("left alone: ")).collect();
    assert_eq!(left.len(), 3, "{told:?}");
    assert!(left[0].contains("자유롭게 이야기해요") && left[1].contains("Kept"), "{left:?}");
    assert_eq!(left[2], "left alone: an announcement is not in the file");
    assert_eq!(hears(&mut ann, "announcement")["text"], "Hello");
    let rooms = listed(&hub, &["room", "list"]);
    let same: Vec<_> = rooms.iter().filter(|room| room["title"] == title.as_str()).collect();
    assert_eq!(same.len(), 2);
    let its = same.iter().find(|room| room["id"] == theirs.id.as_str()).unwrap();
    assert_ne!(its["capacity"], 9);
}

#[test]
fn a_file_with_slips_changes_nothing_and_each_is_told_with_its_line() {
    let hub = Hub::start();
    let before = show(&hub);
    let (done, told) = apply(&hub, "title = \"x\"\n[[rooms]]\ntitle = \"a\"\ncapacty = 3", &[]);
    assert!(!done);
    assert_eq!(
        told,
        ["colahub: FILE, line 4: there is no key \"capacty\" in [[rooms]]; did you mean capacity?"]
    );
    let (done, told) = apply(&hub, "title = 1\nlanguage = \"tlh\"\nx = [", &[]);
    assert!(!done && told[0].starts_with("colahub: FILE, line 3: this is not TOML: "), "{told:?}");
    // This one shows only beside what is there.
    let kept = "[[rooms]]\ntitle = \"new\"\n[[rooms]]\ntitle = \"b\"\npassword = true";
    let (done, told) = apply(&hub, kept, &["--dry-run"]);
    assert!(
        !done && told[0].contains("line 5: the room \"b\" has no password to keep"),
        "{told:?}"
    );
    assert!(!apply(&hub, kept, &[]).0);
    assert_eq!(show(&hub), before);

    let long = "#".repeat(49 * 1024);
    let (done, told) = apply(&hub, &long, &[]);
    assert!(!done && told[0].contains("more than 48 KiB"), "{told:?}");
    let folder = tempfile::tempdir().unwrap();
    let (done, told) = host(&hub, &["event", "apply", folder.path().join("no").to_str().unwrap()]);
    assert!(!done && told.contains("cannot be read"), "{told}");
    let path = folder.path().join("latin");
    fs::write(&path, b"title = \"caf\xe9\"").unwrap();
    let (done, told) = host(&hub, &["event", "apply", path.to_str().unwrap()]);
    assert!(!done && told.contains("is not UTF-8 text"), "{told}");
}

#[test]
fn a_password_is_changed_only_if_it_is_another() {
    let hub = Hub::start();
    let room = |line: &str| format!("[[rooms]]\ntitle = \"staff\"\n{line}");
    assert!(apply(&hub, &room("password = \"first\""), &[]).0);
    let first = |told: &(bool, Vec<String>)| told.1[0].clone();
    let same = apply(&hub, &room("password = \"first\""), &[]);
    assert_eq!(first(&same), "nothing to change: all is as the file says");
    let other = apply(&hub, &room("password = \"second\""), &["--dry-run"]);
    assert_eq!(first(&other), "would change the room \"staff\": password");
    assert_eq!(
        first(&apply(&hub, &room("password = \"second\""), &[])),
        "changed the room \"staff\": password"
    );
    assert_eq!(first(&apply(&hub, &room(""), &[])), first(&same), "left out, it stays");
    assert_eq!(
        first(&apply(&hub, &room("password = false"), &[])),
        "changed the room \"staff\": password"
    );
    let rooms = listed(&hub, &["room", "list"]);
    let staff = rooms.iter().find(|room| room["title"] == "staff").unwrap();
    assert_eq!(staff["isPassword"], false);
}

#[test]
fn a_host_applies_a_file_over_the_network_and_a_helper_does_not() {
    let hub = Hub::start();
    let mut mina = Holder::added(&hub, &["mina"]);
    let body = json!({ "file": CAMP, "dryRun": true }).to_string();
    let would = mina.asks(&hub, "POST", "event", &body);
    assert_eq!(would["steps"].as_array().unwrap().len(), 7);
    assert_eq!(would["steps"][0], json!({ "change": "title", "to": "여름 캠프" }));
    assert_eq!(about(&hub).0, "cola");
    let body = json!({ "file": CAMP }).to_string();
    let done = mina.asks(&hub, "POST", "event", &body);
    assert_eq!(done, would);
    assert_eq!(
        done["steps"][2],
        json!({
            "change": "room-edit", "channel": "anonymous", "title": "자유롭게 이야기해요", "renamed": "광장",
            "changed": ["title", "capacity", "position"],
        })
    );
    let shown = mina.asks(&hub, "GET", "event", "");
    let again = json!({ "file": shown["file"] }).to_string();
    assert_eq!(mina.asks(&hub, "POST", "event", &again)["steps"], json!([]));
    let log = listed(&hub, &["log"]);
    assert!(log.iter().filter(|deed| deed["by"] == "mina").count() >= 7, "{log:?}");

    // The slips are in the hub's language, which is the event's.
    let wrong = json!({ "file": "title = 1\nlanguage = 2" }).to_string();
    let answer = sent(&hub, &mina.signs("POST", "event", &wrong));
    let envelope: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, &envelope["code"]), (400, &json!("bad_event_file")));
    let lines: Vec<&str> = envelope["message"].as_str().unwrap().lines().collect();
    assert_eq!(lines[0], "line 1: title is 1, but must be a text in quotes.");
    assert_eq!(lines.len(), 2);
    let long = json!({ "file": "#".repeat(17 * 1024) }).to_string();
    assert_eq!(turned_away(&hub, &mina.signs("POST", "event", &long)).0, 413);

    let mut jun = Holder::added(&hub, &["jun", "--helper"]);
    for request in [jun.signs("GET", "event", ""), jun.signs("POST", "event", &body)] {
        assert_eq!(turned_away(&hub, &request), (403, "hosts_only".to_owned()));
    }
}

#[test]
fn the_examples_of_the_package_apply_and_do_so_once() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/examples");
    let mut count = 0;
    for example in fs::read_dir(examples).unwrap() {
        let path = example.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let hub = Hub::start();
        let (done, told) = apply(&hub, &text, &[]);
        assert!(done && told.len() > 4, "{}: {told:?}", path.display());
        let (done, told) = apply(&hub, &text, &[]);
        let nothing = told.first().is_some_and(|line| line.starts_with("nothing to change"));
        assert!(done && nothing, "{}: {told:?}", path.display());
        assert!(text.starts_with("# "), "{}: what it is for", path.display());
        count += 1;
    }
    assert_eq!(count, 3);
}

#[test]
fn a_hub_that_is_stopped_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["event", "show", "--data-dir", folder.path().to_str().unwrap()];
    let (code, told) = crate::kit::told(&args);
    assert_eq!(code, Some(1));
    assert!(told.contains("no hub is running with the data folder"), "{told}");
}
