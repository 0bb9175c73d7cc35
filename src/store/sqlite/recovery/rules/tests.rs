use super::*;
use crate::domain::text::CONTENT_MAX;

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn rows_that_a_hub_writes_are_taken_as_they_are() {
    for (rule, value) in [
        (title as Rule, text("모닥불")),
        (nickname, text("졸린 여우")),
        (content, text("두 줄\n그리고 👩‍👩‍👧")),
        (key, text("k\u{1b}")),
        (lock, Value::Null),
        (uuid, Value::Blob(vec![7; 16])),
        (address, text("fd00::1")),
        (reason, text("rude\n두 번")),
        (reason, Value::Null),
    ] {
        assert_eq!(rule(&value), Some(value));
    }
}

#[test]
fn texts_are_mended_and_what_was_locked_stays_locked() {
    for (rule, value, mended) in [
        (nickname as Rule, "a\u{1b}[2J", "a[2J"),
        (nickname, "host", "?"),
        (title, "\u{202e}방", "방"),
        (title, "\u{200b}", "?"),
        (namespace, "\n\u{7}", "anonymous"),
        (content, "a\u{0}b\nc", "ab\nc"),
        (content, "\u{0}", ""),
        (lock, "$argon2id$v=19$m=4194304,t=2,p=1$AwMDAwMDAwMDAwMDAwMDAw$AA", "none"),
        (line, "x\u{1b}]0;", "x]0;"),
        (reason, " a\u{0}b", "ab"),
    ] {
        assert_eq!(rule(&text(value)), Some(text(mended)), "{value:?}");
    }
    assert_eq!(lock(&Value::Integer(1)), Some(text("none")));
    let long = "가".repeat(2_000);
    assert_eq!(content(&text(&long)), Some(text(&"가".repeat(CONTENT_MAX))));
    let tower = format!("e{}", "\u{301}".repeat(40));
    assert!(matches!(nickname(&text(&tower)), Some(Value::Text(name)) if name.starts_with('é')));
}

#[test]
fn a_row_without_its_identifiers_is_left_out() {
    assert_eq!(uuid(&Value::Blob(vec![7; 15])), None);
    assert_eq!(number(&Value::Integer(0)), None);
    assert_eq!(number(&Value::Integer(i64::MAX)), None);
    assert_eq!(kind(&Value::Integer(6)), None);
    assert_eq!(number_or_null(&Value::Null), Some(Value::Null));
    assert_eq!(number_or_null(&Value::Integer(0)), None, "not for all rooms");
    assert_eq!(code(&text("K7PMX0")), None);
    assert_eq!(time(&Value::Integer(i64::MAX)), Some(Value::Integer(TIME_MAX)));
    let lasting = Value::Integer(1 << 62);
    assert_eq!(lifetime(&lasting), Some(lasting), "a room that lasts");
    assert_eq!(lifetime(&Value::Integer(1 << 61)), Some(Value::Integer(TIME_MAX)));
}
