//! Whole lives of a hub in simulated time: people join, talk, fall silent, come back; the hub is
//! killed in the worst moments; its clock jumps. The decisions and the SQL are the real ones, the
//! network, the clock and the moments of commit are chance, and each life comes again with its seed.
//!
//! A life that fails names its seed and shows what happened last. All of it:
//! `COLAHUB_TEST_SEED=7 cargo test --lib simulation`. More lives: `COLAHUB_TEST_LIVES=10000`.

mod client;
mod dice;
mod rest;
mod steps;
mod truth;
mod watch;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

use world::World;

/// Lives in a plain test run.
const LIVES: u64 = 300;

/// Steps of each, before it comes to rest.
const STEPS: usize = 400;

/// How much of a failing life is shown, unless it was asked for by its seed.
const SHOWN: usize = 40;

fn live(seed: u64) -> World {
    let mut world = World::new(seed);
    let result = catch_unwind(AssertUnwindSafe(|| {
        (0..STEPS).for_each(|_| world.step());
        world.comes_to_rest();
    }));
    if let Err(cause) = result {
        let is_wanted = number("COLAHUB_TEST_SEED").is_some();
        let from = if is_wanted { 0 } else { world.trace.len().saturating_sub(SHOWN) };
        let trace = world.trace[from..].join("\n");
        let why = cause.downcast_ref::<String>().map(String::as_str);
        let why = why.or(cause.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
        panic!("{trace}\n\n{why}\n\nThe whole of it: COLAHUB_TEST_SEED={seed}");
    }
    world
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

#[test]
fn nothing_acknowledged_is_lost_doubled_or_out_of_order_whatever_happens() {
    if let Some(seed) = number("COLAHUB_TEST_SEED") {
        live(seed);
        return;
    }
    let lives = number("COLAHUB_TEST_LIVES").unwrap_or(LIVES);
    let said: usize = (0..lives).map(|seed| live(seed).truth.count()).sum();
    assert!(said as u64 > lives * 100, "these lives are too quiet to prove anything: {said}");
}

#[test]
fn a_seed_is_always_the_same_life() {
    assert_eq!(live(1).trace, live(1).trace);
}
