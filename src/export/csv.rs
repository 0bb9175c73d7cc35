//! `messages.csv`, as Excel and LibreOffice open it: UTF-8 with its mark, commas, CRLF.

use std::io::{self, Write};

use super::said::Said;
use super::zone::UtcOffset;

/// By this mark, Excel knows that the file is UTF-8.
const MARK: &str = "\u{feff}";

/// The first line.
const HEAD: &str = "room,title,place,time,kind,name,host,text,answers,reactions,votes,answered\r\n";

/// The beginnings of a cell that a spreadsheet may take for a formula, also in full width.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What numbers, amounts of money, dates and times have beside digits.
const NUMBER: &str = ".,:/-+()%eE$€£¥₩년월일시분초";

/// Begins the file.
pub(super) fn begin(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{MARK}{HEAD}")
}

/// Adds a message.
pub(super) fn add(out: &mut impl Write, said: &Said<'_>, zone: UtcOffset) -> io::Result<()> {
    let answers = said.quote.map_or_else(String::new, |quote| quote.seq.0.to_string());
    let reactions: Vec<String> =
        said.reactions.iter().map(|(emoji, count)| format!("{emoji} {count}")).collect();
    let votes = said.question.map_or_else(String::new, |question| question.votes.to_string());
    let is_answered = said.question.is_some_and(|question| question.is_answered);
    let cells = [
        cell(said.room.code.as_str()),
        cell(said.room.title.as_str()),
        said.seq.0.to_string(),
        zone.cell(said.at),
        said.kind.to_owned(),
        cell(said.nickname),
        if said.is_host { "yes" } else { "" }.to_owned(),
        cell(said.content),
        answers,
        cell(&reactions.join(" ")),
        votes,
        if is_answered { "yes" } else { "" }.to_owned(),
    ];
    write!(out, "{}\r\n", cells.join(","))
}

/// A text in quotation marks. One that a spreadsheet would not take for a text gets an apostrophe in front.
fn cell(text: &str) -> String {
    let apostrophe = if is_formula(text) || is_number(text) { "'" } else { "" };
    let text = text.replace('"', "\"\"").replace('\0', "");
    format!("\"{apostrophe}{text}\"")
}

/// Whether a spreadsheet could run this.
fn is_formula(text: &str) -> bool {
    let first = text.chars().find(|character| !character.is_whitespace());
    first.is_some_and(|character| FORMULA.contains(&character))
        || text.starts_with(['\t', '\r', '\n'])
}

/// Whether a spreadsheet could take this for a number, a date or a time, and show something else: 01012345678 without
/// its zero, 3/4 as a day in March.
fn is_number(text: &str) -> bool {
    text.contains(|character: char| character.is_ascii_digit())
        && text.chars().all(|character| {
            character.is_ascii_digit() || character.is_whitespace() || NUMBER.contains(character)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_runs_as_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\rx", "\nx", " =1", "＝1", "\u{a0}=1"]
        {
            assert!(cell(text).starts_with("\"'"), "{text:?}");
        }
        assert_eq!(cell("a \"b\", c\nd"), "\"a \"\"b\"\", c\nd\"");
        assert_eq!(cell("=\"x\""), "\"'=\"\"x\"\"\"");
        assert_eq!(cell(""), "\"\"");
    }

    #[test]
    fn no_cell_becomes_a_number_or_a_date() {
        for text in
            ["01012345678", "1e5", "3/4", "1-2", "12:30", "(5)", "₩1,000", "7월 5일", " 007 "]
        {
            assert_eq!(cell(text), format!("\"'{text}\""));
        }
        for text in ["3 people", "room 12", "e", "a1", "7월 5일에 만나요", "...", "①"] {
            assert_eq!(cell(text), format!("\"{text}\""));
        }
    }
}
