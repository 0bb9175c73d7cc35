//! The host's calls over HTTP: a table from method and path to the request and the role that may make it. docs/host.md
//! lists them.

use serde_json::{Map, Value};

use super::protocol::Request;
use crate::domain::host::HostRole::{self, Helper, Host};
use crate::domain::refusal::Refusal;

/// A call over HTTP.
#[derive(Debug)]
pub struct HttpCall {
    /// The request, by its name in [`Request`].
    pub verb: &'static str,
    /// The method.
    pub method: &'static str,
    /// The path below `/api/host`; names in braces are fields of the request.
    pub path: &'static str,
    /// The role that may make the call; a host may make all.
    pub role: HostRole,
}

const fn get(path: &'static str, verb: &'static str, role: HostRole) -> HttpCall {
    HttpCall { verb, method: "GET", path, role }
}

const fn post(path: &'static str, verb: &'static str, role: HostRole) -> HttpCall {
    HttpCall { verb, method: "POST", path, role }
}

const fn delete(path: &'static str, verb: &'static str, role: HostRole) -> HttpCall {
    HttpCall { verb, method: "DELETE", path, role }
}

/// All calls. A helper may see what they need to take messages back, kick people and read reports.
const CALLS: &[HttpCall] = &[
    get("overview", "status", Helper),
    get("rooms", "room-list", Helper),
    post("rooms", "room-create", Host),
    post("rooms/{room}/edit", "room-edit", Host),
    post("rooms/{room}/lock", "room-lock", Host),
    post("rooms/{room}/unlock", "room-unlock", Host),
    post("rooms/{room}/history", "room-history", Host),
    post("rooms/{room}/mode", "room-mode", Host),
    post("mode", "hub-mode", Host),
    get("rooms/{room}/wall", "wall-show", Host),
    post("rooms/{room}/wall", "wall-set", Host),
    post("rooms/{room}/close", "room-close", Host),
    post("rooms/{room}/delete", "room-delete", Host),
    get("rooms/{room}/messages", "message-list", Helper),
    post("rooms/{room}/take-back", "message-delete", Helper),
    get("messages", "message-stream", Helper),
    get("rooms/{room}/questions", "question-list", Helper),
    post("rooms/{room}/answered", "question-answered", Helper),
    get("held", "question-held", Helper),
    post("held/{held}/let-through", "question-let-through", Helper),
    delete("held/{held}", "question-drop", Helper),
    post("rooms/{room}/say", "message-say", Host),
    get("announcements", "announce-list", Helper),
    post("announcements", "announce-add", Host),
    delete("announcements/{announcement}", "announce-done", Host),
    get("polls", "poll-list", Helper),
    post("polls", "poll-add", Host),
    post("polls/{poll}/close", "poll-close", Host),
    get("polls/prepared", "poll-prepared", Host),
    post("polls/prepared/{poll}/ask", "poll-ask", Host),
    delete("polls/prepared/{poll}", "poll-drop", Host),
    get("chatters", "chatter-list", Helper),
    post("chatters/{chatter}/kick", "chatter-kick", Helper),
    post("chatters/{chatter}/mute", "chatter-mute", Helper),
    post("chatters/{chatter}/unmute", "chatter-unmute", Helper),
    get("mutes", "chatter-mutes", Helper),
    post("chatters/{chatter}/rename", "chatter-rename", Host),
    post("chatters/{chatter}/take-back", "chatter-take-back", Helper),
    post("chatters/{chatter}/ban", "chatter-ban", Host),
    post("chatters/{chatter}/unban", "chatter-unban", Host),
    get("bans", "chatter-bans", Host),
    get("reports", "report-list", Helper),
    post("reports/{report}/done", "report-done", Helper),
    get("event", "event-show", Host),
    post("event", "event-apply", Host),
    post("clock", "clock-set", Host),
    delete("clock", "clock-forget", Host),
    get("log", "log", Host),
    get("hosts", "host-list", Host),
    delete("hosts/{name}", "host-revoke", Host),
];

/// Requests that are accepted on the hub's own machine only: a key that is sent over plain HTTP can be overheard, and a
/// wipe cannot be undone.
#[cfg(test)]
const LOCAL: [&str; 2] = ["host-add", "wipe"];

/// Fields of a path or query that are numbers.
const NUMBERS: [&str; 4] = ["report", "held", "last", "after"];
const FLAGS: [&str; 2] = ["all", "recent"];

/// Finds the call for a method and path: its entry in the table, and the request.
///
/// `path` is the part after `/api/host/`, with its query. The field `browser` of the query is ignored.
///
/// # Errors
/// `None` if there is no such call; a refusal if its fields are wrong.
pub fn called(
    method: &str,
    path: &str,
    body: &[u8],
) -> Option<(&'static HttpCall, Result<Request, Refusal>)> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut found = CALLS.iter().filter(|call| call.method == method);
    let (call, fields) =
        found.find_map(|call| matched(call.path, path).map(|fields| (call, fields)))?;
    let query = query.split('&').filter_map(|pair| pair.split_once('='));
    let fields = query.filter(|(name, _)| *name != "browser").chain(fields);
    Some((call, request(call.verb, fields, body)))
}

/// The fields of a path, if it has the form of `pattern`.
fn matched<'p>(pattern: &'static str, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let (mut fields, mut parts) = (Vec::new(), path.split('/'));
    for wanted in pattern.split('/') {
        let part = parts.next()?;
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(_) if part.is_empty() => return None,
            Some(name) => fields.push((name, part)),
            None if wanted != part => return None,
            None => {}
        }
    }
    parts.next().is_none().then_some(fields)
}

/// The request with the fields of its body and of its path, which take precedence.
fn request<'f>(
    verb: &str,
    fields: impl Iterator<Item = (&'f str, &'f str)>,
    body: &[u8],
) -> Result<Request, Refusal> {
    let bad = |error: serde_json::Error| Refusal::BadRequest(error.to_string());
    let body = if body.is_empty() { b"{}" } else { body };
    let mut all: Map<String, Value> = serde_json::from_slice(body).map_err(bad)?;
    for (name, text) in fields {
        let text = decoded(text).ok_or_else(|| Refusal::bad(format!("{name} is not UTF-8")))?;
        let value = if NUMBERS.contains(&name) {
            let number = text.parse::<i64>().map_err(|_| format!("{name} is no number"));
            Value::from(number.map_err(Refusal::BadRequest)?)
        } else if FLAGS.contains(&name) {
            Value::from(text == "true")
        } else {
            Value::from(text)
        };
        all.insert(name.to_owned(), value);
    }
    all.insert("do".to_owned(), Value::from(verb));
    serde_json::from_value(Value::Object(all)).map_err(bad)
}

/// Decodes the percent-encoding of a text in a path or a query.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let byte = match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let value = digit(rest.next())? * 16 + digit(rest.next())?;
                u8::try_from(value).ok()?
            }
            other => other,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::protocol::ChatterRename;

    fn asked(method: &str, path: &str, body: &str) -> Request {
        called(method, path, body.as_bytes()).unwrap().1.unwrap()
    }

    /// The names of all requests, as serde tells them.
    fn verbs() -> Vec<String> {
        let error = serde_json::from_str::<Request>(r#"{"do":"?"}"#).unwrap_err().to_string();
        let names = error.split('`').skip(3).step_by(2);
        names.map(str::to_owned).collect()
    }

    #[test]
    fn every_request_has_a_call_and_every_call_a_request() {
        let verbs = verbs();
        assert!(verbs.len() > 20 && verbs.contains(&"host-add".to_owned()), "{verbs:?}");
        for verb in &verbs {
            let calls = CALLS.iter().filter(|call| call.verb == verb).count();
            let is_local = LOCAL.contains(&verb.as_str());
            assert_eq!(calls, usize::from(!is_local), "calls of {verb}");
        }
        let unknown = CALLS.iter().find(|call| verbs.iter().all(|verb| verb != call.verb));
        assert!(unknown.is_none(), "{unknown:?}");
    }

    #[test]
    fn the_document_has_every_call_with_its_role() {
        let text = include_str!("../../docs/host.md");
        for HttpCall { method, path, role, .. } in CALLS {
            let path = path.replace("{room}", "{id}").replace("{chatter}", "{id}");
            let path = path
                .replace("{report}", "{id}")
                .replace("{held}", "{id}")
                .replace("{announcement}", "{id}")
                .replace("{poll}", "{id}");
            let start = format!("| `{method} /api/host/{path}");
            let line = text.lines().find(|line| {
                line.strip_prefix(&start).is_some_and(|rest| rest.starts_with(['`', '?', ' ']))
            });
            let line = line.unwrap_or_else(|| panic!("docs/host.md has no line {start}"));
            let who = if *role == Helper { "helper" } else { "host" };
            assert!(line.contains(&format!("| {who} |")), "{line} is not for {who}");
        }
    }

    #[test]
    fn a_path_with_its_query_and_body_is_a_request() {
        let close = Request::RoomClose { room: "K7PMX3".into() };
        assert_eq!(asked("POST", "rooms/K7PMX3/close?browser=b", ""), close);
        let list = Request::MessageList { room: "r".into(), last: 7 };
        assert_eq!(asked("GET", "rooms/r/messages?last=7&browser=b", ""), list);
        assert_eq!(asked("GET", "reports?all=true", ""), Request::ReportList { all: true });
        let stream = Request::MessageStream { last: 50, after: 8 };
        assert_eq!(asked("GET", "messages?after=8", ""), stream);
        let seqs = Request::MessageDelete { room: "r".into(), seqs: vec![1, 2] };
        assert_eq!(asked("POST", "rooms/r/take-back", r#"{"seqs":[1,2]}"#), seqs);
        let (mode, every) = ("slow".to_owned(), Some(5));
        let slow = Request::RoomMode {
            room: "r".into(),
            mode: mode.clone(),
            every,
            here_for: None,
            minutes: None,
        };
        assert_eq!(asked("POST", "rooms/r/mode", r#"{"mode":"slow","every":5}"#), slow);
        let (here_for, minutes) = (Some(10), Some(15));
        let all = Request::HubMode { mode, every: None, here_for, minutes };
        assert_eq!(asked("POST", "mode", r#"{"mode":"slow","minutes":15,"hereFor":10}"#), all);
        let (chatter, nickname) = ("c".to_owned(), "n".to_owned());
        let rename = Request::ChatterRename(ChatterRename { chatter, nickname, may_change: true });
        let body = r#"{"nickname":"n","mayChange":true}"#;
        assert_eq!(asked("POST", "chatters/c/rename", body), rename);
        let revoke = Request::HostRevoke { name: "무대 앞".into() };
        assert_eq!(asked("DELETE", "hosts/%EB%AC%B4%EB%8C%80%20%EC%95%9E", ""), revoke);
    }

    #[test]
    fn a_body_changes_neither_what_is_asked_nor_of_what() {
        let sly = r#"{"do":"room-delete","room":"other","history":"all"}"#;
        let history = Request::RoomHistory { room: "r".into(), history: "all".into() };
        assert_eq!(asked("POST", "rooms/r/history", sly), history);
        assert_eq!(
            asked("POST", "rooms/r/close?do=room-delete", ""),
            Request::RoomClose { room: "r".into() }
        );
    }

    #[test]
    fn an_unknown_path_is_no_call() {
        for (method, path) in [
            ("GET", "rooms/r/close"),
            ("POST", "rooms//close"),
            ("POST", "rooms/r/close/"),
            ("POST", "rooms/r"),
            ("POST", "hosts"),
            ("GET", ""),
            ("GET", "host-add"),
        ] {
            assert!(called(method, path, b"").is_none(), "{method} {path}");
        }
        for body in ["[]", "1", "{", "{\"seqs\":1}"] {
            assert!(called("POST", "rooms/r/take-back", body.as_bytes()).unwrap().1.is_err());
        }
        assert!(called("POST", "reports/x/done", b"").unwrap().1.is_err());
        assert!(called("POST", "chatters/%ff/kick", b"").unwrap().1.is_err());
        assert!(called("POST", "chatters/%4/kick", b"").unwrap().1.is_err());
    }
}
