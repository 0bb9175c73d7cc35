//! Checks that the JSON in `web/golden` is what the hub really sends. The page's own tests read the same files, so
//! neither side can change a shape alone.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::path::Path;
use std::time::Duration;

use colahub::control::protocol::ClockStatus;
use colahub::domain::announcement::Announcement;
use colahub::domain::chatter::Chatter;
use colahub::domain::ids::{Epoch, HeldId, IdentityId, MessageId, PollId, Seq, host_chatter};
use colahub::domain::language::Language;
use colahub::domain::message::{Alert, Kind, Message, Quote};
use colahub::domain::mode::{Mode, RoomMode};
use colahub::domain::poll::{Choices, Poll, PollForm, Results, Tally};
use colahub::domain::question::{Dropped, Held, Question, Questions};
use colahub::domain::reactions::{Chosen, Emoji, Reacted, Reactions};
use colahub::domain::refusal::Refusal;
use colahub::domain::room::wall::{RoomWall, WallView};
use colahub::domain::room::{History, Newest, PasswordHash, Room};
use colahub::domain::text::{Content, Key, Namespace, Nickname, TextProblem, Title};
use colahub::domain::time::{HubTime, WallTime};
use colahub::domain::words;
use colahub::hub::command::{
    AnnouncementView, Answer, Entry, MuteNotice, PollView, RoomEvent, RoomView, WallState,
};
use colahub::store::HistorySlice;
use colahub::wire;
use serde_json::Value;

fn golden(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/golden").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn assert_golden(name: &str, sent: &wire::Json) {
    let sent: Value = serde_json::from_str(sent.get()).unwrap();
    let expected = golden(name);
    assert_eq!(sent, expected, "{name}: the hub sends\n{sent:#}");
}

/// Minutes after 2024-09-25T02:00:00Z.
fn at(minutes: f64) -> WallTime {
    WallTime(1_727_229_600_000 + (minutes * 60_000.0) as i64)
}

fn name(text: &str) -> Nickname {
    Nickname::parse(text).unwrap()
}

fn fox() -> Chatter {
    Chatter {
        id: "4f0c1f6e-8f4b-4f0e-9b53-6f1d2a3b4c5d".parse().unwrap(),
        nickname: name("배고픈 여우"),
        created_at: at(0.0),
        left_at: None,
    }
}

fn frog() -> Chatter {
    Chatter {
        id: "a3bb189e-8bf9-4888-9912-ace4e6543002".parse().unwrap(),
        nickname: name("깬 개구리"),
        created_at: at(1.0),
        left_at: None,
    }
}

fn room() -> RoomView {
    let room = Room {
        id: "7d444840-9dc0-41d1-b245-5ffdce74fad2".parse().unwrap(),
        code: "K7PMX3".parse().unwrap(),
        title: Title::parse("자유롭게 이야기해요").unwrap(),
        namespace: Namespace::parse("anonymous").unwrap(),
        capacity: 16,
        lock: Some(PasswordHash("never sent".into())),
        created_at: at(-1.0),
        created: HubTime(0),
        lifetime: Duration::from_secs(24 * 60 * 60),
        mode: RoomMode::OPEN,
        by_host: false,
        position: 0,
        questions: Questions::Open,
        history: History::Joined,
    };
    let newest = Some(Newest { last: Seq(3), said_at: Some(WallTime(1_727_229_845_678)) });
    RoomView {
        room,
        present: 2,
        newest,
        is_expired: false,
        expires_at: at(24.0 * 60.0 - 1.0),
        mode_until: None,
    }
}

fn reacted() -> Reacted {
    let mine = Chosen::default().with(Emoji::parse("👍").unwrap(), true);
    let mut reactions = Reactions::default();
    reactions.change(Chosen::default(), mine);
    Reacted { seq: Seq(3), reactions, mine, at: HubTime(7_000), question: None }
}

fn said() -> Message {
    Message {
        id: MessageId(42),
        seq: Seq(3),
        room: room().room.id,
        kind: Kind::Said,
        content: "점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요".into(),
        sent_at: WallTime(1_727_229_845_678),
        chatter: fox(),
        is_taken_back: false,
        quote: None,
        mentions: Vec::new(),
        reactions: Reactions::default(),
        mine: Chosen::default(),
        question: None,
    }
}

fn alert(id: i64, seq: i64, minutes: f64, alert: Alert, chatter: Chatter) -> Message {
    Message {
        id: MessageId(id),
        seq: Seq(seq),
        content: words::alert(Language::Ko, &alert, &chatter.nickname),
        kind: Kind::Alert(alert),
        sent_at: at(minutes),
        chatter,
        ..said()
    }
}

#[test]
fn chatters_rooms_and_messages() {
    assert_golden("chatter.json", &wire::encode(&wire::chatter(&fox())));
    assert_golden("room.json", &wire::encode(&wire::room(&room())));
    assert_golden("message.json", &wire::encode(&wire::message(&said())));
    let taken_back = Message { content: String::new(), is_taken_back: true, ..said() };
    assert_golden("message-taken-back.json", &wire::encode(&wire::message(&taken_back)));
    let quote = Quote {
        seq: Seq(2),
        chatter: Some(fox()),
        excerpt: "점심 줄이 길어요?".into(),
        is_taken_back: false,
    };
    let (thumb, heart) = (Emoji::parse("👍").unwrap(), Emoji::parse("❤️").unwrap());
    let mine = Chosen::default().with(thumb, true);
    let mut reactions = Reactions::default();
    reactions.change(Chosen::default(), mine);
    reactions.change(Chosen::default(), mine.with(heart, true));
    let (quote, mentions) = (Some(Box::new(quote)), vec![fox().id]);
    let answer = Message { quote, mentions, reactions, mine, ..said() };
    assert_golden("message-answer.json", &wire::encode(&wire::message(&answer)));
    let list = [said()];
    let messages = wire::messages(&list);
    let found = wire::SearchPage { messages, more: true, before: Some(2), is_early: true };
    assert_golden("found.json", &wire::encode(&found));
}

#[test]
fn questions() {
    let question = Question { votes: 3, is_answered: false };
    let mine = Chosen::default().with_vote(true);
    let asked = Message { question: Some(question), mine, ..said() };
    assert_golden("message-question.json", &wire::encode(&wire::message(&asked)));
    let question = Some(Question { is_answered: true, ..question });
    let reacted = Reacted { question, ..reacted() };
    let (_, told) = wire::room_event(&RoomEvent::Reactions { room: room().room.id, reacted });
    assert_golden("reactions-question.json", &told);
    let list = [asked];
    let after = Some("0.3.3".to_owned());
    let page = wire::QuestionList { messages: wire::messages(&list), more: true, after };
    assert_golden("questions.json", &wire::encode(&page));
    let at = WallTime(1_700_000_000_000);
    let held = Held { id: HeldId(7), room: room().room.id, content: "Why?".to_owned(), at };
    assert_golden("ack-held.json", &wire::ack(Language::En, &Ok(Answer::Held(held))));
    let author = IdentityId::from_random([1; 16]);
    let dropped =
        Dropped { id: HeldId(7), room: room().room.id, author, key: Key::parse("k-1").ok() };
    let (event, told) = wire::room_event(&RoomEvent::QuestionDropped(dropped.clone()));
    assert_eq!(event, "questionDropped");
    assert_golden("question-dropped.json", &told);
    let without = Dropped { key: None, ..dropped };
    let (_, told) = wire::room_event(&RoomEvent::QuestionDropped(without));
    assert!(!told.get().contains("key"), "{}", told.get());
}

/// Texts that count as empty, and texts with too many marks on one character: the page refuses the same.
#[test]
fn texts() {
    let texts = golden("texts.json");
    let refused = |text: &str| Content::parse(text).err().map(|error| error.problem);
    let (empty, stacked) = (Some(TextProblem::Empty), Some(TextProblem::Stacked));
    for (kind, problem) in
        [("blank", empty), ("seen", None), ("towers", stacked), ("noTowers", None)]
    {
        for text in texts[kind].as_array().unwrap() {
            let text = text.as_str().unwrap();
            assert_eq!(refused(text), problem, "{}", text.escape_unicode());
        }
    }
}

/// Which names a room's channel may have: the page refuses the same.
#[test]
fn channels() {
    let texts = golden("texts.json");
    for (kind, is_good) in [("channels", true), ("noChannels", false)] {
        for text in texts[kind].as_array().unwrap() {
            let text = text.as_str().unwrap();
            assert_eq!(Namespace::for_room(text).is_ok(), is_good, "{}", text.escape_unicode());
        }
    }
}

#[test]
fn alerts() {
    let joined = alert(40, 1, 0.0, Alert::Joined(1), fox());
    assert_golden("alert-joined.json", &wire::encode(&wire::message(&joined)));
    let renamed = Alert::Renamed { was: name("졸린 개구리"), now: name("깬 개구리") };
    let renamed = alert(43, 4, 5.0, renamed, frog());
    assert_golden("alert-renamed.json", &wire::encode(&wire::message(&renamed)));
}

#[test]
fn the_answer_to_a_join() {
    let history = HistorySlice {
        first: Seq(1),
        last: Seq(3),
        pruned: false,
        epoch: Epoch(31),
        reset: false,
        missed: vec![said()],
        more: false,
        taken_back: vec![Seq(2)],
        reacted: vec![reacted()],
        reactions_at: HubTime(9_000),
    };
    let announcements = vec![announced()];
    let polls = vec![PollView { mine: Choices::of([]), ..asked() }];
    let entry = Entry { chatter: fox(), room: room(), history, muted: None, announcements, polls };
    let ack = wire::ack(Language::En, &Ok(Answer::Joined(Box::new(entry))));
    assert_golden("join-ack.json", &ack);
}

fn asked() -> PollView {
    let answers = ["국밥", "비빔밥", "둘 다"];
    let form = PollForm::parse("점심은 무엇으로 할까요?", &answers, true, Results::AfterVoting);
    let poll = Poll {
        id: PollId::from_random([7; 16]),
        room: Some(room().room.id),
        form: form.unwrap(),
        made_at: at(0.0),
        until: Some(HubTime(30 * 60_000)),
        closed_at: None,
        tally: Tally::from_counts(5, [3, 2, 1]),
    };
    PollView { poll, until: Some(at(30.0)), mine: None, shows_votes: false }
}

#[test]
fn a_poll() {
    let (event, open) = wire::room_event(&RoomEvent::Poll(Box::new(asked())));
    assert_eq!(event, "poll");
    assert_golden("poll.json", &open);
    let voted = PollView { mine: Choices::of([0, 2]), shows_votes: true, ..asked() };
    let answer = wire::ack(Language::En, &Ok(Answer::Voted(Box::new(voted.clone()))));
    assert_golden("poll-voted.json", &answer);
    let closed = Poll { closed_at: Some(at(20.0)), ..asked().poll };
    let closed = PollView { poll: closed, mine: None, ..voted };
    let (_, closed) = wire::room_event(&RoomEvent::Poll(Box::new(closed)));
    assert_golden("poll-closed.json", &closed);
}

fn announced() -> AnnouncementView {
    let announcement = Announcement {
        id: "5b0e3a52-4f0e-4c1c-9d4e-0c5c0d8c2c11".parse().unwrap(),
        room: Some(room().room.id),
        text: Content::parse("점심은 식당에서 12시에 시작합니다").unwrap(),
        made_at: at(0.0),
        until: Some(HubTime(1_800_000)),
    };
    AnnouncementView { announcement, until: Some(at(30.0)) }
}

fn wall(view: WallView, poll: Option<PollView>, list: &[Message]) -> wire::Json {
    let state = WallState {
        room: room(),
        wall: RoomWall { view, ..RoomWall::default() },
        is_open: false,
        last: Seq(3),
        sent_until: HubTime(1),
        now: HubTime(2),
        former_names: Vec::new(),
        announcements: vec![announced()],
        poll,
    };
    let announced = wire::AnnouncementStatus {
        state: "announced".into(),
        name: Some("cola.local".into()),
        instance: Some("cola".into()),
        reason: None,
    };
    let password = Some("onion; soup");
    let hub = wire::WallHub {
        name: "여름 캠프",
        language: "ko",
        addresses: vec!["http://192.168.4.1:8080".into()],
        announced,
        wifi: Some(wire::WifiInfo { ssid: "camp-2026", password, security: "WPA" }),
    };
    wire::encode(&wire::wall(hub, &state, list))
}

#[test]
fn a_wall() {
    assert_golden("wall.json", &wall(WallView::Messages, None, &[said()]));
    let question = Some(Question { votes: 12, is_answered: true });
    let question = Message { question, ..said() };
    assert_golden("wall-questions.json", &wall(WallView::Questions, None, &[question]));
    assert_golden("wall-poll.json", &wall(WallView::Poll, Some(asked()), &[]));
}

#[test]
fn what_the_host_says() {
    let host = Chatter { id: host_chatter(), nickname: words::host_name(Language::Ko), ..fox() };
    let message = Message { chatter: host.clone(), ..said() };
    assert_golden("message-of-the-host.json", &wire::encode(&wire::message(&message)));
    let AnnouncementView { announcement, .. } = announced();
    let notice = alert(44, 5, 0.0, Alert::Announcement, host);
    let notice = Message { content: announcement.text.to_string(), ..notice };
    assert_golden("alert-announcement.json", &wire::encode(&wire::message(&notice)));
    let (event, up) = wire::room_event(&RoomEvent::Announcement(announced()));
    assert_eq!(event, "announcement");
    assert_golden("announcement.json", &up);
    let (event, gone) = wire::room_event(&RoomEvent::AnnouncementGone(announcement.id));
    assert_eq!(event, "announcementGone");
    assert_golden("announcement-gone.json", &gone);
}

#[test]
fn a_refusal() {
    let refusal = Refusal::TooFast(Duration::from_secs(3));
    assert_golden("error.json", &wire::ack(Language::Ko, &Err(refusal)));
}

#[test]
fn a_greeting() {
    let hub = "0e0c6a9e-3c5b-4a35-8a43-2f6d1c0b9a88".parse().unwrap();
    let hello = wire::hello(hub, "여름 캠프", Language::Ko, (WallTime(1_785_549_846_000), true));
    let hello = hello.get().replace(wire::VERSION, "0.1.0");
    let hello = serde_json::value::RawValue::from_string(hello).unwrap();
    assert_golden("hello.json", &hello);
}

#[test]
fn the_number_of_people_present() {
    let (_, presence) = wire::room_event(&RoomEvent::Presence { room: room().room.id, present: 2 });
    assert_golden("presence.json", &presence);
}

#[test]
fn how_a_host_is_told_of_the_clock() {
    let clock = ClockStatus {
        time: wire::iso(at(0.0)),
        machine: wire::iso(at(-60.0)),
        is_trusted: false,
        is_hosts: true,
        is_shared: false,
    };
    assert_golden("clock.json", &wire::encode(&clock));
}

#[test]
fn the_hosts_acts_on_doors_and_messages() {
    let room = room().room.id;
    let (event, shut) = wire::room_event(&RoomEvent::Shut { room, is_shut: true });
    assert_eq!(event, "roomShut");
    assert_golden("room-shut.json", &shut);
    let mode = Mode::parse("slow", Some(30), None).unwrap();
    let (event, slow) = wire::room_event(&RoomEvent::Mode { room, mode });
    assert_eq!(event, "roomMode");
    assert_golden("room-mode.json", &slow);
    let mode = Mode::parse("members", None, Some(10)).unwrap();
    let (_, members) = wire::room_event(&RoomEvent::Mode { room, mode });
    assert_golden("room-mode-members.json", &members);
    let (event, reactions) = wire::room_event(&RoomEvent::Reactions { room, reacted: reacted() });
    assert_eq!(event, "reactions");
    assert_golden("reactions.json", &reactions);
    let (event, history) = wire::room_event(&RoomEvent::History { room, history: History::All });
    assert_eq!(event, "roomHistory");
    assert_golden("room-history.json", &history);
    let edited =
        Room { title: Title::parse("밤 모임").unwrap(), position: 2, ..self::room().room };
    let (event, edited) = wire::room_event(&RoomEvent::Edited(Box::new(edited)));
    assert_eq!(event, "roomEdited");
    assert_golden("room-edited.json", &edited);
    let (event, taken) =
        wire::room_event(&RoomEvent::TakenBack { room, seq: Seq(3), id: MessageId(42) });
    assert_eq!(event, "messageTakenBack");
    assert_golden("taken-back.json", &taken);
}

#[test]
fn a_mute() {
    let (event, muted) = wire::room_event(&RoomEvent::Muted(MuteNotice { until: Some(at(30.0)) }));
    assert_eq!(event, "muted");
    assert_golden("muted.json", &muted);
    let (_, lasting) = wire::room_event(&RoomEvent::Muted(MuteNotice { until: None }));
    assert_eq!(lasting.get(), r#"{"until":null}"#);
    let (event, unmuted) = wire::room_event(&RoomEvent::Unmuted);
    assert_eq!((event, unmuted.get()), ("unmuted", "{}"));
}
