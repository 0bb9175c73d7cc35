//! The host's announcements.

use serde::Serialize;

use super::{Json, encode, iso};
use crate::domain::ids::AnnouncementId;
use crate::hub::command::AnnouncementView;

/// Additional: an announcement.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WireAnnouncement<'a> {
    id: String,
    /// Null: for all rooms.
    room_id: Option<String>,
    text: &'a str,
    /// When it was made.
    sent_at: String,
    /// Up to when it is shown, as estimated. Null until it is taken down.
    until: Option<String>,
}

/// An announcement.
#[must_use]
pub fn announcement(view: &AnnouncementView) -> WireAnnouncement<'_> {
    WireAnnouncement {
        id: view.announcement.id.to_string(),
        room_id: view.announcement.room.map(|room| room.to_string()),
        text: view.announcement.text.as_str(),
        sent_at: iso(view.announcement.made_at),
        until: view.until.map(iso),
    }
}

#[derive(Debug, Serialize)]
struct WireGone {
    id: String,
}

/// That an announcement is shown no more.
pub(super) fn gone(id: AnnouncementId) -> Json {
    encode(&WireGone { id: id.to_string() })
}
