//! What was measured, as BENCHMARKS.md shows it.

use std::fmt::Write as _;
use std::path::Path;

use crate::announcements::Announcements;
use crate::arrivals::Arrivals;
use crate::database::Compared;
use crate::disk::Cost;
use crate::export::Exported;
use crate::growth::{Growth, Point};
use crate::options::Plan;
use crate::reactions::Reactions;
use crate::returns::Returns;
use crate::server::Kind;
use crate::several::Several;
use crate::sheet::{Figure, Sheet};
use crate::{chart, machine, several, targets};

/// Everything a run measured.
pub struct Results {
    /// The servers beside each other.
    pub sheet: Sheet,
    /// Who came within ten seconds.
    pub arrivals: Vec<Arrivals>,
    /// Returns and leavings, by server and number of people.
    pub returns: Vec<Returns>,
    /// A thousand reactions within ten seconds.
    pub reactions: Option<Reactions>,
    /// Announcements to a thousand people in twenty rooms.
    pub announcements: Option<Announcements>,
    /// What the hub's disk was asked for.
    pub disk: Vec<Cost>,
    /// How cost grows.
    pub growth: Option<Growth>,
    /// A full database beside an empty one.
    pub database: Option<Compared>,
    /// One hub on SQLite, and three on one PostgreSQL.
    pub several: Vec<Several>,
    /// How busy the machine was before.
    busy: String,
}

const BEGIN: &str = "<!-- What follows is written by ./dev bench -->";
const END: &str = "<!-- What ./dev bench writes ends here -->";

/// Rows of the table of one room: what, in which figure, with how many decimals.
const ROWS: [(&str, Figure, usize); 14] = [
    ("deliveries a second, 1 under way", Figure::Rate1, 0),
    ("deliveries a second, 16 under way", Figure::Rate16, 0),
    ("µs of processor for a delivery, 1 under way", Figure::Cpu1, 2),
    ("µs of processor for a delivery, 16 under way", Figure::Cpu16, 2),
    ("% of its core in use, 1 under way", Figure::Share1, 0),
    ("% of its core in use, 16 under way", Figure::Share16, 0),
    ("% of the generator's core in use, at most", Figure::Crowd, 0),
    ("half of all deliveries take at most, ms", Figure::P50, 1),
    ("99 of 100 deliveries take at most, ms", Figure::P99, 1),
    ("people a second who get in", Figure::Connects, 0),
    ("µs of processor to get one in", Figure::ConnectCpu, 0),
    ("KiB resident for a connection (RSS)", Figure::MemberRss, 1),
    ("KiB resident for a connection (PSS)", Figure::MemberPss, 1),
    ("bytes of a delivery", Figure::Bytes, 0),
];

impl Results {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            sheet: Sheet::default(),
            arrivals: Vec::new(),
            returns: Vec::new(),
            reactions: None,
            announcements: None,
            disk: Vec::new(),
            growth: None,
            database: None,
            several: Vec::new(),
            busy: machine::busy(),
        }
    }

    /// All of it as Markdown.
    pub fn as_text(&self, plan: &Plan) -> String {
        let mut text = self.setting(plan);
        self.promises(&mut text);
        for &size in &plan.sizes {
            self.room(&mut text, plan, size);
        }
        self.servers(&mut text, plan);
        self.coming(&mut text);
        self.returning(&mut text);
        self.writing(&mut text);
        self.growing(&mut text);
        self.filling(&mut text);
        self.spreading(&mut text);
        text
    }

    fn setting(&self, plan: &Plan) -> String {
        let servers: Vec<String> = plan
            .servers
            .iter()
            .map(|kind| format!("{} ({})", kind.name(), machine::version(*kind)))
            .collect();
        format!(
            "Measured on {} on {}. Others used {} of its cores when the run began. {}.\n",
            machine::today(),
            machine::machine(),
            self.busy,
            servers.join("; ")
        )
    }

    fn promises(&self, text: &mut String) {
        let all = targets::all(self).into_iter();
        let measured: Vec<_> = all.filter(|target| target.measured.is_some()).collect();
        if measured.is_empty() {
            return;
        }
        table(text, "What it has to show", &["in a room of 1,000", "target", "measured", "met"]);
        for target in measured {
            let sign = if target.is_least { "≥" } else { "≤" };
            let (what, bound, unit) = (target.what, target.bound, target.unit);
            let met = target.is_met().map_or("–", |met| if met { "yes" } else { "**no**" });
            let measured = show(target.measured, 2);
            row(text, &[what.into(), format!("{sign} {bound} {unit}"), measured, met.into()]);
        }
    }

    fn room(&self, text: &mut String, plan: &Plan, size: usize) {
        let has = |kind: &&Kind| self.sheet.median(**kind, size, Figure::Rate1).is_some();
        let kinds: Vec<Kind> = plan.servers.iter().filter(has).copied().collect();
        if kinds.is_empty() {
            return;
        }
        let names: Vec<&str> = std::iter::once("").chain(kinds.iter().map(|k| k.name())).collect();
        table(text, &format!("{} people in a room", grouped(size as f64, 0)), &names);
        for (what, figure, decimals) in ROWS {
            let numbers = kinds.iter().map(|&kind| {
                let is_bottleneck = figure == Figure::Crowd
                    && self.sheet.median(kind, size, figure).is_some_and(|share| share > 90.0);
                let number = show(self.sheet.median(kind, size, figure), decimals);
                if is_bottleneck {
                    format!("{number}: the generator was the bottleneck")
                } else {
                    number
                }
            });
            row(text, &std::iter::once(what.to_owned()).chain(numbers).collect::<Vec<_>>());
        }
    }

    fn servers(&self, text: &mut String, plan: &Plan) {
        let has = |kind: &&Kind| self.sheet.overall(**kind, Figure::Ready).is_some();
        let kinds: Vec<Kind> = plan.servers.iter().filter(has).copied().collect();
        if kinds.is_empty() {
            return;
        }
        let names: Vec<&str> = std::iter::once("").chain(kinds.iter().map(|k| k.name())).collect();
        table(text, "A server by itself", &names);
        let rows = [
            ("ms from exec until it accepts", Figure::Ready, 0),
            ("MB resident, nobody there (RSS)", Figure::IdleRss, 1),
            ("MB resident, nobody there (PSS)", Figure::IdlePss, 1),
        ];
        for (what, figure, decimals) in rows {
            let numbers =
                kinds.iter().map(|kind| show(self.sheet.overall(*kind, figure), decimals));
            row(text, &std::iter::once(what.to_owned()).chain(numbers).collect::<Vec<_>>());
        }
        let sizes = kinds.iter().map(|kind| show(machine::size(*kind), 1));
        let what = "MB of program, runtime and packages".to_owned();
        row(text, &std::iter::once(what).chain(sizes).collect::<Vec<_>>());
        for (name, size) in machine::packages() {
            _ = writeln!(text, "\n`{name}`: {size:.2} MB.");
        }
    }

    fn coming(&self, text: &mut String) {
        if self.arrivals.is_empty() {
            return;
        }
        let heads = ["", "people", "MB sent in all", "KB for each", "µs of processor for each"];
        table(text, "People who come into one room within ten seconds", &heads);
        for all in &self.arrivals {
            let each = all.bytes as f64 / 1e3 / all.people as f64;
            let (people, bytes) = (grouped(all.people as f64, 0), all.bytes as f64 / 1e6);
            let cells = [format!("{bytes:.1}"), format!("{each:.1}"), format!("{:.0}", all.cpu)];
            row(text, &[&[all.kind.name().to_owned(), people][..], &cells].concat());
        }
    }

    fn returning(&self, text: &mut String) {
        if self.returns.is_empty() {
            return;
        }
        let heads = [
            "",
            "people",
            "s until all are back",
            "tries refused",
            "ms until others are acknowledged, 99 of 100",
            "at most",
            "MB sent in all",
            "µs of processor for each",
            "MB held afterwards",
            "µs of processor for each who leaves",
        ];
        let title = "People who lose their connection in one moment and come back within ten seconds; then all leave at once";
        table(text, title, &heads);
        for all in &self.returns {
            let Returns { kind, people, back, refused, acks, bytes, cpu, memory, leaving } = all;
            let cells = [
                kind.name().to_owned(),
                grouped(*people as f64, 0),
                format!("{back:.1}"),
                grouped(*refused as f64, 0),
                format!("{:.0}", acks.0),
                format!("{:.0}", acks.1),
                grouped(*bytes as f64 / 1e6, 1),
                grouped(*cpu, 0),
                format!("{:+.1}", memory / 1e6),
                grouped(*leaving, 0),
            ];
            row(text, &cells);
        }
    }

    fn writing(&self, text: &mut String) {
        if self.disk.is_empty() {
            return;
        }
        let heads = [
            "100 people, messages",
            "messages a second",
            "bytes written for each",
            "flushes for each",
        ];
        table(text, "What the hub writes", &heads);
        for cost in &self.disk {
            let Cost { how, messages, bytes, flushes } = cost;
            let (messages, bytes) = (grouped(*messages, 0), grouped(*bytes, 0));
            row(text, &[(*how).to_owned(), messages, bytes, format!("{flushes:.2}")]);
        }
    }

    fn growing(&self, text: &mut String) {
        let Some(growth) = &self.growth else { return };
        let heads = [
            "rooms",
            "people",
            "messages a second",
            "deliveries a second",
            "µs of processor for a delivery",
            "for a message",
        ];
        table(text, "How the hub's cost grows", &heads);
        for point in growth.people.iter().chain(&growth.rooms) {
            let Point { rooms, people, messages, rate, delivery, message } = point;
            let cells = [*rooms as f64, *people as f64, *messages, *rate].map(|n| grouped(n, 0));
            row(text, &[&cells[..], &[format!("{delivery:.2}"), grouped(*message, 0)]].concat());
        }
        text.push_str("\n![What a delivery costs as rooms and people grow](docs/cost.svg)\n");
    }

    fn filling(&self, text: &mut String) {
        let Some(compared) = &self.database else { return };
        let Compared { messages, bytes, steps, search, export } = compared;
        let (messages, size) = (grouped(f64::from(*messages), 0), *bytes as f64 / 1e6);
        let title = format!("With {messages} messages in the database ({size:.0} MB)");
        table(text, &title, &["ms, half take less", "empty", "full", "ratio"]);
        for step in steps {
            let (empty, full) = (format!("{:.2}", step.empty), format!("{:.2}", step.full));
            row(text, &[step.what.clone(), empty, full, format!("{:.2}", step.full / step.empty)]);
        }
        let (half, all) = search;
        let found = format!(
            "Searching one of its rooms for what nobody has said: {half:.0} ms, {all:.0} ms at most."
        );
        _ = writeln!(text, "\n{found}");
        let Exported { took, memory, bytes, calm, during } = export;
        _ = writeln!(
            text,
            "\nExporting it takes {:.0} s on the hub's core, with {:.1} MB of memory at most, and makes {:.0} MB. Where twenty messages a second are said to 100 people meanwhile, half are acknowledged within {:.1} ms, 99 of 100 within {:.1} ms ({:.1} and {:.1} without the export).",
            took.as_secs_f64(),
            memory / 1e6,
            *bytes as f64 / 1e6,
            during.0,
            during.1,
            calm.0,
            calm.1
        );
    }

    fn spreading(&self, text: &mut String) {
        if self.several.is_empty() {
            return;
        }
        let people = several::PEOPLE;
        let title = format!("Three hubs on one PostgreSQL, {people} people in one room");
        let heads = [
            "half, and 99 of 100, take at most",
            "ms until acknowledged",
            "ms from there to another hub's people",
            "messages a second, 1 under way",
            "16 under way",
        ];
        table(text, &title, &heads);
        let pair = |(half, most): (f64, f64)| format!("{half:.1}, {most:.1}");
        for all in &self.several {
            let crossing = all.crossing.map_or("–".to_owned(), pair);
            let rates = [all.one, all.sixteen].map(|rate| grouped(rate, 0));
            row(text, &[&[all.store.name().into(), pair(all.ack), crossing], &rates[..]].concat());
        }
    }
}

/// Puts the result between its marks in BENCHMARKS.md, and the chart beside the documents.
pub fn write(text: &str, results: &Results) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = root.join("BENCHMARKS.md");
    let before = std::fs::read_to_string(&file).unwrap();
    let (head, rest) =
        before.split_once(BEGIN).expect("BENCHMARKS.md has the mark of the beginning");
    let (_, tail) = rest.split_once(END).expect("BENCHMARKS.md has the mark of the end");
    std::fs::write(file, format!("{head}{BEGIN}\n\n{text}\n{END}{tail}")).unwrap();
    if let Some(growth) = &results.growth {
        std::fs::write(root.join("docs/cost.svg"), chart::of(growth)).unwrap();
    }
}

fn table(text: &mut String, title: &str, heads: &[&str]) {
    _ = writeln!(text, "\n### {title}\n\n| {} |", heads.join(" | "));
    _ = writeln!(text, "|{}", " --- |".repeat(heads.len()));
}

fn row(text: &mut String, cells: &[String]) {
    _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn show(number: Option<f64>, decimals: usize) -> String {
    number.map_or("–".to_owned(), |number| grouped(number, decimals))
}

/// A number with a comma after each thousand.
fn grouped(number: f64, decimals: usize) -> String {
    let plain = format!("{number:.decimals$}");
    let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
    let mut text = String::new();
    for (place, digit) in whole.char_indices() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}
