//! Hosts over the network: what a valid signature allows, and that nothing is allowed without.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::host::{enters, hears, host, listed, refused};
use crate::kit::{Answer, Hub, Signal, run_in};
use crate::sender::make_room;

/// A key's holder, who counts their requests.
pub struct Holder {
    id: String,
    key: Vec<u8>,
    browser: &'static str,
    number: i64,
}

/// A signed request, as somebody who listens has it.
#[derive(Clone)]
pub struct Request {
    method: &'static str,
    path: String,
    header: String,
    body: String,
}

impl Holder {
    /// `colahub host add`: the key is in the link that it prints.
    pub fn added(hub: &Hub, args: &[&str]) -> Self {
        let (done, text) = host(hub, &[&["host", "add"], args].concat());
        assert!(done, "{text}");
        // A hub on the loopback alone has its address there, too.
        let (_, link) = text.split_once("/host#").unwrap_or_else(|| panic!("{text}"));
        let (id, key) = link.split_whitespace().next().unwrap().split_once('.').unwrap();
        let key = URL_SAFE_NO_PAD.decode(key).unwrap();
        assert_eq!(key.len(), 32);
        Self { id: id.to_owned(), key, browser: "mine", number: 0 }
    }

    pub fn signs(&mut self, method: &'static str, path: &str, body: &str) -> Request {
        self.number += 1;
        self.signs_with(&self.number.to_string(), method, path, body)
    }

    fn signs_with(&self, n: &str, method: &'static str, path: &str, body: &str) -> Request {
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = format!("/api/host/{path}{mark}browser={}", self.browser);
        let hash: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).unwrap();
        mac.update(format!("{method}\n{path}\n{n}\n{hash}").as_bytes());
        let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        let header = format!("ColaHub-Host id={}, seq={n}, mac={mac}", self.id);
        Request { method, path, header, body: body.to_owned() }
    }

    pub fn asks(&mut self, hub: &Hub, method: &'static str, path: &str, body: &str) -> Value {
        let answer = sent(hub, &self.signs(method, path, body));
        let envelope: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(envelope["success"], true, "{method} {path}: {envelope}");
        envelope["data"].clone()
    }
}

pub fn sent(hub: &Hub, Request { method, path, header, body }: &Request) -> Answer {
    let (address, length) = (hub.address, body.len());
    hub.raw(&format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: {header}\r\n\
         content-length: {length}\r\n\r\n{body}"
    ))
}

/// The status and the code with which a request is refused.
pub fn turned_away(hub: &Hub, request: &Request) -> (u16, String) {
    let answer = sent(hub, request);
    let envelope: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(envelope["success"], false, "{envelope}");
    assert!(!envelope["message"].as_str().unwrap().is_empty(), "{envelope}");
    (answer.status, envelope["code"].as_str().unwrap().to_owned())
}

pub fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

/// The calls that docs/host.md says are for this role: method, and path behind `/api/host/`.
fn documented_for(role: &str) -> Vec<(&'static str, &'static str)> {
    let rows = include_str!("../../docs/host.md").lines().filter(|line| line.starts_with("| `"));
    rows.filter_map(|row| {
        let (call, rest) = row[3..].split_once("` | ")?;
        let (method, path) = call.split_once(" /api/host/")?;
        (rest.split_once(" |")?.0 == role).then_some((method, path))
    })
    .collect()
}

/// Rooms by their titles.
fn titles(hub: &Hub) -> Vec<Value> {
    listed(hub, &["room", "list"]).into_iter().map(|room| room["title"].clone()).collect()
}

#[test]
fn a_host_acts_over_the_network_and_the_log_names_them() {
    let hub = Hub::start();
    let mut stage = Holder::added(&hub, &["stage"]);
    let made = stage.asks(&hub, "POST", "rooms", r#"{"title":"Stage","capacity":9}"#);
    let code = made["code"].as_str().unwrap();
    let rooms = stage.asks(&hub, "GET", "rooms", "");
    let room = rooms.as_array().unwrap().iter().find(|room| room["code"] == code).unwrap();
    assert_eq!((&room["title"], &room["capacity"]), (&json!("Stage"), &json!(9)));
    let plain = make_room(&hub, "n");
    let (mut ann, entry) = enters(&hub, &plain);
    let say = json!({"roomId": plain.id, "content": "rude"});
    ann.ask("sendMessage", &say).unwrap();
    let said = hears(&mut ann, "sendMessage");
    let messages = format!("rooms/{}/messages?last=1", plain.id);
    assert_eq!(stage.asks(&hub, "GET", &messages, "")[0]["content"], "rude");
    let back = format!(r#"{{"seqs":[{}]}}"#, said["seq"]);
    let path = format!("rooms/{}/take-back", plain.id);
    assert_eq!(stage.asks(&hub, "POST", &path, &back), json!(1));
    assert_eq!(hears(&mut ann, "messageTakenBack")["seq"], said["seq"]);
    let overview = stage.asks(&hub, "GET", "overview", "");
    assert_eq!((&overview["people"], &overview["saidLastMinute"]), (&json!(1), &json!(1)));
    assert_eq!(overview["removals"], 1, "what was taken back");
    assert!(overview["warnings"].is_array() && overview["reports"] == 0, "{overview}");
    let id = entry["id"].as_str().unwrap();
    let people = stage.asks(&hub, "GET", &format!("chatters?room={}", plain.id), "");
    assert_eq!(people[0]["id"], id);
    stage.asks(&hub, "POST", &format!("chatters/{id}/ban"), r#"{"addressFor":1}"#);
    assert_eq!(hears(&mut ann, "roomClosed")["reason"], "banned");
    assert_eq!(stage.asks(&hub, "GET", "bans", "")[0]["id"], id);
    stage.asks(&hub, "POST", &format!("chatters/{id}/unban"), "");
    let up = stage.asks(&hub, "POST", "announcements", r#"{"text":"Lunch","minutes":30}"#);
    let shown = stage.asks(&hub, "GET", "announcements", "");
    assert_eq!((&shown[0]["id"], &shown[0]["text"]), (&up["id"], &json!("Lunch")));
    stage.asks(&hub, "DELETE", &format!("announcements/{}", up["id"].as_str().unwrap()), "");
    assert_eq!(stage.asks(&hub, "GET", "announcements", ""), json!([]));
    let say = format!("rooms/{}/say", plain.id);
    assert!(stage.asks(&hub, "POST", &say, r#"{"content":"Hello"}"#).is_i64());
    for verb in ["lock", "unlock", "close", "delete"] {
        stage.asks(&hub, "POST", &format!("rooms/{}/{verb}", made["room"].as_str().unwrap()), "");
    }
    assert!(host(&hub, &["room", "close", &plain.id]).0);
    let log = stage.asks(&hub, "GET", "log", "");
    let told: Vec<_> = log.as_array().unwrap().iter().map(|l| (&l["deed"], &l["by"])).collect();
    assert_eq!(told[0], (&json!("room close"), &json!(null)), "on the hub's own machine");
    assert!(told[1..told.len() - 1].iter().all(|(_, by)| **by == "stage"), "{told:?}");
    assert_eq!(told[1].0, "room delete");
    let about = |deed: &str| {
        let line = log.as_array().unwrap().iter().find(|line| line["deed"] == deed);
        line.map(|line| line["subject"].clone()).unwrap()
    };
    assert_eq!([about("chatter ban"), about("room lock")], [json!(id), json!(code)]);
    let lock = log.as_array().unwrap().iter().find(|line| line["deed"] == "room lock").unwrap();
    assert_eq!([&lock["mode"]["mode"], &lock["was"]["mode"]], [&json!("members"), &json!("open")]);
    assert_eq!([about("announce done"), about("host add")], [up["id"].clone(), json!(null)]);
    let overview = stage.asks(&hub, "GET", "overview", "");
    assert_eq!(overview["removals"], 3, "two rooms have ended, too");
    assert!(host(&hub, &["log"]).1.contains("  by \"stage\"\n"));
}

#[test]
fn overheard_requests_are_of_no_use() {
    let hub = Hub::start();
    let mut stage = Holder::added(&hub, &["stage"]);
    let once = stage.signs("POST", "rooms", r#"{"title":"Once"}"#);
    assert_eq!(sent(&hub, &once).status, 200);
    let before = titles(&hub);
    assert_eq!(turned_away(&hub, &once), refusal(401, "replayed"));
    let later = stage.signs("POST", "rooms", r#"{"title":"Later"}"#);
    let bad = refusal(401, "bad_signature");
    let altered = |old: &str, new: &str| {
        let Request { method, path, header, body } = later.clone();
        let swap = |text: String| text.replacen(old, new, 1);
        Request { method, path: swap(path), header: swap(header), body: swap(body) }
    };
    for (old, new) in [
        ("Later", "later"),
        ("/rooms", "/room"),
        ("browser=mine", "browser=m1ne"),
        ("seq=2", "seq=3"),
        ("seq=2", "seq=02"),
        ("seq=2", "seq=9223372036854775808"),
        ("id=", "id=0"),
        ("mac=", "mac=A"),
        ("ColaHub-Host", "Bearer"),
    ] {
        assert_eq!(turned_away(&hub, &altered(old, new)), bad, "{old} {new}");
    }
    assert_eq!(turned_away(&hub, &Request { method: "PUT", ..later.clone() }), bad);
    let nameless = Request { header: String::new(), ..later.clone() };
    assert_eq!(turned_away(&hub, &nameless), bad);
    assert_eq!(titles(&hub), before, "nothing was done");
    // Neither does it count after the hub has restarted, and what was not sent still does.
    hub.signal(Signal::KILL);
    let hub = Hub::start_in(hub.ended().1, &[]);
    assert_eq!(turned_away(&hub, &once), refusal(401, "replayed"));
    assert_eq!(sent(&hub, &later).status, 200);
    assert_eq!(turned_away(&hub, &later), refusal(401, "replayed"));
    let last = stage.signs_with("9223372036854775807", "GET", "log", "");
    assert_eq!(sent(&hub, &last).status, 200);
    let none = stage.signs("GET", "log", "");
    assert_eq!(turned_away(&hub, &none), refusal(401, "replayed"), "its numbers are used up");
}

#[test]
fn of_one_request_sent_many_times_at_once_one_counts() {
    let hub = Hub::start();
    let mut stage = Holder::added(&hub, &["stage"]);
    let request = stage.signs("POST", "rooms", r#"{"title":"Once"}"#);
    let answers = std::thread::scope(|scope| {
        let racers: Vec<_> = (0..8).map(|_| scope.spawn(|| sent(&hub, &request).status)).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert_eq!(titles(&hub).iter().filter(|title| **title == "Once").count(), 1);
}

#[test]
fn a_key_belongs_to_the_browser_that_used_it_first_until_it_is_revoked() {
    let hub = Hub::start();
    let mut stage = Holder::added(&hub, &["stage"]);
    stage.asks(&hub, "GET", "overview", "");
    let mut thief =
        Holder { browser: "theirs", key: stage.key.clone(), id: stage.id.clone(), number: 9 };
    let theirs = thief.signs("GET", "overview", "");
    assert_eq!(turned_away(&hub, &theirs), refusal(401, "other_browser"));
    stage.asks(&hub, "GET", "overview", "");
    let keys = listed(&hub, &["host", "list"]);
    assert_eq!((&keys[0]["name"], &keys[0]["isUsed"]), (&json!("stage"), &json!(true)));
    let (done, text) = host(&hub, &["host", "add", "stage"]);
    assert!(!done && text.contains("there is a key of the name stage already"), "{text}");
    assert!(host(&hub, &["host", "revoke", "stage"]).0);
    let late = stage.signs("GET", "overview", "");
    assert_eq!(turned_away(&hub, &late), refusal(401, "bad_signature"));
    let (done, text) = host(&hub, &["host", "revoke", "stage"]);
    assert!(!done && text.contains("there is no key of the name stage"), "{text}");
    // A key of the same name is another key.
    Holder::added(&hub, &["stage"]);
    assert_eq!(turned_away(&hub, &late), refusal(401, "bad_signature"));
}

#[test]
fn a_helper_may_do_what_helpers_may_and_nothing_else() {
    let hub = Hub::start();
    let mut helper = Holder::added(&hub, &["helper", "--helper"]);
    let room = make_room(&hub, "n");
    let (mut ann, entry) = enters(&hub, &room);
    let id = entry["id"].as_str().unwrap();
    for path in ["overview", "rooms", "chatters", "reports"] {
        helper.asks(&hub, "GET", path, "");
    }
    helper.asks(&hub, "POST", &format!("chatters/{id}/kick"), "");
    assert_eq!(hears(&mut ann, "roomClosed")["reason"], "kicked");
    let calls = documented_for("host");
    assert!(calls.len() > 15, "{calls:?}");
    for (method, path) in calls {
        let of = if path.starts_with("chatters") { id } else { &room.id };
        let path = path.replace("{id}", of).replace("{name}", "helper");
        let request = helper.signs(method, &path, r#"{"title":"mine"}"#);
        assert_eq!(turned_away(&hub, &request), refusal(403, "hosts_only"), "{path}");
    }
    let say = json!({"roomId": room.id, "content": "x"});
    assert_eq!(refused(&mut ann, "sendMessage", &say), "not_joined", "the room lives");
    assert_eq!(listed(&hub, &["log"])[0]["by"], "helper");
}

#[test]
fn a_call_that_does_not_exist_or_is_too_large_is_refused() {
    let hub = Hub::start();
    let mut stage = Holder::added(&hub, &["stage"]);
    for path in ["nothing", "rooms/a/b/c", "hosts"] {
        assert_eq!(turned_away(&hub, &stage.signs("POST", path, "")).0, 404, "{path}");
    }
    let large = stage.signs("POST", "rooms", &format!(r#"{{"title":"{}"}}"#, "x".repeat(20_000)));
    assert_eq!(turned_away(&hub, &large), refusal(413, "too_long"));
    let room = stage.signs("POST", "rooms", r#"{"title":1}"#);
    assert_eq!(turned_away(&hub, &room), refusal(400, "bad_request"));
    let none = stage.signs("POST", "rooms/ZZZZZZ/close", "");
    assert_eq!(turned_away(&hub, &none), refusal(404, "no_such_room"));
    assert_eq!(hub.get("/api/host/overview", &[]).status, 401);
    assert_eq!(hub.get("/api/host", &[]).status, 401);
}

#[test]
fn hosts_come_by_the_named_networks_only() {
    let hub = Hub::with(&[("COLAHUB_HOST_INTERFACES", "eth-none")]);
    let mut stage = Holder::added(&hub, &["stage"]);
    let request = stage.signs("GET", "overview", "");
    assert_eq!(turned_away(&hub, &request), refusal(403, "hosts_elsewhere"));
    hub.signal(Signal::TERM);
    let hub = Hub::start_in(hub.ended().1, &[("COLAHUB_HOST_INTERFACES", "lo")]);
    assert_eq!(sent(&hub, &request).status, 200, "its number was not taken");
}

#[test]
fn a_flood_of_forgeries_is_not_a_flood_of_lines() {
    let folder = tempfile::tempdir().unwrap();
    let log = std::fs::File::create(folder.path().join("log")).unwrap();
    let mut command = run_in(folder.path());
    command.stderr(log);
    let hub = Hub::run_heard(command, folder);
    let mut stage = Holder::added(&hub, &["stage"]);
    let once = stage.signs("GET", "overview", "");
    assert_eq!(sent(&hub, &once).status, 200);
    for _ in 0..100 {
        assert_eq!(sent(&hub, &once).status, 401);
    }
    let log = std::fs::read_to_string(hub.folder.path().join("log")).unwrap();
    let lines = log.lines().filter(|line| line.contains("a request for hosts was refused")).count();
    // One every ten seconds, however long the hundred take here.
    assert!((1..=20).contains(&lines), "{lines} lines for 100 forgeries");
    assert!(!log.contains("mac="), "{log}");
}

/// The examples of docs/host.md, as they stand there.
mod examples {
    use std::io::Write;
    use std::process::Command;

    use super::*;

    const TEXT: &str = include_str!("../../docs/host.md");

    /// The one example in this language.
    fn example(language: &str) -> &'static str {
        let (_, rest) = TEXT.split_once(&format!("\n```{language}\n")).unwrap();
        rest.split_once("\n```").unwrap().0
    }

    /// Whether this machine has the programs that an example needs; where not, that is noted.
    fn can_run(example: &str, programs: &[&str]) -> bool {
        let is_there = |program: &&str| {
            std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())
                .any(|folder| folder.join(program).is_file())
        };
        let missing: Vec<_> = programs.iter().filter(|program| !is_there(program)).collect();
        if missing.is_empty() {
            return true;
        }
        if let Some(path) = std::env::var_os("COLAHUB_TEST_SKIPPED") {
            let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
            writeln!(file, "docs/host.md's example in {example}: it needs {missing:?}").unwrap();
        }
        false
    }

    /// What an example says that is run with a host's link.
    fn run(hub: &Hub, program: &str, args: &[&str]) -> String {
        let (done, text) = host(hub, &["host", "add", program]);
        assert!(done, "{text}");
        let (_, secret) = text.split_once("/host#").unwrap();
        let secret = secret.split_whitespace().next().unwrap();
        let link = format!("http://{}/host#{secret}", hub.address);
        let output = Command::new(program).args(args).env("LINK", link).output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.success(), "{said}");
        said
    }

    #[test]
    fn that_in_shell_makes_a_room_and_announces() {
        if !can_run("shell", &["sh", "curl", "openssl"]) {
            return;
        }
        let hub = Hub::start();
        let said = run(&hub, "sh", &["-c", example("sh")]);
        assert!(titles(&hub).contains(&json!("무대 앞")), "{said}");
        assert_eq!(listed(&hub, &["announce", "list"])[0]["text"], "곧 시작해요", "{said}");
        assert!(said.contains(r#""people":0"#), "{said}");
    }

    #[test]
    fn that_in_javascript_makes_a_room_and_announces_there() {
        if !can_run("JavaScript", &["node"]) {
            return;
        }
        let hub = Hub::start();
        let said = run(&hub, "node", &["--input-type=module", "-e", example("js")]);
        assert!(titles(&hub).contains(&json!("Stage")), "{said}");
        assert_eq!(listed(&hub, &["announce", "list"])[0]["text"], "The doors are open", "{said}");
        assert!(said.ends_with(": 0 people\n"), "{said}");
    }
}
