//! Each limit of docs/limits.md is reached, on each transport to which it applies, gives its sentence, and ends again.
//! Addresses are 127.0.0.x: each stands for a phone.

use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use socket2::{Domain, Type};

use crate::kit::{Answer, Hub, PATIENCE, wait_until};
use crate::socket::{Gone, Heard, Socket};

const POLLING: &str = "/socket.io/?EIO=4&transport=polling";
const WEBSOCKET: &str = "/socket.io/?EIO=4&transport=websocket";

/// A phone of its own: all its connections come from one address.
#[derive(Clone, Copy)]
struct Phone(Ipv4Addr);

fn phone(number: u8) -> Phone {
    Phone(Ipv4Addr::new(127, 0, 9, number))
}

impl Phone {
    fn connect(self, hub: &Hub) -> TcpStream {
        let socket = socket2::Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((self.0, 0)).into()).unwrap();
        socket.connect(&hub.address.into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn ask(self, hub: &Hub, what: &str, headers: &str, body: &str) -> Answer {
        let (host, length) = (hub.address, body.len());
        let upgrade = if what.contains("transport=websocket") {
            "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
        } else {
            "connection: close\r\n"
        };
        let head = format!("{what} HTTP/1.1\r\nhost: {host}\r\n{upgrade}{headers}");
        hub.raw_on(self.connect(hub), &format!("{head}content-length: {length}\r\n\r\n{body}"))
    }

    fn get(self, hub: &Hub, path: &str) -> Answer {
        self.ask(hub, &format!("GET {path}"), "", "")
    }

    fn post(self, hub: &Hub, path: &str, json: &Value) -> Answer {
        let kind = "content-type: application/json\r\n";
        self.ask(hub, &format!("POST {path}"), kind, &json.to_string())
    }

    fn makes_room(self, hub: &Hub) -> Answer {
        let room = json!({"namespace": "n", "title": "t", "capacity": 0, "isPassword": false});
        self.post(hub, "/chat/rooms", &room)
    }

    fn opens(self, hub: &Hub, namespace: &str) -> Result<Socket, Gone> {
        Socket::on(self.connect(hub), hub.address, namespace, "")
    }

    /// An identity for a browser.
    fn token(self, hub: &Hub) -> String {
        let told = envelope(&self.post(hub, "/api/identity", &json!({})));
        told["data"]["token"].as_str().unwrap().to_owned()
    }

    /// In the namespace and room, as a newcomer.
    fn joins(self, hub: &Hub, room: &Value) -> Socket {
        let (socket, joined) = self.joins_as(hub, room, "");
        assert_eq!(joined["success"], true, "{joined}");
        socket
    }

    /// In the namespace, and in the room where the answer says so, as the browser that the token names.
    fn joins_as(self, hub: &Hub, room: &Value, token: &str) -> (Socket, Value) {
        let mut socket = Socket::on(self.connect(hub), hub.address, "n", token).unwrap();
        let asked = socket.ask("joinRoom", &json!({"roomId": room["id"]})).unwrap();
        let joined = acked(&mut socket, asked);
        (socket, joined)
    }
}

fn envelope(answer: &Answer) -> Value {
    serde_json::from_str(answer.text()).unwrap_or_else(|_| panic!("no JSON in {answer:?}"))
}

fn english(settings: &[(&str, &str)]) -> Hub {
    Hub::with(&[&[("COLAHUB_LANGUAGE", "en")], settings].concat())
}

/// The answer is this refusal, to the letter, and says the same wait in all three places.
fn is_refused(answer: &Answer, status: u16, message: &str) {
    let told = envelope(answer);
    assert_eq!((answer.status, told["message"].as_str()), (status, Some(message)));
    assert_eq!((told["success"].as_bool(), &told["data"]), (Some(false), &Value::Null));
    let wait = told["retryAfter"].as_u64().expect("when to try again").to_string();
    assert_eq!(answer.header("retry-after"), Some(wait.as_str()));
}

fn made(answer: &Answer) -> Value {
    assert_eq!(answer.status, 201, "{answer:?}");
    envelope(answer)["data"].clone()
}

/// The acknowledgement with this number; what comes before it is passed over.
fn acked(socket: &mut Socket, number: u64) -> Value {
    loop {
        if let Heard::Ack(asked, told) = socket.hear().unwrap()
            && asked == number
        {
            return told;
        }
    }
}

/// All these acknowledgements, in the order in which they were asked for: refusals may come first.
fn all_acked(socket: &mut Socket, numbers: &[u64]) -> Vec<Value> {
    let mut told = std::collections::BTreeMap::new();
    while told.len() < numbers.len() {
        if let Heard::Ack(number, envelope) = socket.hear().unwrap() {
            told.insert(number, envelope);
        }
    }
    numbers.iter().map(|number| told.remove(number).unwrap()).collect()
}

fn counted(hub: &Hub, line: &str) -> bool {
    hub.get("/metrics", &[]).text().lines().any(|told| told.starts_with(line))
}

/// Asks until it is as it should be: what was let go is free in a moment.
fn until(what: impl FnMut() -> bool) {
    wait_until("it lets go", what);
}

/// A connection on which the hub has answered something, still open.
fn held(hub: &Hub, phone: Phone) -> TcpStream {
    use std::io::{Read, Write};
    let mut stream = phone.connect(hub);
    write!(stream, "GET /healthz HTTP/1.1\r\nhost: {}\r\n\r\n", hub.address).unwrap();
    stream.read_exact(&mut [0; 32]).unwrap();
    stream
}

#[test]
fn connections_of_one_address_end_where_its_share_does() {
    let hub = english(&[("COLAHUB_LIMITS_CONNECTIONS_EACH", "3")]);
    let open: Vec<_> = (0..3).map(|_| held(&hub, phone(1))).collect();
    let words =
        "Too many connections from this device or network. Close some, or try again in 10 seconds.";
    is_refused(&phone(1).get(&hub, "/healthz"), 429, words);
    assert_eq!(phone(2).get(&hub, "/healthz").status, 200, "nobody else minds");
    assert!(counted(&hub, "colahub_drops_total{reason=\"connections_each\"} 1"));
    drop(open);
    until(|| phone(1).get(&hub, "/healthz").status == 200);
}

#[test]
fn a_hub_that_is_full_says_so_in_its_language() {
    for (language, words) in [
        ("en", "This hub is full. Try again in 10 seconds."),
        ("ko", "허브가 가득 찼습니다. 10초 뒤에 다시 해 주세요."),
    ] {
        let hub =
            Hub::with(&[("COLAHUB_LANGUAGE", language), ("COLAHUB_LIMITS_CONNECTIONS", "16")]);
        let open: Vec<_> = (0..16).map(|n| held(&hub, phone(n))).collect();
        is_refused(&phone(20).get(&hub, "/healthz"), 503, words);
        drop(open);
        until(|| phone(20).get(&hub, "/healthz").status == 200);
    }
}

#[test]
fn a_connection_in_a_crowd_waits_for_its_turn_and_is_served() {
    let hub = english(&[("COLAHUB_LIMITS_ARRIVALS", "20/s burst 2")]);
    let begun = Instant::now();
    let crowd: Vec<TcpStream> = (0..12).map(|number| phone(number).connect(&hub)).collect();
    for stream in crowd {
        let request =
            format!("GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", hub.address);
        assert_eq!(hub.raw_on(stream, &request).status, 200);
    }
    // Ten of them had to wait, a twentieth of a second each; sooner they cannot have been served.
    assert!(begun.elapsed() > Duration::from_millis(450), "{:?}", begun.elapsed());
}

#[test]
fn handshakes_are_paced_for_each_address_on_both_transports() {
    for (path, good) in [(POLLING, 200), (WEBSOCKET, 101)] {
        let hub = english(&[("COLAHUB_LIMITS_HANDSHAKES", "1/s burst 3")]);
        for _ in 0..3 {
            assert_eq!(phone(1).get(&hub, path).status, good);
        }
        let refused = phone(1).get(&hub, path);
        is_refused(&refused, 429, "Too fast. Try again in 1 second.");
        assert_eq!(refused.header("set-cookie"), None, "nobody was made");
        assert_eq!(phone(2).get(&hub, path).status, good);
        assert!(counted(&hub, "colahub_refusals_total{reason=\"handshakes\"} 1"));
        until(|| phone(1).get(&hub, path).status == good);
    }
}

#[test]
fn sessions_of_one_address_and_in_all_are_bounded_and_given_back() {
    let hub = english(&[("COLAHUB_LIMITS_SESSIONS", "16"), ("COLAHUB_LIMITS_SESSIONS_EACH", "15")]);
    let mine: Vec<_> = (0..15).map(|_| phone(1).opens(&hub, "n").unwrap()).collect();
    let words =
        "Too many connections from this device or network. Close some, or try again in 10 seconds.";
    for path in [POLLING, WEBSOCKET] {
        is_refused(&phone(1).get(&hub, path), 429, words);
    }
    let _last = phone(2).opens(&hub, "n").unwrap();
    for path in [POLLING, WEBSOCKET] {
        is_refused(&phone(3).get(&hub, path), 503, "This hub is full. Try again in 10 seconds.");
    }
    drop(mine);
    until(|| phone(1).opens(&hub, "n").is_ok());
}

#[test]
fn a_refused_handshake_says_it_in_korean_too() {
    let hub = Hub::with(&[("COLAHUB_LIMITS_SESSIONS_EACH", "1")]);
    let _one = phone(1).opens(&hub, "n").unwrap();
    let words =
        "이 기기나 네트워크에서 연 연결이 너무 많습니다. 몇 개를 닫거나 10초 뒤에 다시 해 주세요.";
    is_refused(&phone(1).get(&hub, POLLING), 429, words);
}

#[test]
fn events_over_the_rate_are_refused_told_and_stored_nowhere() {
    let hub = english(&[("COLAHUB_LIMITS_EVENTS", "1/s burst 5")]);
    let room = made(&phone(1).makes_room(&hub));
    let mut ann = phone(1).joins(&hub, &room);
    let say = |ann: &mut Socket, words: &str| {
        ann.ask("sendMessage", &json!({"roomId": room["id"], "content": words})).unwrap()
    };
    let asked: Vec<u64> = (0..8).map(|n| say(&mut ann, &n.to_string())).collect();
    let told = all_acked(&mut ann, &asked);
    let good = told.iter().filter(|told| told["success"] == true).count();
    assert!((3..8).contains(&good), "three were left after connecting and joining: {told:?}");
    let last = told.last().unwrap();
    assert_eq!(last["message"], "Too fast. Try again in 1 second.");
    assert_eq!((&last["code"], &last["retryAfter"]), (&json!("too_fast"), &json!(1)));
    // Others go on, and it lets go again.
    let mut bob = phone(1).joins(&hub, &room);
    let number = say(&mut bob, "hi");
    assert_eq!(acked(&mut bob, number)["data"]["seq"], json!(good + 3), "two joins, and these");
    wait_until("it lets go again", || {
        let number = say(&mut ann, "back");
        let is_in = acked(&mut ann, number)["success"] == true;
        if !is_in {
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
        is_in
    });
}

#[test]
fn a_refusal_is_also_a_message_event_and_unknown_events_count() {
    let hub = english(&[("COLAHUB_LIMITS_EVENTS", "1/h burst 5")]);
    let mut ann = phone(1).opens(&hub, "n").unwrap();
    // Connecting was one.
    for _ in 0..4 {
        ann.ask("nonsense", &json!({})).unwrap();
    }
    ann.ask("returnChatters", &json!({})).unwrap();
    let told = std::iter::from_fn(|| {
        loop {
            if let Heard::Event(event, told) = ann.hear().ok()?
                && event == "message"
            {
                return serde_json::from_str(told.as_str()?).ok();
            }
        }
    });
    let told: Vec<Value> = told.take(5).collect();
    assert!(told[..4].iter().all(|told| told["code"] == "bad_request"), "{told:?}");
    assert_eq!(told[4]["message"], "Too fast. Try again in 60 minutes.");
}

#[test]
fn a_client_that_ignores_refusals_is_disconnected_and_may_reconnect() {
    let hub = english(&[("COLAHUB_LIMITS_EVENTS", "1/h burst 5")]);
    let mut ann = phone(1).opens(&hub, "n").unwrap();
    // Five are taken, connecting among them, twenty-five refused, and then it is enough.
    for _ in 0..40 {
        if ann.ask("typing", &json!({})).is_err() {
            break;
        }
    }
    let mut refused = 0;
    while let Ok(heard) = ann.hear() {
        refused += usize::from(matches!(heard, Heard::Ack(_, told) if told["code"] == "too_fast"));
    }
    assert!(refused <= 25, "{refused}");
    until(|| counted(&hub, "colahub_drops_total{reason=\"events\"} 1"));
    assert!(phone(1).opens(&hub, "n").is_ok());
}

#[test]
fn one_address_cannot_take_all_the_places_for_rooms() {
    let hub = english(&[
        ("COLAHUB_LIMITS_ROOMS_EACH", "2"),
        ("COLAHUB_ROOMS_LIMIT", "3"),
        ("COLAHUB_ROOMS_LIFETIME", "3h"),
    ]);
    for _ in 0..2 {
        made(&phone(1).makes_room(&hub));
    }
    let words = "Too many rooms were made from here. Make the next in 3 hours at the latest.";
    is_refused(&phone(1).makes_room(&hub), 429, words);
    made(&phone(2).makes_room(&hub));
    let words = "There are too many rooms to make another. One ends in 3 hours at the latest.";
    is_refused(&phone(2).makes_room(&hub), 503, words);
}

#[test]
fn a_place_for_a_room_is_free_again_when_one_ends() {
    let hub = english(&[("COLAHUB_LIMITS_ROOMS_EACH", "1"), ("COLAHUB_ROOMS_LIFETIME", "1s")]);
    made(&phone(1).makes_room(&hub));
    until(|| phone(1).makes_room(&hub).status == 201);
}

#[test]
fn rooms_are_made_at_a_pace() {
    let hub = english(&[("COLAHUB_LIMITS_ROOMS_MADE", "1/s burst 2")]);
    made(&phone(1).makes_room(&hub));
    made(&phone(1).makes_room(&hub));
    is_refused(&phone(1).makes_room(&hub), 429, "Too fast. Try again in 1 second.");
    made(&phone(2).makes_room(&hub));
    until(|| phone(1).makes_room(&hub).status == 201);
}

#[test]
fn passwords_are_guessed_at_a_pace_over_http_and_at_the_socket() {
    let hub = english(&[("COLAHUB_LIMITS_GUESSES", "1/min burst 2")]);
    let locked = json!({"namespace": "n", "title": "t", "capacity": 0, "isPassword": true, "password": "1234"});
    let room = made(&phone(1).post(&hub, "/chat/rooms", &locked));
    let check = |phone: Phone, guess: &str| {
        let path = format!("/chat/rooms/{}/access-check", room["id"].as_str().unwrap());
        phone.post(&hub, &path, &json!({"password": guess}))
    };
    assert_eq!(envelope(&check(phone(1), "0000"))["data"], false);
    assert_eq!(envelope(&check(phone(1), "0001"))["data"], false);
    let refused = check(phone(1), "1234");
    assert_eq!(refused.status, 429, "not even the right one");
    assert!(envelope(&refused)["message"].as_str().unwrap().starts_with("Too fast. Try again in "));
    // The socket has the same bucket, and another address another.
    let mut socket = phone(1).opens(&hub, "n").unwrap();
    let guess = json!({"roomId": room["id"], "password": "0002"});
    let number = socket.ask("joinRoom", &guess).unwrap();
    assert_eq!(acked(&mut socket, number)["code"], "too_fast");
    for _ in 0..4 {
        assert_eq!(envelope(&check(phone(2), "1234"))["data"], true, "a right one does not count");
    }
}

#[test]
fn alerts_rosters_names_and_rooms_have_rates_of_their_own() {
    let hub = english(&[
        ("COLAHUB_LIMITS_ALERTS", "1/h burst 1"),
        ("COLAHUB_LIMITS_REPORTS", "1/h burst 1"),
        ("COLAHUB_LIMITS_ROSTERS", "1/h burst 1"),
        ("COLAHUB_LIMITS_RENAMES", "1/h burst 1"),
        ("COLAHUB_LIMITS_ROOMS_JOINED", "1"),
    ]);
    let room = made(&phone(1).makes_room(&hub));
    let other = made(&phone(1).makes_room(&hub));
    let mut bob = phone(2).joins(&hub, &room);
    let mut ann = phone(1).joins(&hub, &room);
    let said = bob.ask("sendMessage", &json!({"roomId": room["id"], "content": "hi"})).unwrap();
    let said = acked(&mut bob, said)["data"]["seq"].clone();
    let words = "Too fast. Try again in 60 minutes.";
    for (event, payload) in [
        ("sendAlert", json!({"roomId": room["id"], "content": "look"})),
        ("report", json!({"roomId": room["id"], "seq": said})),
        ("returnChatters", json!({"roomId": room["id"]})),
        ("renameChatter", json!({"roomId": room["id"], "nickname": "annie"})),
    ] {
        let first = ann.ask(event, &payload).unwrap();
        assert_eq!(acked(&mut ann, first)["success"], true, "{event}");
        let payload = if event == "renameChatter" {
            json!({"roomId": room["id"], "nickname": "anna"})
        } else {
            payload
        };
        let second = ann.ask(event, &payload).unwrap();
        assert_eq!(acked(&mut ann, second)["message"], words, "{event}");
    }
    let number = ann.ask("joinRoom", &json!({"roomId": other["id"]})).unwrap();
    let told = acked(&mut ann, number);
    assert_eq!(
        told["message"],
        "One connection cannot join more rooms than this. Leave one first."
    );
}

#[test]
fn typing_over_its_rate_is_dropped_without_a_word() {
    let hub = english(&[("COLAHUB_LIMITS_TYPING", "1/h burst 2")]);
    let room = made(&phone(1).makes_room(&hub));
    let (mut ann, mut bob) = (phone(1).joins(&hub, &room), phone(1).joins(&hub, &room));
    for _ in 0..5 {
        ann.ask("typing", &json!({"roomId": room["id"], "isTyping": true})).unwrap();
    }
    let last = ann.ask("sendMessage", &json!({"roomId": room["id"], "content": "hi"})).unwrap();
    assert_eq!(acked(&mut ann, last)["success"], true);
    let mut typing = 0;
    loop {
        match bob.hear().unwrap() {
            Heard::Event(event, _) if event == "typing" => typing += 1,
            Heard::Event(event, _) if event == "sendMessage" => break,
            _ => {}
        }
    }
    assert_eq!(typing, 2);
}

#[test]
fn namespaces_are_bounded_for_one_client_and_in_all() {
    let hub =
        english(&[("COLAHUB_LIMITS_NAMESPACES_EACH", "2"), ("COLAHUB_LIMITS_NAMESPACES", "16")]);
    let mut ann = phone(1).opens(&hub, "n1").unwrap();
    ann.connect_also("n2").unwrap();
    let words = "One client cannot connect to more channels than this. Leave one first.";
    assert_eq!(ann.connect_also("n3").unwrap_err(), words);
    let _others: Vec<_> =
        (3..=16).map(|n| phone(1).opens(&hub, &format!("n{n}")).unwrap()).collect();
    let mut bob = phone(1).opens(&hub, "n1").unwrap();
    assert_eq!(bob.connect_also("n17").unwrap_err(), "This hub is full. Try again in 2 seconds.");
    drop(ann);
    until(|| bob.connect_also("n17").is_ok());
}

#[test]
fn one_address_cannot_take_all_the_namespaces() {
    let hub = english(&[("COLAHUB_LIMITS_NAMESPACES_OPENED", "2")]);
    let mut ann = phone(1).opens(&hub, "n1").unwrap();
    ann.connect_also("n2").unwrap();
    let words = "One client cannot connect to more channels than this. Leave one first.";
    assert_eq!(ann.connect_also("n3").unwrap_err(), words);
    let mut bob = phone(2).opens(&hub, "n3").unwrap();
    ann.connect_also("n3").unwrap();
    bob.connect_also("n4").unwrap();
    assert_eq!(bob.connect_also("n5").unwrap_err(), words);
    // A namespace that everybody has left is free again.
    drop(ann);
    until(|| phone(1).opens(&hub, "n6").is_ok());
}

#[test]
fn nobodys_namespaces_keep_people_from_a_room() {
    let hub =
        english(&[("COLAHUB_LIMITS_NAMESPACES", "16"), ("COLAHUB_LIMITS_NAMESPACES_OPENED", "2")]);
    let room = made(&phone(1).makes_room(&hub));
    let held: Vec<Socket> = (0..16)
        .map(|n: u8| phone(10 + n / 2).opens(&hub, &format!("held-{n}")).expect("a namespace"))
        .collect();
    let mut late = phone(30).opens(&hub, "n").expect("a room lives there");
    assert!(late.connect_also("nobodys").is_err(), "all others are taken");
    assert!(late.connect_also("n ").is_err(), "another spelling is another namespace");
    let asked = late.ask("joinRoom", &json!({"roomId": room["id"]})).unwrap();
    assert_eq!(acked(&mut late, asked)["success"], true);
    drop(held);
}

#[test]
fn a_message_has_the_same_bound_on_every_transport() {
    let hub = english(&[("COLAHUB_LIMITS_MESSAGE_SIZE", "32KiB")]);
    let opened = phone(1).get(&hub, POLLING);
    let hello: Value = serde_json::from_str(&opened.text()[1..]).unwrap();
    assert_eq!(hello["maxPayload"], 32 * 1024, "clients keep to it by themselves");
    let path = format!("{POLLING}&sid={}", hello["sid"].as_str().unwrap());
    let text = "content-type: text/plain\r\n";
    assert_eq!(phone(1).ask(&hub, &format!("POST {path}"), text, "40/n,").status, 200);
    let long = "4".repeat(32 * 1024 + 1);
    let refused = phone(1).ask(&hub, &format!("POST {path}"), text, &long);
    assert_eq!(refused.status, 413);
    assert_eq!(envelope(&refused)["message"], "That is more than the hub takes at once.");
    let chunks = format!("{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{text}transfer-encoding: chunked",
        hub.address
    );
    let refused = hub.raw_on(phone(1).connect(&hub), &format!("{head}\r\n\r\n{chunks}"));
    assert_eq!((refused.status, &envelope(&refused)["code"]), (413, &json!("too_long")));
    // On a WebSocket nobody can be told: the connection ends.
    let room = made(&phone(2).makes_room(&hub));
    let mut ann = phone(2).joins(&hub, &room);
    let _sent = ann.ask("sendMessage", &json!({"roomId": room["id"], "content": long}));
    while ann.hear().is_ok() {}
}

#[test]
fn only_a_proxy_is_trusted() {
    let hub = english(&[
        ("COLAHUB_LIMITS_PROXIES", "127.0.9.1"),
        ("COLAHUB_LIMITS_HANDSHAKES", "1/h burst 1"),
        ("COLAHUB_LIMITS_CONNECTIONS_EACH", "2"),
        ("COLAHUB_LIMITS_ROOMS_EACH", "1"),
    ]);
    let (proxy, stranger) = (phone(1), phone(2));
    let shake = |from: Phone, header: &str| {
        let header = if header.is_empty() { String::new() } else { format!("{header}\r\n") };
        from.ask(&hub, &format!("GET {POLLING}"), &header, "").status
    };
    let _many: Vec<_> = (0..8).map(|_| held(&hub, proxy)).collect();
    for client in ["203.0.113.1", "203.0.113.2", "203.0.113.9, 203.0.113.3", "2001:db8::1"] {
        assert_eq!(shake(proxy, &format!("x-forwarded-for: {client}")), 200, "{client}");
        assert_eq!(shake(proxy, &format!("x-forwarded-for: {client}")), 429, "{client}");
    }
    assert_eq!(shake(proxy, "x-forwarded-for: 203.0.113.8, 203.0.113.3"), 429, "hearsay");
    assert_eq!(shake(proxy, "forwarded: for=203.0.113.77"), 200, "the proxy's own");
    assert_eq!(shake(proxy, "x-forwarded-for: 203.0.113.78, nonsense"), 429, "the proxy's own");
    assert_eq!(shake(stranger, "x-forwarded-for: 203.0.113.80"), 200, "the stranger's own");
    assert_eq!(shake(stranger, "x-forwarded-for: 203.0.113.81"), 429, "the stranger's own");
    // Calls are of the same client.
    let room =
        json!({"namespace": "n", "title": "t", "capacity": 0, "isPassword": false}).to_string();
    let make = |client: &str| {
        let headers = format!("content-type: application/json\r\nx-forwarded-for: {client}\r\n");
        proxy.ask(&hub, "POST /chat/rooms", &headers, &room).status
    };
    assert_eq!((make("203.0.113.1"), make("203.0.113.1"), make("203.0.113.2")), (201, 429, 201));
}

#[test]
fn hundreds_of_people_behind_one_address_are_let_in_at_once_where_the_host_says_so() {
    // Fewer than may be between their handshake and their first namespace.
    const PEOPLE: usize = 250;
    let answers = |profile: &str| {
        let hub = english(&[("COLAHUB_LIMITS_PROFILE", profile)]);
        let answers: Vec<Answer> = (0..PEOPLE).map(|_| phone(1).get(&hub, POLLING)).collect();
        answers.iter().filter(|answer| answer.status == 200).count()
    };
    assert_eq!(answers("nat"), PEOPLE);
    assert!(answers("event") < PEOPLE);
}

#[test]
fn a_page_that_is_reloaded_again_and_again_reaches_no_limit() {
    let hub = Hub::start();
    let room = made(&phone(1).makes_room(&hub));
    let token = phone(1).token(&hub);
    for _ in 0..20 {
        // As the page does on its first visit: polling, which nobody closes, and then a WebSocket for each
        // of three rooms; beside them what it fetches.
        for _ in 0..3 {
            assert_eq!(phone(1).get(&hub, POLLING).status, 200);
            let (_socket, joined) = phone(1).joins_as(&hub, &room, &token);
            assert_eq!(joined["success"], true, "{joined}");
        }
        for path in ["/", "/api/hub", "/chat/rooms"] {
            assert!([200, 503].contains(&phone(1).get(&hub, path).status), "{path}");
        }
    }
}

#[test]
fn a_class_that_joins_in_the_same_moment_reaches_no_limit() {
    let hub = Hub::start();
    let room = made(&phone(1).makes_room(&hub));
    std::thread::scope(|class| {
        for number in 1..=30 {
            let (hub, room) = (&hub, &room);
            class.spawn(move || {
                let phone = phone(number);
                assert_eq!(phone.get(hub, POLLING).status, 200);
                let mut socket = phone.joins(hub, room);
                let hi = json!({"roomId": room["id"], "content": "hi"});
                for _ in 0..10 {
                    let number = socket.ask("sendMessage", &hi).unwrap();
                    assert_eq!(acked(&mut socket, number)["success"], true);
                }
            });
        }
    });
    assert!(!counted(&hub, "colahub_refusals_total{"));
    assert!(!counted(&hub, "colahub_drops_total{"));
}
