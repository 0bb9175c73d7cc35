//! `colahub export`: what is in the zip, and what is not.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::host::{enters, host, listed};
use crate::host_calls::{Holder, sent, turned_away};
use crate::host_words::{asks, says};
use crate::kit::{Hub, Signal, told};
use crate::sender::{make_room, token};
use crate::socket::Socket;

/// Reads a zip as others do: checks its sums, and gives its names, its table, its lines and its pages.
const READ: &str = r#"
import csv, io, json, sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
assert z.testzip() is None
text = lambda name: z.read(name).decode("utf-8")
table = text("messages.csv")
assert table[0] == "\ufeff" and "\r\n" in table
print(json.dumps({
    "names": z.namelist(),
    "table": list(csv.DictReader(io.StringIO(table[1:], newline=""))),
    "lines": [json.loads(line) for line in text("messages.jsonl").splitlines()],
    "polls": json.loads(text("polls.json")),
    "pages": {name: text(name) for name in z.namelist() if name.endswith(".html")},
}))
"#;

fn read(zip: &Path) -> Value {
    let run = Command::new("python3").args(["-c", READ]).arg(zip).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    serde_json::from_slice(&run.stdout).unwrap()
}

/// A body that came in chunks.
fn whole(mut chunks: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = std::str::from_utf8(&chunks[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let begin = end + 2;
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&chunks[begin..begin + size]);
        chunks = &chunks[begin + size + 2..];
    }
}

fn export(data: &Path, zip: &Path) -> (Option<i32>, String) {
    let (data, zip) = (data.to_str().unwrap(), zip.to_str().unwrap());
    told(&["export", "--data-dir", data, "--utc-offset", "+09:00", zip])
}

#[test]
fn an_export_has_what_people_said_and_the_host_and_nothing_else_of_them() {
    let hub = Hub::start();
    let (room, quiet) = (make_room(&hub, "n"), make_room(&hub, "n"));
    let (_quiet, _) = enters(&hub, &quiet);
    let anns = token(&hub);
    let mut ann = Socket::connect(hub.address, "n", &anns).unwrap();
    let entry = asks(&mut ann, "joinRoom", &json!({"roomId": room.id}));
    let formula = says(&mut ann, &room, "=HYPERLINK(\"http://evil\")", "k1");
    let secret = says(&mut ann, &room, "my address is 1 Cola Street", "k2");
    let answer = json!({"roomId": room.id, "content": "<b>so</b> \"it\" is\nhere", "replyTo": formula["seq"]});
    asks(&mut ann, "sendMessage", &answer);
    let lost = json!({"roomId": room.id, "content": "at home?", "replyTo": secret["seq"], "question": true});
    asks(&mut ann, "sendMessage", &lost);
    let react = json!({"roomId": room.id, "seq": formula["seq"], "emoji": "👍", "on": true});
    asks(&mut ann, "react", &react);
    assert!(host(&hub, &["message", "delete", &room.id, &secret["seq"].to_string()]).0);
    assert!(host(&hub, &["message", "say", &room.id, "The stage is open"]).0);
    assert!(host(&hub, &["announce", "add", "Lunch", "--room", &room.id]).0);

    assert!(host(&hub, &["poll", "add", "Tea?", "yes", "no", "--room", &room.id]).0);
    let poll = listed(&hub, &["poll", "list"])[0]["id"].clone();
    asks(&mut ann, "votePoll", &json!({"pollId": poll, "options": [1]}));
    assert!(host(&hub, &["poll", "close", poll.as_str().unwrap()]).0);

    let elsewhere = tempfile::tempdir().unwrap();
    let zip = elsewhere.path().join("chat.zip");
    let (code, words) = export(hub.folder.path(), &zip);
    assert!(code == Some(0) && words.contains("7 messages of 1 rooms"), "{words}");
    let all = read(&zip);
    let code = all["lines"][0]["room"].as_str().unwrap().to_owned();
    let page = format!("rooms/{code}.html");
    assert_eq!(
        all["names"],
        json!([page, "index.html", "messages.csv", "messages.jsonl", "polls.json"])
    );
    let exported = &all["polls"][0];
    let options = json!([{"text": "yes", "votes": 0}, {"text": "no", "votes": 1}]);
    assert_eq!((&exported["options"], &exported["room"]), (&options, &json!(code)));
    assert!(exported["closedAt"].is_string() && exported["voters"] == 1, "{exported}");
    let nickname = &entry["nickname"];
    let first = json!({
        "room": code, "title": all["lines"][0]["title"], "seq": formula["seq"], "kind": "message",
        "sentAt": formula["createdAt"], "nickname": nickname, "content": formula["content"],
        "reactions": {"👍": 1},
    });
    let mut line = all["lines"][0].clone();
    line["sentAt"] = formula["createdAt"].clone();
    assert_eq!(line, first);
    assert_eq!(all["lines"][1]["replyTo"]["excerpt"], formula["content"]);
    assert_eq!(all["lines"][2]["replyTo"], json!({"seq": secret["seq"]}));
    assert_eq!(all["lines"][2]["question"], json!({"votes": 0, "answered": false}));
    assert_eq!(
        (&all["lines"][3]["host"], &all["lines"][4]["kind"]),
        (&json!(true), &json!("announcement"))
    );
    let table = all["table"].as_array().unwrap();
    assert_eq!((table.len(), &table[0]["name"]), (7, nickname));
    assert_eq!(table[0]["text"], "'=HYPERLINK(\"http://evil\")");
    assert_eq!((&table[1]["text"], &table[0]["reactions"]), (&answer["content"], &json!("👍 1")));
    assert_eq!((&table[2]["votes"], &table[1]["votes"]), (&json!("0"), &json!("")));
    let html = all["pages"][&page].as_str().unwrap();
    assert!(
        html.contains("&lt;b&gt;so&lt;/b&gt; &quot;it&quot; is\nhere") && !html.contains("<script")
    );
    assert!(html.contains("<html lang=\"ko\">") && html.contains("+09:00\">"), "{html}");

    let bytes = all.to_string();
    let cookie = anns.split('.').nth(1).unwrap();
    for hidden in
        ["Cola Street", &anns, cookie, entry["id"].as_str().unwrap(), "127.0.0.1", &room.id]
    {
        assert!(!bytes.contains(hidden), "{hidden} is in the export");
    }

    // A host downloads the same; nobody else does.
    let mut holder = Holder::added(&hub, &["ann"]);
    let answer = sent(&hub, &holder.signs("GET", "export?utcOffset=540", ""));
    assert_eq!(answer.header("content-type"), Some("application/zip"));
    assert!(whole(&answer.body) == fs::read(&zip).unwrap(), "the download differs");
    let mut helper = Holder::added(&hub, &["bob", "--helper"]);
    let refused = turned_away(&hub, &helper.signs("GET", "export", ""));
    assert_eq!(refused, (403, "hosts_only".to_owned()));
    let refused = turned_away(&hub, &holder.signs("GET", "export?utcOffset=9h", ""));
    assert_eq!(refused.0, 400);

    // The same again, also of the hub that is stopped: the sum of an export can be told.
    let (code, words) = export(hub.folder.path(), &zip);
    assert!(code == Some(1) && words.contains("is there already"), "{words}");
    hub.signal(Signal::TERM);
    let folder = hub.ended().1;
    let again = elsewhere.path().join("again.zip");
    assert_eq!(export(folder.path(), &again).0, Some(0));
    assert!(fs::read(&zip).unwrap() == fs::read(&again).unwrap());
    let left = fs::read_dir(elsewhere.path()).unwrap().count();
    assert_eq!(left, 2, "nothing but the zips is left");
    let nowhere = elsewhere.path().join("no/chat.zip");
    assert_eq!(export(folder.path(), &nowhere).0, Some(1));
    let (code, words) = export(elsewhere.path(), &elsewhere.path().join("x.zip"));
    assert!(code == Some(1) && words.contains("is not there"), "{words}");
}
