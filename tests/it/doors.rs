//! Who a call counts for, and which limits it may use up, over real connections.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::{Answer, Hub, PATIENCE, wait_until};
use crate::sender::{Room, join, make_room, token};
use crate::socket::{Heard, Socket};

/// A connection from a given address.
fn from(hub: &Hub, number: u8) -> TcpStream {
    let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::new(127, 0, 8, number), 0)).into()).unwrap();
    socket.connect(&hub.address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn request(hub: &Hub, what: &str, headers: &str, body: &str) -> String {
    let (host, length) = (hub.address, body.len());
    format!(
        "{what} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

/// A call from a given address.
fn call(hub: &Hub, number: u8, what: &str, headers: &str, body: &Value) -> Answer {
    hub.raw_on(from(hub, number), &request(hub, what, headers, &body.to_string()))
}

fn data(answer: &Answer) -> Value {
    serde_json::from_str::<Value>(answer.text()).unwrap()["data"].take()
}

fn locked_room(hub: &Hub, number: u8) -> Room {
    let form = json!({
        "namespace": "n", "title": "t", "capacity": 0, "isPassword": true, "password": "cola",
    });
    let made = data(&call(hub, number, "POST /chat/rooms", "", &form));
    Room { id: made["id"].as_str().unwrap().to_owned(), namespace: "n".to_owned() }
}

fn check(room: &Room) -> String {
    format!("POST /chat/rooms/{}/access-check", room.id)
}

/// The hub's answer to a request to join.
fn asks_in(hub: &Hub, number: u8, room: &Room) -> Value {
    let mut socket = Socket::on(from(hub, number), hub.address, "n", "").unwrap();
    let asked = socket.ask("joinRoom", &json!({"roomId": room.id})).unwrap();
    loop {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap()
            && number == asked
        {
            return envelope;
        }
    }
}

#[test]
fn an_address_that_keeps_argon2_busy_keeps_nobody_else_waiting() {
    let hub = Hub::start();
    let rooms: Vec<Room> = (0..10).map(|_| locked_room(&hub, 1)).collect();
    let theirs = locked_room(&hub, 2);
    // Eighty right passwords of one's own at once, which count as no guesses.
    let right = json!({"password": "cola"}).to_string();
    let mut flood: Vec<TcpStream> = Vec::new();
    for n in 0..80 {
        let mut stream = from(&hub, 1);
        let text = request(&hub, &check(&rooms[n % rooms.len()]), "", &right);
        stream.write_all(text.as_bytes()).unwrap();
        flood.push(stream);
    }
    // Each answer comes: none of it is "unavailable" or "too fast".
    for _ in 0..12 {
        let answer = call(&hub, 2, &check(&theirs), "", &json!({"password": "cola"}));
        assert_eq!((answer.status, data(&answer)), (200, json!(true)), "{}", answer.text());
    }
    let _room_made_meanwhile = locked_room(&hub, 3);
    for stream in &mut flood {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let known = text.starts_with("HTTP/1.1 200") || text.starts_with("HTTP/1.1 429");
        assert!(known, "{text}");
    }
}

#[test]
fn renames_that_are_refused_do_not_use_up_anothers() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_RENAMES", "1/h burst 2")]);
    let room = make_room(&hub, "n");
    let (anns, eves) = (token(&hub), token(&hub));
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    let id = join(&mut ann, &room, None).unwrap()["id"].as_str().unwrap().to_owned();
    let path = format!("PATCH /chat/chatters/{id}/nickname");
    let by = |token: &str| format!("authorization: Bearer {token}\r\n");
    let name = json!({"nickname": "Zed"});
    for _ in 0..20 {
        assert_eq!(call(&hub, 2, &path, &by(&eves), &name).status, 403);
        assert_eq!(call(&hub, 2, &path, "", &name).status, 403);
    }
    let renamed = call(&hub, 1, &path, &by(&anns), &name);
    assert_eq!((renamed.status, &data(&renamed)["nickname"]), (200, &json!("Zed")));
}

#[test]
fn without_the_bridge_a_password_checked_without_a_token_lets_no_other_browser_in() {
    let hub = Hub::with(&[("COLAHUB_IDENTITY_BRIDGE", "false")]);
    let room = locked_room(&hub, 1);
    let right = json!({"password": "cola"});
    assert_eq!(data(&call(&hub, 1, &check(&room), "", &right)), json!(true));
    assert_eq!(asks_in(&hub, 1, &room)["code"], "locked");
    // A token is let in as ever.
    let anns = token(&hub);
    let by = format!("authorization: Bearer {anns}\r\n");
    assert_eq!(data(&call(&hub, 1, &check(&room), &by, &right)), json!(true));
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    join(&mut ann, &room, None).unwrap();
}

#[test]
fn a_bearer_token_counts_however_its_scheme_is_written_at_both_doors() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let anns = token(&hub);
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    join(&mut ann, &room, None).unwrap();
    let handshake = "GET /socket.io/?EIO=4&transport=polling";
    for scheme in ["Bearer ", "bearer ", "BEARER   "] {
        let by = format!("authorization: {scheme}{anns}\r\n");
        let messages = format!("GET /api/rooms/{}/messages", room.id);
        assert_eq!(hub.raw(&request(&hub, &messages, &by, "")).status, 200, "{scheme}");
        let opened = hub.raw(&request(&hub, handshake, &by, ""));
        assert_eq!(opened.status, 200);
        assert_eq!(opened.header("set-cookie"), None, "a browser that is known keeps its token");
    }
    let wrong = "authorization: bearer nobody\r\n";
    let messages = format!("GET /api/rooms/{}/messages", room.id);
    assert_eq!(hub.raw(&request(&hub, &messages, wrong, "")).status, 401);
}

/// Cola Chat's front end on each load: it asks without credentials whether it is still online, at once for
/// its history, and only when its socket is up does it join again.
fn loads(hub: &Hub, number: u8, room: &Room, chatter: &str) -> Answer {
    let reentry = format!("GET /chat/rooms/{}/{chatter}/reentry-check", room.id);
    assert_eq!(call(hub, number, &reentry, "", &json!({})).status, 200);
    let history = format!("GET /chat/messages/{}/1/{chatter}", room.id);
    call(hub, number, &history, "", &json!({}))
}

/// Their chatter's id, and the connection.
fn enters_from(hub: &Hub, number: u8, room: &Room, token: &str) -> (String, Socket) {
    let mut socket = Socket::on(from(hub, number), hub.address, "n", token).unwrap();
    let id = join(&mut socket, room, None).unwrap()["id"].as_str().unwrap().to_owned();
    (id, socket)
}

/// Waits until the hub has noticed that nobody is connected as this chatter, their grace over.
fn is_gone(hub: &Hub, room: &Room, chatter: &str) {
    let reentry = format!("/chat/rooms/{}/{chatter}/reentry-check", room.id);
    wait_until("they go", || !hub.get(&reentry, &[]).text().contains("\"data\":true"));
}

#[test]
fn history_is_there_after_a_refresh_and_after_a_slow_one_for_the_last_address_only() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let anns = token(&hub);
    let (ann, socket) = enters_from(&hub, 1, &room, &anns);
    let say = json!({"roomId": room.id, "content": "hello"});
    let mut socket = socket;
    let asked = socket.ask("sendMessage", &say).unwrap();
    while !matches!(socket.hear().unwrap(), Heard::Ack(number, _) if number == asked) {}
    drop(socket);
    let fast = loads(&hub, 1, &room, &ann);
    assert_eq!(fast.status, 200, "{}", fast.text());
    is_gone(&hub, &room, &ann);
    let slow = loads(&hub, 1, &room, &ann);
    assert_eq!((slow.status, slow.text().contains("hello")), (200, true), "{}", slow.text());
    let rename = format!("PATCH /chat/chatters/{ann}/nickname");
    assert_eq!(call(&hub, 1, &rename, "", &json!({"nickname": "Ann"})).status, 200);
    assert_eq!(loads(&hub, 2, &room, &ann).status, 403, "another address");
    assert_eq!(call(&hub, 2, &rename, "", &json!({"nickname": "Eve"})).status, 403);
    // They come back from elsewhere: where they were before counts no more.
    let (_, socket) = enters_from(&hub, 3, &room, &anns);
    assert_eq!(
        (loads(&hub, 1, &room, &ann).status, loads(&hub, 3, &room, &ann).status),
        (403, 200)
    );
    drop(socket);
    is_gone(&hub, &room, &ann);
    assert_eq!(
        (loads(&hub, 1, &room, &ann).status, loads(&hub, 3, &room, &ann).status),
        (403, 200)
    );
}

#[test]
fn a_kick_ends_what_the_bridge_remembers_and_frees_the_name() {
    let hub = Hub::start();
    let room = make_room(&hub, "n");
    let (zed, mut socket) = enters_from(&hub, 1, &room, &token(&hub));
    let (_, mut bob) = enters_from(&hub, 2, &room, &token(&hub));
    let rename = |socket: &mut Socket| {
        let name = json!({"roomId": room.id, "nickname": "Zed"});
        let asked = socket.ask("renameChatter", &name).unwrap();
        loop {
            if let Heard::Ack(number, envelope) = socket.hear().unwrap()
                && number == asked
            {
                return envelope["success"].clone();
            }
        }
    };
    assert_eq!((rename(&mut socket), rename(&mut bob)), (json!(true), json!(false)));
    assert_eq!(loads(&hub, 1, &room, &zed).status, 200);
    assert!(crate::host::host(&hub, &["chatter", "kick", &zed]).0);
    assert_eq!(loads(&hub, 1, &room, &zed).status, 403);
    assert_eq!(rename(&mut bob), json!(true));
}

#[test]
fn history_waits_for_the_connection_if_the_bridge_remembers_nothing() {
    let hub = Hub::with(&[("COLAHUB_IDENTITY_BRIDGE_MEMORY", "off")]);
    let room = make_room(&hub, "n");
    let (ann, socket) = enters_from(&hub, 1, &room, &token(&hub));
    assert_eq!(loads(&hub, 1, &room, &ann).status, 200);
    drop(socket);
    is_gone(&hub, &room, &ann);
    assert_eq!(loads(&hub, 1, &room, &ann).status, 403);
}
