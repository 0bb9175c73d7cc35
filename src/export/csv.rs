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

/// A text in quotation marks. One that a spreadsheet could run as a formula gets an apostrophe in front, which makes it
/// a text.
fn cell(text: &str) -> String {
    let first = text.chars().find(|character| !character.is_whitespace());
    let is_formula = first.is_some_and(|character| FORMULA.contains(&character))
        || text.starts_with(['\t', '\r', '\n']);
    let apostrophe = if is_formula { "'" } else { "" };
    let text = text.replace('"', "\"\"").replace('\0', "");
    format!("\"{apostrophe}{text}\"")
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
}
