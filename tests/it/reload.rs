//! SIGHUP: the hub reads its configuration again, puts in force what a reload can change, and nobody is
//! disconnected.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::kit::{Hub, Signal, colahub, run_in, told, wait_for, wait_until};
use crate::socket::{Heard, Socket};

/// The log lines for a reload that was applied, for one that was not, and for the settings that wait for a restart.
const TAKEN: &str = "the configuration was read again";
const REFUSED: &str = "the configuration is not taken, the one before stays in force: ";
const RESTART: &str = "need a restart of the hub";

/// A hub with a configuration file that the story edits, and a log that it reads.
struct Edited {
    hub: Hub,
}

impl Edited {
    fn start(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("hub.toml"), text).unwrap();
        let mut command = run_in(folder.path());
        command.arg("--config").arg(folder.path().join("hub.toml"));
        command.stderr(File::create(folder.path().join("log")).unwrap());
        Self { hub: Hub::run_heard(command, folder) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.hub.folder.path().join(name)
    }

    fn writes(&self, text: &str) {
        fs::write(self.path("hub.toml"), text).unwrap();
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap()
    }

    fn counts(&self, words: &str) -> usize {
        self.log().matches(words).count()
    }

    /// Tells the hub to reload and waits until it has said what came of it: those lines.
    fn reloads(&self) -> String {
        let before = self.log().len();
        self.hub.signal(Signal::HUP);
        wait_for("the hub says what came of the reload", || {
            let since = self.log()[before..].to_owned();
            if since.contains(TAKEN) || since.contains(REFUSED) { Ok(()) } else { Err(since) }
        });
        // The rest is said before the hub answers anything.
        assert_eq!(self.hub.get("/healthz", &[]).status, 200);
        self.log()[before..].to_owned()
    }

    fn state(&self) -> Value {
        let answer = self.hub.get("/api/hub", &[]);
        serde_json::from_str::<Value>(answer.text()).unwrap()["data"].take()
    }
}

fn heard(socket: &mut Socket, wanted: &str) -> Value {
    loop {
        if let Heard::Event(event, payload) = socket.hear().unwrap()
            && event == wanted
        {
            return payload;
        }
    }
}

/// Asks, and gives the answer.
fn asked(socket: &mut Socket, event: &str, payload: &Value) -> Value {
    let number = socket.ask(event, payload).unwrap();
    loop {
        if let Heard::Ack(answers, told) = socket.hear().unwrap()
            && answers == number
        {
            return told;
        }
    }
}

fn first_room(hub: &Hub) -> Value {
    let rooms: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    rooms["data"][0].clone()
}

#[test]
fn new_settings_are_in_force_and_nobody_is_disconnected() {
    let edited = Edited::start(
        "language = 'en'\ntitle = 'Before'\nrooms.first_namespace = 'n'\nlimits.messages = '1/h'",
    );
    let room = first_room(&edited.hub)["id"].clone();
    let mut ann = Socket::connect(edited.hub.address, "n", "").unwrap();
    assert_eq!(asked(&mut ann, "joinRoom", &json!({"roomId": room}))["success"], true);
    let said = json!({"roomId": room, "content": "hello"});
    assert_eq!(asked(&mut ann, "sendMessage", &said)["success"], true);
    let refused = asked(&mut ann, "sendMessage", &said);
    assert_eq!(refused["success"], false, "one an hour: {refused}");
    let page = [("origin", "https://chat.example")];
    assert_eq!(edited.hub.get("/api/hub", &page).header("access-control-allow-origin"), None);

    edited.writes(
        "language = 'en'\ntitle = 'After'\nrooms.first_namespace = 'n'\nlimits.messages = '9/s'\n\
         cors.origins = ['https://chat.example']\nhttp.hosts = ['camp.example']\n\
         wifi.ssid = 'Camp'\nwifi.password = 'fireside'",
    );
    let words = edited.reloads();
    for key in
        ["title", "cors.origins", "limits.messages", "http.hosts", "wifi.ssid", "wifi.password"]
    {
        assert!(words.contains(key), "{key} in {words}");
    }
    assert!(!words.contains(RESTART) && !edited.log().contains("fireside"), "{words}");

    // On the connection from before: nobody noticed anything but that they may say more.
    assert_eq!(asked(&mut ann, "sendMessage", &said)["success"], true);
    let state = edited.state();
    assert_eq!((&state["name"], &state["wifi"]["ssid"]), (&json!("After"), &json!("Camp")));
    let allowed = edited.hub.get("/api/hub", &page);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://chat.example"));
    let called = "GET /healthz HTTP/1.1\r\nhost: camp.example\r\nconnection: close\r\n\r\n";
    assert_eq!(edited.hub.raw(called).status, 200);
    let mut bob = Socket::connect(edited.hub.address, "n", "").unwrap();
    assert_eq!(heard(&mut bob, "hello")["hub"]["name"], "After");
    // The language goes back with the rest: what is taken out of the file has its default again.
    edited.writes("rooms.first_namespace = 'n'");
    let words = edited.reloads();
    assert!(words.contains("language") && words.contains("wifi.ssid"), "{words}");
    let state = edited.state();
    assert_eq!((&state["name"], &state["language"]), (&json!("cola"), &json!("ko")));
    assert_eq!(state["wifi"], Value::Null);
    assert_eq!(edited.hub.get("/api/hub", &page).header("access-control-allow-origin"), None);
    assert_eq!(asked(&mut ann, "sendMessage", &said)["success"], true, "she is still there");
}

#[test]
fn a_bad_configuration_is_refused_as_a_whole_and_says_why() {
    let edited = Edited::start("title = 'Before'");
    edited.writes("title = 'After'\nlimits.messages = 'often'\nnmae = 'camp'");
    let words = edited.reloads();
    for why in ["hub.toml, line 2: limits.messages is", "line 3: there is no setting"] {
        assert!(words.lines().any(|line| line.contains(REFUSED) && line.contains(why)), "{words}");
    }
    assert_eq!(edited.state()["name"], "Before");
    for text in [&b"title = '\xbf\xa9\xb8\xa7'"[..], b"title = "] {
        fs::write(edited.path("hub.toml"), text).unwrap();
        let words = edited.reloads();
        assert!(words.contains(REFUSED), "{words}");
    }
    fs::remove_file(edited.path("hub.toml")).unwrap();
    let words = edited.reloads();
    assert!(words.contains(REFUSED) && words.contains("hub.toml cannot be read"), "{words}");
    assert_eq!(edited.state()["name"], "Before");
    // And once it is good again, it is taken.
    edited.writes("title = 'After'");
    assert!(edited.reloads().contains(TAKEN));
    assert_eq!(edited.state()["name"], "After");
}

#[test]
fn settings_that_need_a_restart_are_named_and_stay_as_they_are() {
    let edited = Edited::start("");
    edited.writes(
        "title = 'After'\nname = 'camp'\nretention.age = '1day'\nlimits.message_size = '32KiB'",
    );
    let words = edited.reloads();
    let waiting = words.lines().find(|line| line.contains(RESTART)).unwrap();
    assert!(waiting.contains("name, retention.age, limits.message_size"), "{waiting}");
    assert_eq!(edited.state()["name"], "After");
    // Flags of the command line outweigh the file at a reload as at the start.
    edited.writes("listen = '127.0.0.1:1'\ndata_dir = '/nowhere'");
    let words = edited.reloads();
    assert!(words.contains(TAKEN) && !words.contains(RESTART), "{words}");
    assert_eq!(edited.state()["name"], "cola");
}

#[test]
fn the_level_of_the_log_follows() {
    let edited = Edited::start("");
    let connects = |edited: &Edited| {
        let mut socket = Socket::connect(edited.hub.address, "n", "").unwrap();
        heard(&mut socket, "hello");
    };
    connects(&edited);
    let connected = edited.counts(" connected");
    assert_eq!(connected, 1, "{}", edited.log());
    edited.writes("log.level = 'error'");
    edited.hub.signal(Signal::HUP);
    // At that level nothing says that it is done, but the next line that is not logged.
    wait_until("the level is in force", || {
        let before = edited.counts(" connected");
        connects(&edited);
        edited.counts(" connected") == before
    });
    edited.writes("log.level = 'info,colahub=debug'");
    assert!(edited.reloads().contains("log.level"));
    let before = edited.counts(" connected");
    connects(&edited);
    wait_until("it logs again", || edited.counts(" connected") > before);
}

#[test]
fn many_reloads_at_once_are_one_or_some_and_the_last_file_counts() {
    let edited = Edited::start("");
    for n in 0..200 {
        edited.writes(&format!("title = 'n{n}'"));
        edited.hub.signal(Signal::HUP);
    }
    wait_for("the last file is in force", || {
        let name = edited.state()["name"].clone();
        if name == "n199" { Ok(()) } else { Err(name) }
    });
    let Edited { hub } = edited;
    // Reloads do not keep it from ending, and it ends as ever.
    hub.signal(Signal::HUP);
    hub.signal(Signal::TERM);
    hub.signal(Signal::HUP);
    let (code, folder) = hub.ended();
    assert_eq!(code, Some(0));
    let log = fs::read_to_string(folder.path().join("log")).unwrap();
    assert!(log.contains("stopped"), "{log}");
}

#[test]
fn a_changed_limit_of_rooms_counts_and_there_is_still_one_first_room() {
    let edited = Edited::start("rooms.first = ''\nrooms.limit = 1");
    assert_eq!(first_room(&edited.hub), Value::Null);
    let room = r#"{"namespace":"n","title":"t","capacity":2,"isPassword":false}"#;
    assert_eq!(edited.hub.post("/chat/rooms", room).status, 201);
    assert_eq!(edited.hub.post("/chat/rooms", room).status, 503);
    edited.writes("rooms.first = 'Come in'\nrooms.limit = 2");
    edited.reloads();
    assert_eq!(edited.hub.post("/chat/rooms", room).status, 201);
    edited.writes("rooms.first = 'Welcome'\nrooms.limit = 2");
    edited.reloads();
    let rooms = edited.hub.get("/chat/rooms", &[]);
    assert_eq!(rooms.text().matches("Come in").count(), 1, "{rooms:?}");
    assert!(!rooms.text().contains("Welcome"), "one room is open already");
}

/// A hub in a terminal of its own, which `script` holds.
struct InTerminal {
    script: Child,
    hub: Pid,
    folder: TempDir,
}

impl InTerminal {
    fn start(prefix: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name).display().to_string();
        let run = run_in(folder.path());
        let words = run.get_args().map(|word| word.to_str().unwrap());
        let line: Vec<&str> = [env!("CARGO_BIN_EXE_colahub")].into_iter().chain(words).collect();
        // nohup puts what was for the terminal into the folder that it is in. The tests themselves may run under
        // nohup, whose ignored signal the hub would inherit.
        let (folder_at, line) = (folder.path().display(), line.join(" "));
        let line = format!(
            "cd {folder_at} && echo $$ >{} && exec env --default-signal=HUP {prefix} {line} 2>{}",
            at("pid"),
            at("log")
        );
        let mut command = Command::new("script");
        // The same environment as that of any other hub of a story.
        command.env_clear().envs(run.get_envs().filter_map(|(key, value)| Some((key, value?))));
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("SHELL", "/bin/sh");
        let mut script = command
            .args(["-qefc", &line, "/dev/null"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(script.stdout.take().unwrap()).lines();
        if prefix.is_empty() {
            assert!(said.any(|line| line.unwrap().contains("listening on")));
        } else {
            let log = || fs::read_to_string(at("log")).unwrap_or_default();
            wait_until("it listens", || log().contains("listening"));
        }
        let pid: i32 = fs::read_to_string(at("pid")).unwrap().trim().parse().unwrap();
        Self { script, hub: Pid::from_raw(pid).unwrap(), folder }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn loses_its_terminal(&mut self) {
        self.script.kill().unwrap();
        self.script.wait().unwrap();
    }

    fn runs(&self) -> bool {
        rustix::process::test_kill_process(self.hub).is_ok()
    }
}

impl Drop for InTerminal {
    fn drop(&mut self) {
        let _gone = self.script.kill();
        let _gone = self.script.wait();
        let _ended = kill_process(self.hub, Signal::KILL);
    }
}

#[test]
fn a_hub_that_ran_in_a_terminal_ends_cleanly_with_it_but_reloads_while_it_is_there() {
    let mut ours = InTerminal::start("");
    kill_process(ours.hub, Signal::HUP).unwrap();
    wait_until("it reloads", || ours.log().contains(TAKEN));
    ours.loses_its_terminal();
    wait_until("it ends with its terminal", || !ours.runs());
    let log = ours.log();
    assert!(log.contains("told to stop") && log.contains(" stopped"), "{log}");
}

#[test]
fn a_hub_under_nohup_outlives_its_terminal() {
    let mut ours = InTerminal::start("nohup");
    ours.loses_its_terminal();
    kill_process(ours.hub, Signal::HUP).unwrap();
    wait_until("it reloads", || ours.log().contains(TAKEN));
    assert!(ours.runs());
    kill_process(ours.hub, Signal::TERM).unwrap();
    wait_until("it ends", || ours.log().contains(" stopped"));
}

#[test]
fn the_command_line_says_what_needs_a_restart() {
    let (code, help) = told(&["check-config", "--help"]);
    assert_eq!(code, Some(0));
    assert!(help.contains("listen [COLAHUB_LISTEN] (needs a restart)"), "{help}");
    assert!(help.contains("title [COLAHUB_TITLE]\n"), "{help}");
    assert!(colahub(&["run", "--help"]).output().unwrap().status.success());
}
