//! Cola Hub: an edge chat hub for single-board computers.
//!
//! A module imports only modules below it; `tests/house.rs` holds that.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`cli`] | the command line |
//! | [`doctor`] | checks from this machine whether people can reach the hub |
//! | [`server`] | builds everything, owns start and shutdown |
//! | [`control`] | the control socket, and the requests of hosts |
//! | [`event_file`] | the event file: read, planned, written; pure |
//! | [`export`] | everything that was said, as a zip |
//! | [`http`] | Cola Chat's `/chat`, the hub's `/api`, health, the page |
//! | [`gateway`] | Socket.IO: namespaces, events, broadcasts |
//! | [`wire`] | every JSON shape that leaves the hub |
//! | [`hub`] | the use cases, decided one at a time, in order |
//! | [`store`] | the store: SQLite for one hub, PostgreSQL for several |
//! | [`identity`] | the signed tokens that name a browser |
//! | [`door`] | a client's address, and the limits for each address |
//! | [`tcp`] | one accepted connection |
//! | [`discovery`] | the hub's name on the network, and the other hubs there |
//! | [`network`] | the addresses at which people reach the hub |
//! | [`timeouts`] | every timeout of a client |
//! | [`budget`] | how much memory the hub may use |
//! | [`metrics`] | counters and gauges, in Prometheus' text format |
//! | [`telemetry`] | logs, to the journal or a terminal |
//! | [`hotspot`] | the event's own network, by NetworkManager |
//! | [`unit`] | the installed service, as systemd knows it |
//! | [`config`] | file, environment and flags, as one checked value |
//! | [`domain`] | the rules of the chat, as pure code |
//! | `sync` | locking a mutex |

#![forbid(unsafe_code)]

pub mod budget;
pub mod cli;
pub mod config;
pub mod control;
pub mod discovery;
pub mod doctor;
pub mod domain;
pub mod door;
pub mod event_file;
pub mod export;
#[doc(hidden)]
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod gateway;
pub mod hotspot;
pub mod http;
pub mod hub;
pub mod identity;
pub mod metrics;
pub mod network;
pub mod server;
pub mod store;
mod sync;
pub mod tcp;
pub mod telemetry;
pub mod timeouts;
pub mod unit;
pub mod wire;
