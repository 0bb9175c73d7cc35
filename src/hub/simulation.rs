//! Whole lives of a hub in simulated time: people join, talk, fall silent and come back; the hub is killed at the
//! worst moments; its clock jumps. The decisions and the SQL are the real ones; the network, the clock and the
//! moments of commits are random, and a seed repeats a life.
//!
//! A life that fails names its seed and shows its last steps. `COLAHUB_TEST_SEED=7 cargo test --lib simulation` shows
//! all of them. `COLAHUB_TEST_LIVES=10000` runs more lives, `COLAHUB_TEST_FROM=10000` others.

mod asking;
mod client;
mod deeds;
mod dice;
mod editing;
mod holding;
mod modes;
mod muting;
mod polling;
mod reacting;
mod renaming;
mod rest;
mod several;
mod steps;
mod truth;
mod walls;
mod watch;
mod world;

use std::any::Any;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use several::Cluster;
use world::World;

/// The number of lives in a plain test run.
const LIVES: u64 = 300;

/// The number of lives of several hubs.
const LIVES_TOGETHER: u64 = 100;

/// The steps of each life before it comes to rest.
const STEPS: usize = 400;

/// The steps of a life of several hubs.
const STEPS_TOGETHER: usize = 1_500;

/// How many steps of a failing life are shown, unless it was requested by its seed.
const SHOWN: usize = 40;

fn live(seed: u64) -> World {
    let mut world = World::new(seed);
    let result = catch_unwind(AssertUnwindSafe(|| {
        (0..STEPS).for_each(|_| world.step());
        world.comes_to_rest();
    }));
    explain(result, &world.trace, seed);
    world
}

fn live_together(seed: u64) -> Cluster {
    let mut cluster = Cluster::new(seed);
    let result = catch_unwind(AssertUnwindSafe(|| {
        (0..STEPS_TOGETHER).for_each(|_| cluster.step());
        cluster.comes_to_rest();
    }));
    explain(result, &cluster.trace, seed);
    cluster
}

/// Fails with the last steps, if a life has failed.
fn explain(result: Result<(), Box<dyn Any + Send>>, trace: &[String], seed: u64) {
    let Err(cause) = result else { return };
    let is_wanted = number("COLAHUB_TEST_SEED").is_some();
    let from = if is_wanted { 0 } else { trace.len().saturating_sub(SHOWN) };
    let trace = trace[from..].join("\n");
    let why = cause.downcast_ref::<String>().map(String::as_str);
    let why = why.or(cause.downcast_ref::<&str>().copied()).unwrap_or("it panicked");
    panic!("{trace}\n\n{why}\n\nThe whole of it: COLAHUB_TEST_SEED={seed}");
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// How many lives, and their seeds.
fn seeds(usual: u64) -> (u64, Range<u64>) {
    let lives = number("COLAHUB_TEST_LIVES").unwrap_or(usual);
    let from = number("COLAHUB_TEST_FROM").unwrap_or(0);
    (lives, from..from + lives)
}

#[test]
fn nothing_acknowledged_is_lost_doubled_or_out_of_order_whatever_happens() {
    if let Some(seed) = number("COLAHUB_TEST_SEED") {
        live(seed);
        return;
    }
    let (lives, seeds) = seeds(LIVES);
    let said: usize = seeds.map(|seed| live(seed).truth.count()).sum();
    assert!(said as u64 > lives * 100, "these lives are too quiet to prove anything: {said}");
}

#[test]
fn several_hubs_are_one_chat_whatever_happens() {
    if let Some(seed) = number("COLAHUB_TEST_SEED") {
        live_together(seed);
        return;
    }
    let (lives, seeds) = seeds(LIVES_TOGETHER);
    let said: usize = seeds.map(|seed| live_together(seed).truth.count()).sum();
    assert!(said as u64 > lives * 50, "these lives are too quiet to prove anything: {said}");
}

#[test]
fn a_seed_always_gives_the_same_life() {
    assert_eq!(live(1).trace, live(1).trace);
    assert_eq!(live_together(1).trace, live_together(1).trace);
}
