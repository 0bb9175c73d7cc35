//! Which callers are answered: every row of docs/callers.md, on every way in, with real requests.

use crate::kit::{Answer, Hub};

/// The ways in that could change something, and what each answers to who is welcome.
const CHANGES: [(&str, &str, &[u16]); 6] = [
    ("GET", "/socket.io/?EIO=4&transport=polling", &[200]),
    ("GET", "/socket.io/?EIO=4&transport=websocket", &[101]),
    ("POST", "/socket.io/?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAAAAAAAA", &[400]),
    ("POST", "/chat/rooms", &[201]),
    ("POST", "/api/identity", &[201]),
    ("PATCH", "/chat/chatters/0191f7c5-0000-7000-8000-000000000001/nickname", &[404]),
];

/// The ways in that only read.
const READS: [(&str, &[u16]); 7] = [
    ("/", &[200, 503]),
    ("/chat/rooms", &[200]),
    ("/api/hub", &[200]),
    ("/api/hubs", &[200]),
    ("/healthz", &[200]),
    ("/metrics", &[200]),
    ("/socket.io/socket.io.js", &[200, 404]),
];

const ROOM: &str = r#"{"namespace":"n","title":"t","capacity":0,"isPassword":false}"#;

fn call(hub: &Hub, method: &str, path: &str, host: &str, origin: Option<&str>) -> Answer {
    let origin = origin.map(|origin| format!("origin: {origin}\r\n")).unwrap_or_default();
    let upgrade = if path.contains("transport=websocket") {
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    } else {
        "connection: close\r\n"
    };
    let body = match (method, path) {
        ("GET", _) => "",
        (_, "/chat/rooms") => ROOM,
        ("PATCH", _) => r#"{"nickname":"여우"}"#,
        (_, _) => "{}",
    };
    let length = body.len();
    hub.raw(&format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\n{origin}{upgrade}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    ))
}

#[test]
fn only_the_hubs_own_names_are_answered() {
    let hub = Hub::with(&[("COLAHUB_HTTP_HOSTS", "chat.example"), ("COLAHUB_NAME", "camp")]);
    let port = hub.address.port();
    let own = [
        format!("127.0.0.1:{port}"),
        "127.0.0.1".into(),
        format!("localhost:{port}"),
        "[::1]".into(),
        "camp.local".into(),
        "CAMP.LOCAL:80".into(),
        "chat.example".into(),
        "203.0.113.9".into(),
        "[2001:db8::9]:8080".into(),
    ];
    for (path, good) in READS {
        for host in &own {
            let status = call(&hub, "GET", path, host, None).status;
            assert!(good.contains(&status), "{path} as {host}: {status}");
        }
        for host in ["evil.example", "cola.local", "[203.0.113.9]", "camp.local.evil.example", ""] {
            assert_eq!(call(&hub, "GET", path, host, None).status, 421, "{path} as {host:?}");
        }
    }
    for (method, path, good) in CHANGES {
        let status = call(&hub, method, path, "camp.local", None).status;
        assert!(good.contains(&status), "{method} {path}: {status}");
        let status = call(&hub, method, path, "evil.example", None).status;
        assert_eq!(status, 421, "{method} {path}");
    }
}

#[test]
fn only_the_hubs_own_page_and_listed_ones_may_change_anything() {
    let hub = Hub::with(&[("COLAHUB_CORS_ORIGINS", "http://127.0.0.1:3000")]);
    let host = hub.address.to_string();
    let own = format!("http://{host}");
    let welcome = [None, Some(own.as_str()), Some("http://127.0.0.1:3000")];
    let foreign =
        ["http://evil.example", "null", "http://127.0.0.1:3001", "https://evil.example", "file://"];
    for (method, path, good) in CHANGES {
        for origin in welcome {
            let status = call(&hub, method, path, &host, origin).status;
            assert!(good.contains(&status), "{method} {path} from {origin:?}: {status}");
        }
        for origin in foreign {
            let status = call(&hub, method, path, &host, Some(origin)).status;
            assert_eq!(status, 403, "{method} {path} from {origin}");
        }
    }
    for (path, good) in READS {
        for origin in foreign {
            let status = call(&hub, "GET", path, &host, Some(origin)).status;
            assert!(good.contains(&status), "{path} from {origin}: {status}");
        }
    }
}

#[test]
fn everybodys_page_may_call_where_the_host_says_so() {
    let hub = Hub::with(&[("COLAHUB_CORS_ORIGINS", "*")]);
    let host = hub.address.to_string();
    for (method, path, good) in CHANGES {
        for origin in ["http://evil.example", "null"] {
            let status = call(&hub, method, path, &host, Some(origin)).status;
            assert!(good.contains(&status), "{method} {path} from {origin}: {status}");
        }
    }
}

#[test]
fn programs_without_an_origin_stay_out_where_the_host_minds() {
    let hub = Hub::with(&[("COLAHUB_HTTP_REQUIRE_ORIGIN", "true")]);
    let host = hub.address.to_string();
    for (method, path, good) in CHANGES {
        assert_eq!(call(&hub, method, path, &host, None).status, 403, "{method} {path}");
        let own = format!("http://{host}");
        let status = call(&hub, method, path, &host, Some(&own)).status;
        assert!(good.contains(&status), "{method} {path}: {status}");
    }
    assert_eq!(call(&hub, "GET", "/chat/rooms", &host, None).status, 200);
}

#[test]
fn a_request_with_two_hosts_or_none_is_nobodys() {
    let hub = Hub::start();
    let own = hub.address;
    let status = |head: &str| hub.raw(&format!("{head}connection: close\r\n\r\n")).status;
    assert_eq!(status("GET /healthz HTTP/1.1\r\n"), 421);
    // As balancers check, unless they are told otherwise; nothing else is answered so.
    assert_eq!(status("GET /healthz HTTP/1.0\r\n"), 200);
    assert_eq!(status("GET /readyz HTTP/1.0\r\n"), 200);
    assert_eq!(status("GET /readyz HTTP/1.0\r\nhost: evil.example\r\n"), 421);
    assert_eq!(status("GET /api/hub HTTP/1.0\r\n"), 421);
    assert_eq!(status(&format!("GET /healthz HTTP/1.1\r\nhost: {own}\r\nhost: {own}\r\n")), 421);
    assert_eq!(
        status(&format!("GET http://evil.example/healthz HTTP/1.1\r\nhost: {own}\r\n")),
        421
    );
    assert_eq!(status(&format!("GET http://{own}/healthz HTTP/1.1\r\nhost: {own}\r\n")), 200);
}

#[test]
fn a_refused_caller_gets_the_reason() {
    let hub = Hub::with(&[("COLAHUB_LANGUAGE", "en")]);
    let page = call(&hub, "GET", "/", "evil.example", None);
    assert!(page.text().contains("not a name of this hub"), "{}", page.text());
    let foreign =
        call(&hub, "POST", "/chat/rooms", &hub.address.to_string(), Some("http://a.example"));
    let envelope: serde_json::Value = serde_json::from_str(foreign.text()).unwrap();
    assert_eq!(envelope["success"], false);
    assert!(envelope["message"].as_str().unwrap().contains("cors.origins"), "{envelope}");
}

#[test]
fn the_wifis_password_is_sent_to_callers_nearby_only() {
    let hub = Hub::with(&[
        ("COLAHUB_WIFI_SSID", "Cola"),
        ("COLAHUB_WIFI_PASSWORD", "sing along"),
        ("COLAHUB_HTTP_HOSTS", "chat.example"),
        ("COLAHUB_LIMITS_PROXIES", "127.0.0.1"),
    ]);
    let wifi = |host: &str, forwarded: &str| {
        let head =
            format!("GET /api/hub HTTP/1.1\r\nhost: {host}\r\nx-forwarded-for: {forwarded}\r\n");
        let answer = hub.raw(&format!("{head}connection: close\r\n\r\n"));
        let told: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
        told["data"]["wifi"]["password"].clone()
    };
    for host in ["cola.local", "localhost:8080", "10.42.0.1"] {
        assert_eq!(wifi(host, "10.42.0.7"), "sing along", "{host}");
        assert_eq!(wifi(host, "203.0.113.7"), serde_json::Value::Null, "{host}, from elsewhere");
    }
    assert_eq!(wifi("chat.example", "10.42.0.7"), serde_json::Value::Null);
}

#[test]
fn people_are_shown_the_hosts_public_url() {
    let hub = Hub::with(&[("COLAHUB_HTTP_PUBLIC_URL", "https://Chat.example:443/")]);
    let answer = call(&hub, "GET", "/api/hub", "chat.example", None);
    let told: serde_json::Value = serde_json::from_str(answer.text()).unwrap();
    assert_eq!(told["data"]["addresses"], serde_json::json!(["https://chat.example"]));
    let elsewhere = call(&hub, "GET", "/", "evil.example", None);
    assert!(elsewhere.text().contains("https://chat.example"), "{}", elsewhere.text());
}
