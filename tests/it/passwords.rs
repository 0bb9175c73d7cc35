//! The cost of checking passwords.

use std::fs;

use serde_json::{Value, json};

use crate::kit::Hub;

/// The hub's memory, in KiB.
fn memory(hub: &Hub) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", hub.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Each takes 19 MiB for a moment, of which glibc once kept 58 for every thread that ever hashed.
#[test]
fn the_memory_that_a_password_takes_is_given_back() {
    let hub = Hub::start();
    let form = json!({
        "namespace": "n", "title": "room", "capacity": 0, "isPassword": true, "password": "1234",
    });
    let room: Value =
        serde_json::from_str(hub.post("/chat/rooms", &form.to_string()).text()).unwrap();
    let path = format!("/chat/rooms/{}/access-check", room["data"]["id"].as_str().unwrap());
    let opens = || {
        let answer = hub.post(&path, r#"{"password":"1234"}"#);
        let answer: Value = serde_json::from_str(answer.text()).unwrap();
        assert_eq!(answer["data"], true, "{answer}");
    };
    opens();
    let before = memory(&hub);
    for _ in 0..5 {
        opens();
    }
    let after = memory(&hub);
    assert!(after < before + 8 * 1024, "{before} KiB have become {after}");
}
