//! A session is upgraded from polling to a WebSocket, or that fails: until the client completes the upgrade, nothing
//! about its session changes.

use std::net::Shutdown;
use std::process::Stdio;

use serde_json::json;

use crate::kit::{Hub, run_in, wait_for};
use crate::polling::{Polling, WebSocket};

/// The packet of a message in the first room.
fn say(room: &str, content: &str) -> String {
    format!("42/anonymous,{}", json!(["sendMessage", {"roomId": room, "content": content}]))
}

fn first_room(hub: &Hub) -> String {
    let rooms: serde_json::Value =
        serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    rooms["data"][0]["id"].as_str().unwrap().to_owned()
}

/// Somebody in the first room, by polling.
fn joined<'a>(hub: &'a Hub, room: &str) -> Polling<'a> {
    let session = Polling::connect(hub, "anonymous");
    session.post(&format!("42/anonymous,1{}", json!(["joinRoom", {"roomId": room}])));
    until(&session, "43/anonymous,1[{\"success\":true");
    session
}

/// Polls until this has come.
fn until(session: &Polling, expected: &str) {
    wait_for(expected, || {
        let answer = session.poll();
        assert_eq!(answer.status, 200, "{}", answer.text());
        let packets = answer.text().to_owned();
        if packets.contains(expected) { Ok(()) } else { Err(packets) }
    });
}

type Cut = fn(&mut WebSocket);

fn probed(socket: &mut WebSocket) {
    socket.say("2probe");
    assert_eq!(socket.hear().as_deref(), Some("3probe"));
}

#[test]
fn a_probe_that_is_cut_ends_itself_and_the_session_goes_on_by_polling() {
    let hub = Hub::with(&[("COLAHUB_LANGUAGE", "en")]);
    let room = first_room(&hub);
    let session = joined(&hub, &room);
    let cuts: [(&str, Cut); 8] = [
        ("before the probe", |_| {}),
        ("by a close frame", |socket| socket.frame(0x88, &[])),
        ("by rubbish", |socket| socket.frame(0xff, b"rubbish")),
        ("by another packet", |socket| socket.say("40/anonymous,")),
        ("within the probe", |socket| {
            use std::io::Write;
            socket.stream.write_all(&[0x81, 0x86, 0]).unwrap();
        }),
        ("after the probe", probed),
        ("by a close frame after the probe", |socket| {
            probed(socket);
            socket.frame(0x88, &[]);
        }),
        ("by rubbish after the probe", |socket| {
            probed(socket);
            socket.say("6");
        }),
    ];
    for (how, cut) in cuts {
        let mut socket = session.websocket();
        assert!(socket.head.starts_with("HTTP/1.1 101 "), "{how}: {}", socket.head);
        cut(&mut socket);
        // The hub may have ended it before.
        let _ended = socket.stream.shutdown(Shutdown::Write);
        while socket.hear().is_some() {}
        assert_eq!(session.post(&say(&room, how)).text(), "ok", "{how}");
        until(&session, how);
    }
}

#[test]
fn a_probe_ends_the_poll_that_waits_and_then_the_session_moves() {
    let hub = Hub::with(&[("COLAHUB_LANGUAGE", "en")]);
    let room = first_room(&hub);
    let session = joined(&hub, &room);
    let mut socket = session.websocket();
    std::thread::scope(|threads| {
        // One that begins before the probe or behind it: it ends with packets or with none.
        let waiting = threads.spawn(|| {
            loop {
                let answer = session.poll();
                if answer.text() == "6" {
                    return answer.status;
                }
            }
        });
        socket.say("2probe");
        assert_eq!(socket.hear().as_deref(), Some("3probe"));
        assert_eq!(waiting.join().unwrap(), 200);
    });
    session.post(&say(&room, "still by polling"));
    let second = session.websocket();
    assert!(second.head.starts_with("HTTP/1.1 400 "), "one at a time: {}", second.head);
    socket.say("5");
    socket.say(&say(&room, "over the WebSocket"));
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let packet = socket.hear().expect("the session goes on");
        assert_ne!(packet, "3probe", "the client has that already");
        for said in ["still by polling", "over the WebSocket"] {
            heard.extend(packet.contains(said).then_some(said));
        }
    }
    assert_eq!(heard, ["still by polling", "over the WebSocket"]);
    assert_eq!(session.poll().status, 400, "it polls no more");
}

#[test]
fn a_request_that_changes_nothing_does_not_keep_a_flood_from_being_ended() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let mut command = run_in(folder.path());
    command.env("COLAHUB_LIMITS_EVENTS", "20/s burst 20");
    command.stderr(Stdio::from(std::fs::File::create(&log).unwrap()));
    let hub = Hub::run_heard(command, folder);
    let room = first_room(&hub);
    let session = joined(&hub, &room);
    let mut socket = session.websocket();
    socket.say("2probe");
    assert_eq!(socket.hear().as_deref(), Some("3probe"));
    socket.say("5");
    socket.say(&say(&room, "moved"));
    while !socket.hear().expect("moved").contains("moved") {}
    for target in ["websocket", "websocket=x", "polling"] {
        assert_eq!(hub.get(&session.path(target), &[]).status, 400, "{target}");
    }
    let mut writing = socket.stream.try_clone().unwrap();
    let flood = crate::polling::frame(0x81, say(&room, "flood").as_bytes()).repeat(100);
    std::thread::scope(|threads| {
        threads.spawn(move || {
            use std::io::Write;
            while writing.write_all(&flood).is_ok() {}
        });
        while socket.hear().is_some() {}
    });
    let dropped = std::fs::read_to_string(&log).unwrap();
    let lines = dropped.lines().filter(|line| line.contains("dropped")).count();
    assert_eq!(lines, 1, "it is ended once: {dropped}");
}

#[test]
fn nothing_below_engine_ios_path_is_engine_io() {
    let hub = Hub::start();
    for path in ["/socket.io/x", "/socket.io//", "/socket.io/x/", "/socket%2Eio/", "/socket.iox/"] {
        let foreign = [("origin", "http://evil.example")];
        let answer = hub.get(&format!("{path}?EIO=4&transport=polling"), &foreign);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.header("set-cookie"), None, "{path}");
    }
    for path in ["/socket.io", "/socket.io/"] {
        let foreign = [("origin", "http://evil.example")];
        let query = format!("{path}?EIO=4&transport=polling");
        assert_eq!(hub.get(&query, &foreign).status, 403, "{path}");
        assert_eq!(hub.get(&query, &[]).status, 200, "{path}");
    }
}
