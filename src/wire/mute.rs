//! What somebody muted is told of it.

use serde::Serialize;

use super::iso;
use crate::hub::command::MuteNotice;

#[derive(Debug, Serialize)]
pub(super) struct WireMute {
    /// Until when; null until the host lifts it.
    until: Option<String>,
}

/// The payload of `muted`, and what the answer to a join says.
pub(super) fn mute(notice: &MuteNotice) -> WireMute {
    WireMute { until: notice.until.map(iso) }
}

/// The payload of `unmuted`.
#[derive(Debug, Serialize)]
pub(super) struct WireUnmuted {}
