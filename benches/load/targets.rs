//! The targets that the figures have to meet.

use crate::database::Compared;
use crate::report::Results;
use crate::server::Kind;
use crate::several::{Several, Store};
use crate::sheet::Figure;

/// People in the room where the targets count.
const PEOPLE: usize = 1_000;

/// One promise, and what came of it.
pub struct Target {
    /// What is promised.
    pub what: &'static str,
    /// The bound.
    pub bound: f64,
    /// Whether it is a least, and not a most.
    pub is_least: bool,
    /// What the bound is given in.
    pub unit: &'static str,
    /// What was measured, if it was.
    pub measured: Option<f64>,
}

impl Target {
    /// Whether it was kept.
    pub fn is_met(&self) -> Option<bool> {
        let measured = self.measured?;
        Some(if self.is_least { measured >= self.bound } else { measured <= self.bound })
    }
}

/// All promises, each with what this run measured.
pub fn all(results: &Results) -> Vec<Target> {
    let beside = |other, figure| results.sheet.ratio(Kind::Hub, other, PEOPLE, figure);
    let own = |figure| results.sheet.median(Kind::Hub, PEOPLE, figure);
    let came = results.arrivals.iter().find(|all| all.kind == Kind::Hub && all.people == PEOPLE);
    let least =
        |what, bound, unit, measured| Target { what, bound, is_least: true, unit, measured };
    let most =
        |what, bound, unit, measured| Target { what, bound, is_least: false, unit, measured };
    vec![
        least("deliveries a second, 1 under way", 1.4, "× Node", beside(Kind::Node, Figure::Rate1)),
        least(
            "deliveries a second, 16 under way",
            10.0,
            "× Node",
            beside(Kind::Node, Figure::Rate16),
        ),
        most(
            "processor time for a delivery, 1 under way",
            0.7,
            "× Node",
            beside(Kind::Node, Figure::Cpu1),
        ),
        most(
            "processor time for a delivery, 1 under way",
            1.9,
            "× the floor",
            beside(Kind::Floor, Figure::Cpu1),
        ),
        most(
            "99 of 100 deliveries at 20 messages a second",
            0.6,
            "× Node",
            beside(Kind::Node, Figure::P99),
        ),
        most("resident memory for an idle connection", 19.0, "KiB", own(Figure::MemberRss)),
        most("resident memory of an idle hub", 8.0, "MB", own(Figure::IdleRss)),
        most("from exec until it accepts", 150.0, "ms", own(Figure::Ready)),
        most(
            "bytes sent when 1,000 come within 10 s",
            25.0,
            "MB",
            came.map(|all| all.bytes as f64 / 1e6),
        ),
        most(
            "the slowest step over a full database",
            1.2,
            "× an empty one",
            slowest(results.database.as_ref()),
        ),
        most(
            "the slowest search of a room of a full database",
            300.0,
            "ms",
            results.database.as_ref().map(|compared| compared.search.1),
        ),
        most(
            "bytes sent when 1,000 react within 10 s",
            20.0,
            "MB",
            results.reactions.as_ref().map(|all| all.bytes as f64 / 1e6),
        ),
        most(
            "99 of 100 messages are acknowledged meanwhile",
            2.0,
            "× before",
            results.reactions.as_ref().map(|all| all.during / all.before),
        ),
        most(
            "until the last of 1,000 people in 20 rooms hears an announcement",
            1_000.0,
            "ms",
            results.announcements.as_ref().map(|all| all.worst),
        ),
    ]
    .into_iter()
    .chain(of_several(&results.several))
    .collect()
}

fn of_several(all: &[Several]) -> Vec<Target> {
    let on = |store| all.iter().find(|one| one.store == store);
    let (Some(alone), Some(three)) = (on(Store::Sqlite), on(Store::Postgres)) else {
        return Vec::new();
    };
    let most = |what, bound, measured| Target {
        what,
        bound,
        is_least: false,
        unit: "ms",
        measured: Some(measured),
    };
    let crossing = three.crossing.unwrap_or_default();
    vec![
        most("three hubs: half of all messages reach another hub after", 2.0, crossing.0),
        most("three hubs: 99 of 100 reach it after", 15.0, crossing.1),
        most(
            "three hubs: half are acknowledged later than by SQLite",
            5.0,
            three.ack.0 - alone.ack.0,
        ),
        Target {
            what: "three hubs: messages a second, 16 under way",
            bound: 2_500.0,
            is_least: true,
            unit: "",
            measured: Some(three.sixteen),
        },
    ]
}

fn slowest(compared: Option<&Compared>) -> Option<f64> {
    let ratios = compared?.steps.iter().map(|step| step.full / step.empty);
    ratios.max_by(f64::total_cmp)
}
