//! Clients that read slowly: what waits for them is neither lost nor overtaken.

use std::net::TcpStream;

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::Hub;
use crate::socket::{Heard, Socket};

/// More than the system holds for a client that does not read, and less than the hub does.
const UNREAD: u64 = 450;

/// Said while the client catches up.
const MEANWHILE: u64 = 300;

/// A connection for which the system keeps as little as it can.
fn narrow(hub: &Hub) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    TcpStream::from(socket)
}

fn acked(socket: &mut Socket, number: u64) -> Value {
    loop {
        if let Heard::Ack(of, envelope) = socket.hear().unwrap()
            && of == number
        {
            assert_eq!(envelope["success"], true, "{envelope}");
            return envelope;
        }
    }
}

fn join(mut socket: Socket, room: &Value) -> Socket {
    let number = socket.ask("joinRoom", &json!({ "roomId": room })).unwrap();
    acked(&mut socket, number);
    socket
}

#[test]
fn who_reads_slowly_gets_all_of_it_in_order() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_PROFILE", "off")]);
    let rooms: Value = serde_json::from_str(hub.get("/chat/rooms", &[]).text()).unwrap();
    let (room, namespace) = (&rooms["data"][0]["id"], rooms["data"][0]["namespace"].as_str());
    let namespace = namespace.unwrap();
    let reader = Socket::on(narrow(&hub), hub.address, namespace, "").unwrap();
    let mut reader = join(reader, room);
    let mut speaker = join(Socket::connect(hub.address, namespace, "").unwrap(), room);
    let mut say = |n: u64| {
        let content = format!("{n} {}", "x".repeat(900));
        let message = json!({ "roomId": room, "content": content });
        let number = speaker.ask("sendMessage", &message).unwrap();
        acked(&mut speaker, number);
    };
    (0..UNREAD).for_each(&mut say);
    std::thread::scope(|threads| {
        threads.spawn(|| (UNREAD..UNREAD + MEANWHILE).for_each(say));
        for expected in 0..UNREAD + MEANWHILE {
            let said = loop {
                let Heard::Event(event, payload) = reader.hear().expect("still connected") else {
                    continue;
                };
                if event == "sendMessage" && payload["type"] == "MESSAGE" {
                    break payload["content"].as_str().unwrap().to_owned();
                }
            };
            let number = said.split(' ').next().unwrap();
            assert_eq!(number, expected.to_string());
        }
    });
}
