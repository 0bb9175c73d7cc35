//! Lists that phones fetch again and again are compressed, and not sent again if nothing has changed.

use std::io::Read;

use serde_json::Value;

use crate::host::{enters, host};
use crate::kit::{Answer, Hub};
use crate::sender::{NO_PACE, make_room};

const GZIP: (&str, &str) = ("accept-encoding", "gzip, deflate");

fn gunzip(answer: &Answer) -> String {
    let mut text = String::new();
    flate2::read::GzDecoder::new(answer.body.as_slice()).read_to_string(&mut text).unwrap();
    text
}

fn full() -> Hub {
    let hub = Hub::with(&[NO_PACE]);
    (0..30).for_each(|n| drop(make_room(&hub, &format!("channel-{n}"))));
    hub
}

#[test]
fn the_rooms_come_compressed_where_asked_and_as_ever_where_not() {
    let hub = full();
    let plain = hub.get("/chat/rooms", &[]);
    for refuses in ["", "br", "gzip;q=0", "identity"] {
        let answer = hub.get("/chat/rooms", &[("accept-encoding", refuses)]);
        assert_eq!(answer.header("content-encoding"), None, "{refuses}");
        assert_eq!(answer.text(), plain.text());
    }
    let length = plain.body.len().to_string();
    assert_eq!(plain.header("content-length"), Some(length.as_str()));
    let list: Value = serde_json::from_str(plain.text()).unwrap();
    assert_eq!((&list["success"], list["data"].as_array().unwrap().len()), (&true.into(), 31));
    let packed = hub.get("/chat/rooms", &[GZIP]);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("content-type"), plain.header("content-type"));
    assert!(packed.header("vary").unwrap().contains("accept-encoding"));
    assert_eq!(gunzip(&packed), plain.text());
    assert!(packed.body.len() * 4 < plain.body.len(), "{} bytes", packed.body.len());
}

#[test]
fn a_list_is_not_sent_again_until_it_changes() {
    let hub = full();
    for path in ["/chat/rooms", "/api/hubs"] {
        let first = hub.get(path, &[GZIP]);
        assert_eq!(first.header("cache-control"), Some("private, no-cache"), "{path}");
        let tag = first.header("etag").unwrap();
        for more in [GZIP, ("accept-encoding", "")] {
            let again = hub.get(path, &[("if-none-match", tag), more]);
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(again.header("etag"), Some(tag));
            assert_eq!(again.header("content-encoding"), None);
        }
        assert_eq!(hub.get(path, &[("if-none-match", "W/\"0\"")]).status, 200);
    }
    let mut tag = hub.get("/chat/rooms", &[]).header("etag").unwrap().to_owned();
    let mut changes = |what: &str| {
        let answer = hub.get("/chat/rooms", &[("if-none-match", &tag)]);
        assert_eq!(answer.status, 200, "{what}");
        answer.header("etag").unwrap().clone_into(&mut tag);
        let list: Value = serde_json::from_str(answer.text()).unwrap();
        list["data"].as_array().unwrap().clone()
    };
    let room = make_room(&hub, "late");
    assert_eq!(changes("a room").len(), 32);
    let (_ann, _) = enters(&hub, &room);
    let is_it = |listed: &&Value| listed["id"] == room.id.as_str();
    assert_eq!(changes("somebody came").iter().find(is_it).unwrap()["present"], 1);
    assert!(host(&hub, &["room", "lock", &room.id]).0);
    assert_eq!(changes("a shut door").iter().find(is_it).unwrap()["isShut"], true);
    assert!(host(&hub, &["room", "close", &room.id]).0);
    assert_eq!(changes("an end").len(), 31);
}

#[test]
fn the_hub_describes_its_state_each_time() {
    let hub = Hub::start();
    let about = hub.get("/api/hub", &[GZIP]);
    assert_eq!((about.header("etag"), about.header("cache-control")), (None, Some("no-store")));
    let text = match about.header("content-encoding") {
        Some("gzip") => gunzip(&about),
        _ => about.text().to_owned(),
    };
    assert!(serde_json::from_str::<Value>(&text).unwrap()["data"]["time"].is_string());
}
