use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

use crate::kit::{Hub, Signal, told};

fn ask(hub: &Hub, request: &str) -> String {
    let mut stream = UnixStream::connect(hub.folder.path().join("control.sock")).unwrap();
    writeln!(stream, "{request}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn status(hub: &Hub, flags: &[&str]) -> (Option<i32>, String) {
    let folder = hub.folder.path().to_str().unwrap();
    told(&[&["status", "--data-dir", folder], flags].concat())
}

#[test]
fn a_host_sees_the_state_of_the_hub() {
    let hub = Hub::start();
    let (code, text) = status(&hub, &[]);
    assert_eq!(code, Some(0), "{text}");
    for part in ["up ", &format!("http://{}", hub.address), "0 in 1 room;", "free on its disk"] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    let (code, json) = status(&hub, &["--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &json["rooms"]), (Some(0), &1.into()));
    assert!(json["data"]["database"].as_u64().unwrap() > 0, "{json}");
}

#[test]
fn status_without_a_running_hub_is_a_sentence_and_a_failure() {
    let hub = Hub::start();
    hub.signal(Signal::KILL);
    let (_, folder) = hub.ended();
    // The killed hub left its socket behind; the next one replaces it.
    assert!(folder.path().join("control.sock").exists());
    let (code, text) = told(&["status", "--data-dir", folder.path().to_str().unwrap()]);
    assert_eq!(code, Some(1));
    assert!(text.contains("no hub is running"), "{text}");
    let hub = Hub::start_in(folder, &[]);
    assert_eq!(status(&hub, &[]).0, Some(0));
}

#[test]
fn the_socket_is_for_the_hubs_user_and_group_and_goes_with_the_hub() {
    let hub = Hub::start();
    let socket = hub.folder.path().join("control.sock");
    assert_eq!(std::fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o660);
    hub.signal(Signal::TERM);
    let (_, folder) = hub.ended();
    assert!(!folder.path().join("control.sock").exists());
}

#[test]
fn an_invalid_control_request_gets_an_error() {
    let hub = Hub::start();
    for bad in ["", "hello", r#"{"do":"fly"}"#] {
        let answer = ask(&hub, bad);
        assert!(answer.starts_with(r#"{"error":"this is no request"#), "{answer}");
    }
    assert!(ask(&hub, r#"{"do":"status"}"#).starts_with(r#"{"ok":{"version""#));
}
