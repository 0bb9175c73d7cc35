//! Failing disks: damaged files, full disks, read-only disks.
//!
//! `mutants` damages good databases in all ways and starts the hub on each; a plain run has 200,
//! `COLAHUB_TEST_MUTANTS=2000 cargo test --test disk` more. `mounts` fills and freezes small file
//! systems; making those takes root, without which it says so and tests nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    unreachable_pub,
    reason = "a test may panic and tell, and the kit does more than is needed here"
)]

#[path = "../../src/hub/simulation/dice.rs"]
mod dice;
#[path = "../it/doer.rs"]
mod doer;
#[path = "../it/kit.rs"]
mod kit;
mod mounts;
mod mutants;
#[path = "../it/sender.rs"]
mod sender;
#[path = "../it/socket.rs"]
mod socket;
