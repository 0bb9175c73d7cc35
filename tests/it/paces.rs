//! Reconnecting does not reset a rate limit: events count for the session, actions in rooms for the person and
//! their address.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::{Hub, PATIENCE};
use crate::polling::Polling;
use crate::socket::{Heard, Socket};

/// An hour, so that nothing becomes free while the story is told.
fn strict(more: &[(&str, &str)]) -> Hub {
    Hub::with(&[&[("COLAHUB_LANGUAGE", "en")], more].concat())
}

fn line(hub: &Hub, phone: u8) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let own = SocketAddr::from((Ipv4Addr::new(127, 0, 8, phone), 0));
    socket.bind(&own.into()).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn token(hub: &Hub) -> String {
    let told: Value = serde_json::from_str(hub.post("/api/identity", "{}").text()).unwrap();
    told["data"]["token"].as_str().unwrap().to_owned()
}

fn room(hub: &Hub, capacity: u32) -> Value {
    let room = json!({"namespace": "n", "title": "t", "capacity": capacity, "isPassword": false});
    let made = hub.post("/chat/rooms", &room.to_string());
    serde_json::from_str::<Value>(made.text()).unwrap()["data"]["id"].clone()
}

/// Asks, and waits for the answer; what comes before it is passed over.
fn ask(socket: &mut Socket, event: &str, payload: &Value) -> Value {
    let number = socket.ask(event, payload).unwrap();
    loop {
        if let Heard::Ack(of, told) = socket.hear().unwrap()
            && of == number
        {
            return told;
        }
    }
}

/// How many of this number of events were accepted.
fn taken(socket: &mut Socket, many: usize, event: &str, payload: &Value) -> usize {
    let told = (0..many).map(|_| ask(socket, event, payload));
    told.filter(|told| match told["success"] == true {
        true => true,
        false => {
            assert_eq!(told["code"], "too_fast", "{told}");
            false
        }
    })
    .count()
}

fn joined(hub: &Hub, phone: u8, token: &str, room: &Value) -> (Socket, Value) {
    let mut socket = Socket::on(line(hub, phone), hub.address, "n", token).unwrap();
    let told = ask(&mut socket, "joinRoom", &json!({"roomId": room}));
    (socket, told)
}

#[test]
fn connecting_again_and_again_is_an_event_each_time_on_both_transports() {
    let hub = strict(&[("COLAHUB_LIMITS_EVENTS", "1/h burst 6")]);
    let mut ann = Socket::connect(hub.address, "n", "").unwrap();
    for _ in 0..5 {
        ann.reconnect().unwrap();
    }
    let why = ann.reconnect().unwrap_err();
    assert!(why.starts_with("Too fast."), "{why}");
    let session = Polling::connect(&hub, "n");
    let mut told = String::new();
    while !told.contains("44/n,") {
        session.post("41/n,\u{1e}40/n,");
        told += session.poll().text();
    }
    assert!(told.contains("44/n,{\"message\":\"Too fast."), "{told}");
    assert!(told.matches("40/n,{").count() <= 5, "{told}");
}

#[test]
fn a_session_has_one_pace_in_all_its_namespaces() {
    let hub = strict(&[("COLAHUB_LIMITS_EVENTS", "1/h burst 10")]);
    let mut ann = Socket::connect(hub.address, "a", "").unwrap();
    ann.connect_also("b").unwrap();
    ann.connect_also("c").unwrap();
    let first = taken_anyhow(&mut ann, 20);
    assert_eq!(first, 7);
    assert!(ann.connect_also("d").unwrap_err().starts_with("Too fast."));
}

/// How many events were not refused as too fast.
fn taken_anyhow(socket: &mut Socket, many: usize) -> usize {
    let nothing = json!({});
    (0..many).filter(|_| ask(socket, "sendMessage", &nothing)["code"] != "too_fast").count()
}

#[test]
fn a_person_has_one_pace_over_all_their_sockets_and_an_address_that_of_a_few_people() {
    let hub = strict(&[
        ("COLAHUB_LIMITS_MESSAGES", "1/h burst 4"),
        ("COLAHUB_LIMITS_ALERTS", "1/h burst 4"),
        ("COLAHUB_LIMITS_ROSTERS", "1/h burst 4"),
        ("COLAHUB_LIMITS_PEOPLE_EACH", "2"),
    ]);
    let room = room(&hub, 0);
    let told = json!({"roomId": room, "content": "hi"});
    for event in ["sendMessage", "sendAlert", "returnChatters"] {
        let own = token(&hub);
        let sum: usize = (0..5)
            .map(|_| {
                let (mut socket, _) = joined(&hub, 1, &own, &room);
                taken(&mut socket, 2, event, &told)
            })
            .sum();
        assert_eq!(sum, 4, "{event}: one person");
        let crowd: usize = (0..5)
            .map(|_| {
                let (mut socket, _) = joined(&hub, 1, &token(&hub), &room);
                taken(&mut socket, 2, event, &told)
            })
            .sum();
        assert_eq!(crowd, 4, "{event}: all at that address, with what the one has had");
        let (mut elsewhere, _) = joined(&hub, 2, &token(&hub), &room);
        assert_eq!(taken(&mut elsewhere, 1, event, &told), 1, "{event}: another address");
    }
}

#[test]
fn unknown_people_of_one_address_join_no_faster_than_newcomers() {
    let hub = strict(&[("COLAHUB_LIMITS_NEWCOMERS", "1/h burst 3")]);
    let room = room(&hub, 0);
    let own = token(&hub);
    let (_ann, first) = joined(&hub, 1, &own, &room);
    assert_eq!(first["success"], true, "{first}");
    let crowd: Vec<Value> = (0..5).map(|_| joined(&hub, 1, &token(&hub), &room).1).collect();
    let codes: Vec<&Value> = crowd.iter().map(|told| &told["code"]).collect();
    let none = &Value::Null;
    assert_eq!(codes, [none, none, &json!("too_fast"), &json!("too_fast"), &json!("too_fast")]);
    assert_eq!(crowd[4]["message"], "Too fast. Try again in 60 minutes.");
    assert_eq!(joined(&hub, 1, &own, &room).1["success"], true, "who was in comes again");
    assert_eq!(joined(&hub, 2, &token(&hub), &room).1["success"], true, "another address");
}

#[test]
fn one_person_does_not_come_and_go_without_end() {
    let hub = strict(&[("COLAHUB_LIMITS_JOINS", "1/h burst 5")]);
    let room = room(&hub, 0);
    let own = token(&hub);
    let told: Vec<Value> = (0..8).map(|_| joined(&hub, 1, &own, &room).1).collect();
    let came = told.iter().filter(|told| told["success"] == true).count();
    assert_eq!(came, 5, "{told:?}");
}

#[test]
fn people_of_one_address_hold_no_more_than_half_of_a_small_rooms_places() {
    let hub = strict(&[]);
    let room = room(&hub, 9);
    let mut held = Vec::new();
    for n in 0..7 {
        let (socket, told) = joined(&hub, 1, &token(&hub), &room);
        match n < 5 {
            true => assert_eq!(told["success"], true, "{told}"),
            false => assert_eq!(told["code"], "too_many_here", "{told}"),
        }
        held.push(socket);
    }
    let (_bob, told) = joined(&hub, 2, &token(&hub), &room);
    assert_eq!(told["success"], true, "{told}");
    let small = self::room(&hub, 2);
    let pair = [0, 1].map(|_| joined(&hub, 1, &token(&hub), &small));
    assert!(pair.iter().all(|(_, told)| told["success"] == true), "two may always share");
}

#[test]
fn events_sent_right_behind_a_join_wait_for_it() {
    let hub = strict(&[]);
    let locked = json!({"namespace": "n", "title": "t", "capacity": 0, "isPassword": true,
        "password": "hunter2"});
    let made = hub.post("/chat/rooms", &locked.to_string());
    let locked = serde_json::from_str::<Value>(made.text()).unwrap()["data"]["id"].clone();
    for (room, password) in [(room(&hub, 0), ""), (locked, "hunter2")] {
        let mut ann = Socket::connect(hub.address, "n", "").unwrap();
        let mut asked =
            vec![ann.ask("joinRoom", &json!({"roomId": room, "password": password})).unwrap()];
        for n in 0..5 {
            let said = json!({"roomId": room, "content": n.to_string()});
            asked.push(ann.ask("sendMessage", &said).unwrap());
        }
        let mut acked = Vec::new();
        while acked.len() < asked.len() {
            if let Heard::Ack(number, told) = ann.hear().unwrap() {
                assert_eq!(told["success"], true, "{told}");
                acked.push(number);
            }
        }
        assert_eq!(acked, asked, "in their order");
    }
}

#[test]
fn an_unknown_event_is_answered_if_an_acknowledgement_is_requested() {
    let hub = strict(&[]);
    let mut ann = Socket::connect(hub.address, "n", "").unwrap();
    let told = ask(&mut ann, "fromAnotherAge", &json!({}));
    assert_eq!((&told["success"], &told["code"]), (&json!(false), &json!("bad_request")));
    assert_eq!(told["message"], "The request cannot be read: this hub does not know such an event");
}
