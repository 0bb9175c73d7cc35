//! Reads an event file. Every slip names its line.

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{EventFile, FileAnnouncement, FilePassword, FilePoll, FileRoom, PLAZA, Place};
use crate::domain::announcement::MINUTES_MAX;
use crate::domain::language::Language;
use crate::domain::mode::{EVERY_MAX, HERE_FOR_MAX, Mode};
use crate::domain::poll::{self, ANSWERS_MAX, ANSWERS_MIN, Results};
use crate::domain::question::Questions;
use crate::domain::room::{CAPACITY_MAX, History, POSITION_MAX};
use crate::domain::slip::{Allowed, Slip, SlipKind};
use crate::domain::text::{Content, Namespace, Password, PollText, TextError, Title};

/// The most slips that are told at once. The others wait until those are mended.
const SLIPS_MAX: usize = 20;

const KEYS: [&str; 5] = ["title", "language", "rooms", "announcements", "polls"];
const ROOM_KEYS: [&str; 11] = [
    "channel",
    "title",
    "was",
    "capacity",
    "password",
    "history",
    "mode",
    "every",
    "here_for",
    "questions",
    "place",
];
const ANNOUNCEMENT_KEYS: [&str; 4] = ["text", "room", "channel", "minutes"];
const POLL_KEYS: [&str; 7] =
    ["question", "options", "multiple", "results", "room", "channel", "minutes"];
const LANGUAGES: &[&str] = &["ko", "en", ""];
const HISTORIES: &[&str] = &["all", "joined"];
const QUESTIONS: &[&str] = &["open", "held"];
const RESULTS: &[&str] = &["at_once", "after_voting", "at_end"];
const MODES: &[&str] = &["open", "slow", "members", "read_only"];

type Table<'t> = DeTable<'t>;
type Value<'t> = Spanned<DeValue<'t>>;

/// Reads a file.
///
/// # Errors
/// Its slips in the order of their lines; never empty.
pub fn read(text: &str) -> Result<EventFile, Vec<Slip>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, slips: Vec::new() };
    let file = match DeTable::parse(text) {
        Ok(table) => reader.file(table.get_ref()),
        Err(error) => {
            // Some of the parser's messages have several lines.
            let reason = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            reader.slip(&error.span().unwrap_or_default(), SlipKind::NotToml(reason));
            EventFile::default()
        }
    };
    reader.slips.sort_by_key(|slip| slip.line);
    reader.slips.truncate(SLIPS_MAX);
    if reader.slips.is_empty() { Ok(file) } else { Err(reader.slips) }
}

struct Reader<'a> {
    text: &'a str,
    slips: Vec<Slip>,
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    fn slip(&mut self, span: &Range<usize>, what: SlipKind) {
        let line = self.line(span);
        self.slips.push(Slip { line, what });
    }

    fn file(&mut self, table: &Table<'_>) -> EventFile {
        self.known_keys(table, "", &KEYS);
        let title = table.get("title").and_then(|value| match value.get_ref() {
            DeValue::String(text) if text.is_empty() => Some(None),
            _ => self.text(value, "title", Title::parse).map(Some),
        });
        let language = self.one_of(table, "language", LANGUAGES);
        let language = language.map(|(code, _)| Language::from_code(code));
        let rooms = self.tables(table, "rooms");
        let rooms: Vec<FileRoom> =
            rooms.into_iter().filter_map(|(at, room)| self.room(&at, room)).collect();
        let announcements = self.tables(table, "announcements");
        let announcements: Vec<FileAnnouncement> = announcements
            .into_iter()
            .filter_map(|(at, announcement)| self.announcement(&at, announcement))
            .collect();
        self.no_room_twice(&rooms);
        let polls = self.tables(table, "polls");
        let polls: Vec<FilePoll> =
            polls.into_iter().filter_map(|(at, poll)| self.poll(&at, poll)).collect();
        self.no_announcement_twice(&announcements);
        self.no_poll_twice(&polls);
        EventFile { title, language, rooms, announcements, polls }
    }

    fn room(&mut self, at: &Range<usize>, table: &Table<'_>) -> Option<FileRoom> {
        self.known_keys(table, "rooms", &ROOM_KEYS);
        let namespace = self.channel(table);
        let Some(title) = table.get("title") else {
            self.slip(at, SlipKind::Missing { table: "rooms", key: "title" });
            return None;
        };
        let title = self.text(title, "title", Title::parse);
        let was = table.get("was").and_then(|was| self.text(was, "was", Title::parse));
        let capacity = self.number(table, "capacity", 0..=u64::from(CAPACITY_MAX));
        let (password, password_line) = match table.get("password") {
            Some(value) => (self.password(value), self.line(&value.span())),
            None => (FilePassword::Untouched, 0),
        };
        let history = self.one_of(table, "history", HISTORIES);
        let history = history.and_then(|(history, _)| history.parse::<History>().ok());
        let mode = self.mode(table);
        let questions = self.one_of(table, "questions", QUESTIONS);
        let questions = questions.and_then(|(questions, _)| questions.parse::<Questions>().ok());
        let place = table.get("place").map_or(Place::InOrder, |value| self.place(value));
        Some(FileRoom {
            line: self.line(at),
            password_line,
            namespace: namespace?,
            title: title?,
            was,
            capacity: capacity.and_then(|capacity| u32::try_from(capacity).ok()),
            password,
            history,
            mode,
            questions,
            place,
        })
    }

    fn announcement(&mut self, at: &Range<usize>, table: &Table<'_>) -> Option<FileAnnouncement> {
        self.known_keys(table, "announcements", &ANNOUNCEMENT_KEYS);
        let namespace = self.channel(table);
        let room = table.get("room").map(|room| self.text(room, "room", Title::parse));
        let minutes = self.number(table, "minutes", 1..=MINUTES_MAX);
        let Some(text) = table.get("text") else {
            self.slip(at, SlipKind::Missing { table: "announcements", key: "text" });
            return None;
        };
        let text = self.text(text, "text", Content::parse_announcement)?;
        let room = match room {
            Some(title) => Some((namespace?, title?)),
            None => None,
        };
        Some(FileAnnouncement { line: self.line(at), text, room, minutes })
    }

    fn poll(&mut self, at: &Range<usize>, table: &Table<'_>) -> Option<FilePoll> {
        self.known_keys(table, "polls", &POLL_KEYS);
        let namespace = self.channel(table);
        let room = table.get("room").map(|room| self.text(room, "room", Title::parse));
        let is_multiple = self.flag(table, "multiple");
        let results = self.one_of(table, "results", RESULTS);
        let results = results.and_then(|(results, _)| Results::parse(results));
        let minutes = self.number(table, "minutes", 0..=poll::MINUTES_MAX);
        for key in ["question", "options"] {
            if table.get(key).is_none() {
                self.slip(at, SlipKind::Missing { table: "polls", key });
            }
        }
        let question = table.get("question");
        let question = question.and_then(|text| self.text(text, "question", PollText::question));
        let options = table.get("options").and_then(|value| self.options(value));
        let room = match room {
            Some(title) => Some((namespace?, title?)),
            None => None,
        };
        let (line, question, options) = (self.line(at), question?, options?);
        Some(FilePoll { line, question, room, options, is_multiple, results, minutes })
    }

    /// The answers of a poll: two to eight different ones.
    fn options(&mut self, value: &Value<'_>) -> Option<Vec<PollText>> {
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, "options", Allowed::Options);
            return None;
        };
        let count = items.len();
        if !(ANSWERS_MIN..=ANSWERS_MAX).contains(&count) {
            let found = format!("a list of {count}");
            let wrong = SlipKind::Wrong { key: "options", found, allowed: Allowed::Options };
            self.slip(&value.span(), wrong);
            return None;
        }
        let mut options: Vec<PollText> = Vec::with_capacity(count);
        for item in items.iter() {
            let option = self.text(item, "options", PollText::answer)?;
            if options.contains(&option) {
                let what = SlipKind::OptionTwice { option: option.to_string() };
                self.slip(&item.span(), what);
                return None;
            }
            options.push(option);
        }
        Some(options)
    }

    fn channel(&mut self, table: &Table<'_>) -> Option<Namespace> {
        match table.get("channel") {
            Some(channel) => self.text(channel, "channel", Namespace::for_room),
            None => Some(Namespace::trusted(PLAZA.to_owned())),
        }
    }

    fn password(&mut self, value: &Value<'_>) -> FilePassword {
        match value.get_ref() {
            DeValue::Boolean(true) => FilePassword::Kept,
            DeValue::Boolean(false) => FilePassword::Removed,
            DeValue::String(text) => match Password::parse(text) {
                Ok(password) => FilePassword::Set(password),
                Err(error) => {
                    self.slip(&value.span(), SlipKind::Text(error));
                    FilePassword::Untouched
                }
            },
            _ => {
                let found = "a value not shown here".to_owned();
                let wrong = SlipKind::Wrong { key: "password", found, allowed: Allowed::Password };
                self.slip(&value.span(), wrong);
                FilePassword::Untouched
            }
        }
    }

    fn mode(&mut self, table: &Table<'_>) -> Option<Mode> {
        let mode = self.one_of(table, "mode", MODES).map(|(mode, _)| mode);
        let every = self.number(table, "every", 1..=EVERY_MAX.as_secs());
        let here_for = self.number(table, "here_for", 1..=HERE_FOR_MAX.as_secs() / 60);
        for (key, its_mode) in [("every", "slow"), ("here_for", "members")] {
            if let Some(value) = table.get(key).filter(|_| mode != Some(its_mode)) {
                self.slip(&value.span(), SlipKind::OnlyInMode { key, mode: its_mode });
            }
        }
        Mode::parse(mode?, every, here_for).ok()
    }

    fn place(&mut self, value: &Value<'_>) -> Place {
        let most = u64::from(POSITION_MAX);
        let number = whole(value).and_then(|number| u32::try_from(number).ok());
        match (value.get_ref(), number) {
            (DeValue::Boolean(false), _) => Place::At(0),
            (_, Some(place @ 1..=POSITION_MAX)) => Place::At(place),
            _ => {
                self.wrong(value, "place", Allowed::Place(most));
                Place::InOrder
            }
        }
    }

    /// The tables of an array, each with where it begins.
    fn tables<'t>(
        &mut self,
        table: &'t Table<'_>,
        name: &'static str,
    ) -> Vec<(Range<usize>, &'t Table<'t>)> {
        let Some(value) = table.get(name) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong(value, name, Allowed::Tables(name));
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in items.iter() {
            match item.get_ref() {
                DeValue::Table(table) => tables.push((item.span(), table)),
                _ => self.wrong(item, name, Allowed::Tables(name)),
            }
        }
        tables
    }

    fn known_keys(&mut self, table: &Table<'_>, name: &'static str, known: &[&'static str]) {
        for key in table.keys().filter(|key| !known.contains(&&**key.get_ref())) {
            let written = key.get_ref();
            let near = |known: &&&str| strsim::osa_distance(written, known);
            let meant = known.iter().min_by_key(near).filter(|known| near(known) <= 2).copied();
            let what = SlipKind::UnknownKey { key: shortened(written), table: name, meant };
            self.slip(&key.span(), what);
        }
    }

    fn text<T>(
        &mut self,
        value: &Value<'_>,
        key: &'static str,
        parse: impl Fn(&str) -> Result<T, TextError>,
    ) -> Option<T> {
        match value.get_ref() {
            DeValue::String(text) => match parse(text) {
                Ok(parsed) => return Some(parsed),
                Err(error) => self.slip(&value.span(), SlipKind::Text(error)),
            },
            _ => self.wrong(value, key, Allowed::Text),
        }
        None
    }

    fn one_of(
        &mut self,
        table: &Table<'_>,
        key: &'static str,
        allowed: &'static [&'static str],
    ) -> Option<(&'static str, Range<usize>)> {
        let value = table.get(key)?;
        let found = match value.get_ref() {
            DeValue::String(text) => allowed.iter().find(|allowed| **allowed == &**text),
            _ => None,
        };
        if found.is_none() {
            self.wrong(value, key, Allowed::OneOf(allowed));
        }
        found.map(|found| (*found, value.span()))
    }

    fn number(
        &mut self,
        table: &Table<'_>,
        key: &'static str,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        let value = table.get(key)?;
        let number = whole(value).filter(|number| range.contains(number));
        if number.is_none() {
            self.wrong(value, key, Allowed::Number(range));
        }
        number
    }

    fn flag(&mut self, table: &Table<'_>, key: &'static str) -> Option<bool> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Boolean(truth) => return Some(*truth),
            _ => self.wrong(value, key, Allowed::Flag),
        }
        None
    }

    fn wrong(&mut self, value: &Value<'_>, key: &'static str, allowed: Allowed) {
        let found = in_words(value);
        self.slip(&value.span(), SlipKind::Wrong { key, found, allowed });
    }

    fn no_room_twice(&mut self, rooms: &[FileRoom]) {
        let (mut titles, mut former) = (HashMap::new(), HashMap::new());
        for FileRoom { line, namespace, title, was, .. } in rooms {
            if let Some(first) = titles.insert((namespace, title), *line) {
                let what = SlipKind::RoomTwice { title: title.to_string(), first };
                self.slips.push(Slip { line: *line, what });
            }
            let Some(was) = was else { continue };
            if let Some(first) = former.insert((namespace, was), *line) {
                let what = SlipKind::WasTwice { title: was.to_string(), first };
                self.slips.push(Slip { line: *line, what });
            }
        }
    }

    fn no_announcement_twice(&mut self, announcements: &[FileAnnouncement]) {
        let mut known = HashMap::new();
        for FileAnnouncement { line, text, room, .. } in announcements {
            if let Some(first) = known.insert((text.as_str(), room), *line) {
                self.slips.push(Slip { line: *line, what: SlipKind::AnnouncementTwice { first } });
            }
        }
    }

    fn no_poll_twice(&mut self, polls: &[FilePoll]) {
        let mut known = HashMap::new();
        for FilePoll { line, question, room, .. } in polls {
            if let Some(first) = known.insert((question.as_str(), room), *line) {
                self.slips.push(Slip { line: *line, what: SlipKind::PollTwice { first } });
            }
        }
    }
}

fn whole(value: &Value<'_>) -> Option<u64> {
    match value.get_ref() {
        DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
        _ => None,
    }
}

/// A value as it is shown in a sentence.
fn in_words(value: &Value<'_>) -> String {
    match value.get_ref() {
        DeValue::String(text) => format!("{:?}", shortened(text)),
        DeValue::Integer(number) => shortened(number.as_str()),
        DeValue::Boolean(truth) => truth.to_string(),
        DeValue::Float(number) => shortened(number.as_str()),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// A text, cut if it is too long for a sentence.
fn shortened(text: &str) -> String {
    const SHOWN: usize = 40;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
