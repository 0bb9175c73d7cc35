//! Stories about the program itself: started, asked over plain HTTP, stopped. What people do in the
//! chat is told in `tests/peers`, with other people's clients.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test may panic"
)]

mod kit;

mod command_line;
mod connections;
mod data_folder;
mod health;
mod page;
mod service;
mod shutdown;
mod status;
