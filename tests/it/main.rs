//! Tests of the program itself: it is started, called over plain HTTP and stopped. What people do in the chat is tested
//! in `tests/peers`, with other people's clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test may panic"
)]

#[path = "../../src/hub/simulation/dice.rs"]
#[allow(dead_code, reason = "shared with the simulation, which rolls more of them")]
mod dice;
mod kit;
#[allow(dead_code, reason = "shared with the power cuts, which look at the time")]
mod sender;
mod socket;

mod announcements;
mod answers;
mod callers;
mod clock;
mod command_line;
mod connections;
mod control_socket;
mod copies;
mod damages;
mod data_folder;
mod direct_writes;
mod doors;
mod event;
mod export;
mod health;
mod host;
mod host_calls;
mod host_doors;
mod host_people;
mod host_words;
#[allow(clippy::print_stdout, reason = "figures, for who asks for them")]
mod killed;
mod limits;
mod lists;
mod memory;
mod metrics;
mod names;
mod new_id;
mod paces;
mod page;
mod passwords;
mod polling;
mod polls;
mod prepared;
mod reload;
mod service;
mod shutdown;
mod slow;
mod status;
mod strange_files;
mod unread;
mod upgrades;
mod waits;
mod walls;
mod wipe;
