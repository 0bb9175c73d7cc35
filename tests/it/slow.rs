//! Clients that read slowly: what waits for them is neither lost nor overtaken.

use std::net::TcpStream;
use std::ops::Range;

use serde_json::{Value, json};
use socket2::{Domain, SockRef, Type};

use crate::kit::Hub;
use crate::socket::{Heard, Socket};

/// More than the system holds for a client that does not read, and less than the hub does.
const UNREAD: u64 = 450;

/// So many are sent before the first is acknowledged.
const AT_ONCE: usize = 50;

/// Said while the client catches up.
const MEANWHILE: u64 = 100;

/// A connection for which the system keeps as little as it can.
fn narrow(hub: &Hub) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    TcpStream::from(socket)
}

/// Waits for the answer to the question with this number; what people said meanwhile.
fn acked(socket: &mut Socket, number: u64) -> Vec<String> {
    let mut heard = Vec::new();
    loop {
        match socket.hear().unwrap() {
            Heard::Ack(of, envelope) if of == number => {
                assert_eq!(envelope["success"], true, "{envelope}");
                return heard;
            }
            other => heard.extend(said(&other)),
        }
    }
}

/// The text, if the event is a message.
fn said(heard: &Heard) -> Option<String> {
    let Heard::Event(event, payload) = heard else { return None };
    let is_said = event == "sendMessage" && payload["type"] == "MESSAGE";
    is_said.then(|| payload["content"].as_str().unwrap().to_owned())
}

fn join(mut socket: Socket, room: &Value) -> Socket {
    let number = socket.ask("joinRoom", &json!({ "roomId": room })).unwrap();
    acked(&mut socket, number);
    socket
}

#[test]
fn a_slow_reader_gets_everything_in_order_and_is_not_read_from_meanwhile() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_PROFILE", "off")]);
    let rooms: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    let (room, namespace) = (&rooms["data"][0]["id"], rooms["data"][0]["namespace"].as_str());
    let namespace = namespace.unwrap();
    let stream = narrow(&hub);
    let connection = stream.try_clone().unwrap();
    let mut reader = join(Socket::on(stream, hub.address, namespace, "").unwrap(), room);
    let mut speaker = join(Socket::connect(hub.address, namespace, "").unwrap(), room);
    // Those that are under way share a commit: a client that reads nothing for 45 s has missed a ping, and is gone.
    let mut say = |numbers: Range<u64>| -> Vec<String> {
        let mut heard = Vec::new();
        let last = numbers.end;
        for first in numbers.step_by(AT_ONCE) {
            let asked: Vec<u64> = (first..last.min(first + AT_ONCE as u64))
                .map(|n| {
                    let content = format!("{n} {}", "x".repeat(900));
                    let message = json!({ "roomId": room, "content": content });
                    speaker.ask("sendMessage", &message).unwrap()
                })
                .collect();
            heard.extend(asked.into_iter().flat_map(|number| acked(&mut speaker, number)));
        }
        heard
    };
    say(0..UNREAD);
    let word = json!({ "roomId": room, "content": "a word" });
    let number = reader.ask("sendMessage", &word).unwrap();
    let heard = say(UNREAD..UNREAD + 20);
    assert!(!heard.contains(&"a word".to_owned()), "it was read from while it does not read");
    // It has to come to the ping within 20 s; with so little kept by the system the kernel's timers alone take as long.
    SockRef::from(&connection).set_recv_buffer_size(1 << 20).unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| say(UNREAD + 20..UNREAD + MEANWHILE));
        let (mut expected, mut is_answered) = (0, false);
        while expected < UNREAD + MEANWHILE {
            let heard = reader.hear().expect("still connected");
            match said(&heard).as_deref().and_then(|said| said.split_once(' ')) {
                // Its own, which the hub takes once it reads.
                None | Some(("a", _)) => {}
                Some((n, _)) => {
                    assert_eq!(n, expected.to_string());
                    expected += 1;
                }
            }
            if let Heard::Ack(of, envelope) = heard {
                assert_eq!((of, &envelope["success"]), (number, &json!(true)));
                is_answered = true;
            }
        }
        if !is_answered {
            acked(&mut reader, number);
        }
    });
}
