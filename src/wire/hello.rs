//! What a client hears first: which hub this is.

use serde::Serialize;

use super::{Json, encode, iso};
use crate::domain::ids::HubId;
use crate::domain::language::Language;
use crate::domain::time::WallTime;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WireHello<'a> {
    hub: WireHub<'a>,
    language: &'static str,
    time: String,
    time_trusted: bool,
}

#[derive(Debug, Serialize)]
struct WireHub<'a> {
    id: String,
    name: &'a str,
    version: &'static str,
}

/// This program's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Additional: the event that a client receives first when it connects to a namespace.
#[must_use]
pub fn hello(
    hub: HubId,
    name: &str,
    language: Language,
    (now, time_trusted): (WallTime, bool),
) -> Json {
    encode(&WireHello {
        hub: WireHub { id: hub.to_string(), name, version: VERSION },
        language: language.code(),
        time: iso(now),
        time_trusted,
    })
}
