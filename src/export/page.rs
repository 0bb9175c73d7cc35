//! A room's page, and the list of rooms: HTML without a script, with its style in it.

use std::io::{self, Write};

use super::said::Said;
use super::zone::UtcOffset;
use crate::domain::language::Language;
use crate::domain::time::WallTime;
use crate::domain::words::export::{ExportWords, asked, day, export_words, messages};
use crate::store::ArchivedRoom;

const STYLE: &str = include_str!("style.css");

/// How pages are written.
#[derive(Debug, Clone, Copy, Default)]
pub struct PageStyle {
    /// The language of the words around what was said, unless the host has set one for the event.
    pub language: Language,
    /// The offset at which times are shown.
    pub zone: UtcOffset,
}

impl PageStyle {
    fn words(self) -> &'static ExportWords {
        export_words(self.language)
    }
}

/// A room in the list of rooms.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) code: String,
    pub(super) title: String,
    pub(super) messages: u64,
    pub(super) first_at: WallTime,
}

/// A room's page that is written.
#[derive(Debug)]
pub(super) struct Page {
    style: PageStyle,
    /// The day of the last message.
    day: Option<String>,
}

impl Page {
    pub(super) fn begin(
        out: &mut impl Write,
        room: &ArchivedRoom,
        style: PageStyle,
    ) -> io::Result<Self> {
        let (words, title, code) =
            (style.words(), escaped(room.title.as_str()), room.code.as_str());
        head(out, &title, style)?;
        write!(
            out,
            "<nav><a href=\"../index.html\">{}</a></nav>\n\
             <header>\n<h1 dir=\"auto\">{title}</h1>\n<p>{code} · {}{}</p>\n</header>\n<main>\n",
            words.all_rooms, words.times, style.zone
        )?;
        Ok(Self { style, day: None })
    }

    pub(super) fn add(&mut self, out: &mut impl Write, said: &Said<'_>) -> io::Result<()> {
        let (words, zone) = (self.style.words(), self.style.zone);
        let date = zone.date(said.at);
        if self.day.as_ref() != Some(&date) {
            self.end_day(out)?;
            // Two sections may have one day: a hub's clock may have been set back.
            let (id, shown) = (said.seq.0, day(self.style.language, &date));
            write!(
                out,
                "<section aria-labelledby=\"d{id}\">\n\
                 <h2 id=\"d{id}\"><time datetime=\"{date}\">{shown}</time></h2>\n<ol class=\"log\">\n"
            )?;
            self.day = Some(date);
        }
        let seq = said.seq.0;
        let mark = match (said.kind, said.is_host) {
            ("announcement", _) => format!("<span class=\"mark\">{}</span> ", words.announcement),
            (_, true) => format!("<span class=\"mark\">{}</span> ", words.host),
            _ => String::new(),
        };
        // The host's name is the label already.
        let name = match said.is_host {
            true => String::new(),
            false => format!("<b><bdi>{}</bdi></b> ", escaped(said.nickname)),
        };
        let class = if said.is_host { " class=\"said-by-host\"" } else { "" };
        write!(
            out,
            "<li id=\"m{seq}\"{class}>\n<p class=\"by\">{mark}{name}<a href=\"#m{seq}\">\
             <time datetime=\"{}\">{}</time></a></p>\n",
            zone.machine(said.at),
            zone.minute(said.at)
        )?;
        self.add_quote(out, said)?;
        writeln!(out, "<p class=\"text\" dir=\"auto\">{}</p>", escaped(said.content))?;
        if let Some(question) = said.question {
            writeln!(out, "<p class=\"votes\">{}</p>", asked(self.style.language, question))?;
        }
        if !said.reactions.is_empty() {
            write!(out, "<ul class=\"reactions\" aria-label=\"{}\">", words.reactions)?;
            for (emoji, count) in &said.reactions {
                write!(out, "<li>{emoji} {count}</li>")?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</li>")
    }

    fn add_quote(&self, out: &mut impl Write, said: &Said<'_>) -> io::Result<()> {
        let words = self.style.words();
        match (said.quote, said.quoted()) {
            (Some(quote), Some(name)) => writeln!(
                out,
                "<blockquote><p dir=\"auto\"><span class=\"quiet\">{}</span> \
                 <a href=\"#m{}\"><bdi>{}</bdi></a>: {}</p></blockquote>",
                words.answers,
                quote.seq.0,
                escaped(name),
                escaped(&quote.excerpt)
            ),
            (Some(_), None) => writeln!(out, "<blockquote><p>{}</p></blockquote>", words.gone),
            (None, _) => Ok(()),
        }
    }

    pub(super) fn finish(mut self, out: &mut impl Write) -> io::Result<()> {
        self.end_day(out)?;
        writeln!(out, "</main>\n</body>\n</html>")
    }

    fn end_day(&mut self, out: &mut impl Write) -> io::Result<()> {
        match self.day.take() {
            Some(_) => writeln!(out, "</ol>\n</section>"),
            None => Ok(()),
        }
    }
}

/// The list of rooms, `index.html`.
pub(super) fn list(out: &mut impl Write, rooms: &[Listed], style: PageStyle) -> io::Result<()> {
    let words = style.words();
    head(out, words.rooms, style)?;
    write!(
        out,
        "<header>\n<h1>{}</h1>\n<p>{}{}</p>\n</header>\n<main>\n",
        words.rooms, words.times, style.zone
    )?;
    if rooms.is_empty() {
        writeln!(out, "<p>{}</p>", words.nothing)?;
    } else {
        writeln!(out, "<ul class=\"rooms\">")?;
        for Listed { code, title, messages: count, first_at } in rooms {
            let date = style.zone.date(*first_at);
            writeln!(
                out,
                "<li><a href=\"rooms/{code}.html\" dir=\"auto\">{}</a> \
                 <span>{code} · <time datetime=\"{date}\">{}</time> · {}</span></li>",
                escaped(title),
                day(style.language, &date),
                messages(style.language, *count)
            )?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "</main>\n</body>\n</html>")
}

fn head(out: &mut impl Write, title: &str, style: PageStyle) -> io::Result<()> {
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        style.language.code()
    )
}

/// A text in HTML. Characters that HTML forbids are left out.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' | '\t' => html.push(character),
            control if control.is_control() => {}
            '\u{fdd0}'..='\u{fdef}' => {}
            nothing if u32::from(nothing) & 0xfffe == 0xfffe => {}
            plain => html.push(plain),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_no_markup() {
        assert_eq!(escaped("<b a=\"1\">&\n"), "&lt;b a=&quot;1&quot;&gt;&amp;\n");
        assert_eq!(escaped("a\0\r\u{1b}\u{85}\u{ffff}\u{1fffe}b"), "ab");
    }
}
