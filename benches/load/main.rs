//! What a chat costs, beside other servers: `./dev bench` runs it.
//!
//! One thread speaks for everyone in the room, on a core of its own; each server in turn has the
//! other. BENCHMARKS.md says what is measured and how to read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a bench may panic, and tells"
)]

mod announcements;
mod arrivals;
mod calls;
mod chart;
mod crowd;
mod database;
mod disk;
mod export;
mod floor;
mod frames;
mod growth;
mod guest;
mod guests;
mod machine;
mod member;
mod options;
mod reactions;
mod report;
mod returns;
mod room;
mod scratch;
mod server;
mod several;
mod sheet;
mod targets;
mod visit;
mod visitor;
mod waits;

use std::time::Instant;

use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use options::{Options, Part, Plan};
use report::Results;
use server::Kind;

/// The crowd's core.
const CORE: usize = 1;

/// People for whom telling everybody of everybody is still affordable.
const FEW: usize = 100;

fn main() {
    let arguments: Vec<String> = std::env::args().filter(|arg| arg != "--bench").collect();
    many_files();
    if arguments.get(1).is_some_and(|arg| arg == "floor") {
        return floor::run();
    }
    let plan = Plan::from(Options::parse_from(arguments));
    let mut own = CpuSet::new();
    own.set(CORE);
    sched_setaffinity(None, &own).expect("two cores");
    scratch::tidy();
    std::fs::create_dir_all(scratch::folder()).unwrap();
    let begun = Instant::now();
    let results = measure(&plan);
    scratch::tidy();
    println!("\n{}", results.as_text(&plan));
    println!("It took {:.0} s.", begun.elapsed().as_secs_f64());
    if plan.write {
        report::write(&results.as_text(&plan), &results);
    }
}

fn measure(plan: &Plan) -> Results {
    let mut results = Results::new();
    for size in plan.sizes.iter().copied().filter(|_| plan.has(Part::Beside)) {
        // The largest takes as long as all others, and differs least from round to round.
        let rounds = if size > 1_000 { plan.rounds.min(2) } else { plan.rounds };
        for &kind in (0..rounds).flat_map(|_| &plan.servers) {
            let figures = attempt(|| visit::visit(plan, kind, size)).unwrap_or_default();
            results.sheet.add(kind, size, figures);
        }
    }
    if plan.has(Part::Arrivals) {
        let hub = plan.arriving.iter().map(|&people| (Kind::Hub, people));
        let all = hub.chain([(Kind::Nest, FEW)]);
        let asked = all.filter(|(kind, _)| plan.servers.contains(kind));
        let came = asked.filter_map(|(kind, people)| attempt(|| arrivals::measure(kind, people)));
        results.arrivals = came.collect();
    }
    if plan.has(Part::Returns) {
        let kinds =
            plan.servers.iter().filter(|kind| matches!(kind, Kind::Hub | Kind::Node | Kind::Bun));
        let all = kinds.flat_map(|&kind| plan.returning.iter().map(move |&people| (kind, people)));
        results.returns =
            all.filter_map(|(kind, people)| attempt(|| returns::measure(kind, people))).collect();
    }
    if plan.has(Part::Reactions) {
        results.reactions = attempt(reactions::measure);
    }
    if plan.has(Part::Announcements) {
        results.announcements = attempt(announcements::measure);
    }
    if plan.has(Part::Disk) {
        results.disk = attempt(|| disk::measure(plan.time)).unwrap_or_default();
    }
    if plan.has(Part::Growth) {
        results.growth = attempt(|| growth::measure(plan.time));
    }
    if plan.has(Part::Database) {
        results.database = attempt(|| database::measure(plan.messages));
    }
    if plan.has(Part::Several) {
        let both = [several::Store::Sqlite, several::Store::Postgres];
        let measured = both.map(|store| attempt(|| several::measure(store, plan)));
        results.several = measured.into_iter().flatten().collect();
    }
    results
}

/// Measures something; what fails has told why, and is left out.
fn attempt<T>(measure: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(measure)).ok()
}

/// A connection is a file: as many as the system allows.
fn many_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    setrlimit(Resource::Nofile, most).unwrap();
}
