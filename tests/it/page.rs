use std::io::Read;

use crate::kit::Hub;

/// Whether the page was built before the hub; without Node there is none.
fn is_built() -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web/packed/index.html").exists()
}

#[test]
fn a_hub_without_its_page_says_so_and_one_with_it_shows_it() {
    let page = Hub::start().get("/", &[]);
    assert_eq!(page.status, 200);
    assert_eq!(page.text().contains("built without its page"), !is_built());
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_says_so() {
    if !is_built() {
        return;
    }
    let hub = Hub::start();
    for path in ["/", "/join", "/join/", "/r/ACDEFG", "/r/ACDEFG/", "/r/ACDEFG%EB%A1%9C"] {
        let page = hub.get(path, &[]);
        assert_eq!(page.status, 200, "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
    }
}

#[test]
fn the_hosts_page_is_a_page_of_its_own() {
    if !is_built() {
        return;
    }
    let hub = Hub::start();
    let (index, lobby) = (hub.get("/host", &[]), hub.get("/", &[]));
    for path in ["/host", "/host/rooms", "/host/rooms/ACDEFG"] {
        let page = hub.get(path, &[]);
        assert_eq!((page.status, page.text()), (200, index.text()), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-cache"));
        assert!(page.text().contains("<meta name=\"robots\" content=\"noindex\""));
    }
    let script =
        |html: &str| html.split("src=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_ne!(script(index.text()), script(lobby.text()), "attendees fetch nothing of it");
    let asset = hub.get(&script(index.text()), &[]);
    assert!(asset.header("cache-control").unwrap().contains("immutable"));
}

#[test]
fn the_page_of_a_wall_is_a_page_of_its_own() {
    if !is_built() {
        return;
    }
    let hub = Hub::start();
    let wall = hub.get("/wall/ACDEFG", &[]);
    for path in ["/wall", "/wall/", "/wall/ACDEFG/", "/wall/none"] {
        let page = hub.get(path, &[]);
        assert_eq!((page.status, page.text()), (200, wall.text()), "{path}");
    }
    assert!(wall.text().contains("/assets/wall-"), "{}", wall.text());
    let policy = wall.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(wall.header("referrer-policy"), Some("no-referrer"));
}

#[test]
fn a_file_comes_compressed_where_asked_and_not_again_where_known() {
    if !is_built() {
        return;
    }
    let hub = Hub::start();
    let index = hub.get("/", &[]);
    let script = index.text().split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    let plain = hub.get(script, &[]);
    let gzip = hub.get(script, &[("accept-encoding", "gzip, br")]);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.body.len() < plain.body.len());
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut unpacked).unwrap();
    assert!(unpacked == plain.body, "unpacked, it is the same file");
    assert!(gzip.header("cache-control").unwrap().contains("immutable"));
    let etag = gzip.header("etag").unwrap();
    assert_ne!(Some(etag), plain.header("etag"), "each coding is content of its own");
    let again = hub.get(script, &[("accept-encoding", "gzip, br"), ("if-none-match", etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let etag = plain.header("etag").unwrap();
    let again = hub.get(script, &[("if-none-match", etag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
}

#[test]
fn the_official_client_is_served_beside_socket_io() {
    if !is_built() {
        return;
    }
    let hub = Hub::start();
    for file in ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"] {
        assert_eq!(hub.get(&format!("/socket.io/{file}"), &[]).status, 200, "{file}");
    }
    let handshake = hub.get("/socket.io/?EIO=4&transport=polling", &[]);
    assert!(handshake.text().starts_with("0{\"sid\""), "{}", handshake.text());
}

#[test]
fn a_missing_path_is_answered_with_404() {
    let hub = Hub::start();
    for path in ["/nothing", "/assets/../Cargo.toml", "/assets/x.js"] {
        assert_eq!(hub.get(path, &[]).status, 404, "{path}");
    }
    for path in ["/api/nothing", "/chat/nothing"] {
        let answer = hub.get(path, &[]);
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.text().contains(r#""success":false"#), "{}", answer.text());
    }
}

#[test]
fn at_an_unknown_address_a_browser_gets_a_page_in_both_languages_and_a_program_the_envelope() {
    for (language, first) in [("ko", "없는 주소입니다"), ("en", "There is nothing at this address")]
    {
        let hub = Hub::with(&[("COLAHUB_LANGUAGE", language)]);
        let html = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
        for path in ["/nowhere", "/r/K7PMX3/more", "/chat/nothing", "/api/nothing"] {
            let page = hub.get(path, &html);
            assert_eq!(page.status, 404, "{path}");
            let kind = page.header("content-type").unwrap();
            assert!(kind.starts_with("text/html"), "{path}: {kind}");
            assert!(page.header("content-security-policy").is_some());
            let text = page.text();
            assert!(text.contains("<a href=\"/\">처음 화면</a>"), "{path}: {text}");
            assert!(text.contains("<a href=\"/\">the lobby</a>"), "{path}: {text}");
            let at = text.find("<h1>").unwrap() + 4;
            assert!(text[at..].starts_with(first), "the hub's language comes first: {text}");
            let told: serde_json::Value =
                serde_json::from_str(hub.get(path, &[("accept", "*/*")]).text()).unwrap();
            assert_eq!(
                (&told["success"], &told["data"]),
                (&false.into(), &serde_json::Value::Null)
            );
        }
        assert_eq!(hub.post_with("/nowhere", "{}", &html).status, 404);
        assert_ne!(hub.get("/r/K7PMX3/", &html).status, 404);
        assert_ne!(hub.get("/join/", &html).status, 404);
    }
}
