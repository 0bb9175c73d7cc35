//! The rules of the walls of rooms.

use rusqlite::types::Value;

use super::{Table, number, within};
use crate::domain::room::wall::{DELAY_MAX, WallView};
use crate::store::wall::{delay_ms, view_number};

/// The walls, without their links: one that the host has revoked since would be valid again.
pub(super) const WALLS: Table = Table {
    name: "walls",
    columns: &[("room", number), ("view", view), ("delay", delay)],
    key_width: 1,
    settle: |_| {},
};

fn view(value: &Value) -> Option<Value> {
    within(value, 0, view_number(WallView::Off).into())
}

fn delay(value: &Value) -> Option<Value> {
    within(value, 0, delay_ms(DELAY_MAX))
}
