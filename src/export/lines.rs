//! `messages.jsonl`: a line of JSON for each message, for programs.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;

use super::said::Said;
use super::zone::utc;
use crate::domain::question::Question;

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
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<Asked>,
}

/// The votes of a question.
#[derive(Serialize)]
struct Asked {
    votes: u32,
    answered: bool,
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
        question: said
            .question
            .map(|Question { votes, is_answered }| Asked { votes, answered: is_answered }),
    };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
