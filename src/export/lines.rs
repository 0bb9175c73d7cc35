//! `messages.jsonl`: a line of JSON for each message, for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::said::Said;
use super::zone::utc;

/// A line. docs/host.md describes it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    room: &'a str,
    title: &'a str,
    seq: i64,
    sent_at: String,
    kind: &'a str,
    nickname: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    host: bool,
    content: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_to: Option<Answered<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    reactions: BTreeMap<&'static str, u32>,
}

/// The message that another answers. Without name and beginning if it was taken back, or is no longer kept.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answered<'a> {
    seq: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    nickname: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    excerpt: &'a str,
}

/// Adds a message.
pub(super) fn add(out: &mut impl Write, said: &Said<'_>) -> io::Result<()> {
    let line = Line {
        room: said.room.code.as_str(),
        title: said.room.title.as_str(),
        seq: said.seq.0,
        sent_at: utc(said.at),
        kind: said.kind,
        nickname: said.nickname,
        host: said.is_host,
        content: said.content,
        reply_to: said.quote.map(|quote| Answered {
            seq: quote.seq.0,
            nickname: said.quoted(),
            excerpt: if said.quoted().is_some() { &quote.excerpt } else { "" },
        }),
        reactions: said.reactions.iter().copied().collect(),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
