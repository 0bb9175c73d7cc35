//! The settings of rooms and their messages.

use super::super::setting::{Applies, Setting};
use super::super::types;
use crate::domain::text::{Namespace, Title};

/// How long people's rooms live.
pub(super) const LIFETIME: Setting = Setting {
    key: "rooms.lifetime",
    applies: Applies::OnReload,
    doc: "How long a room that people made lives; the host's live until the host ends them.",
    allowed: "a duration such as \"90min\" or \"1day 12h\", from 1 second to 365 days",
    apply: |draft, raw| raw.text(types::lifetime).map(|time| draft.config.rooms_lifetime = time),
};

/// Where newcomers begin to read a room of the host or the hub.
pub(super) const HISTORY: Setting = Setting {
    key: "rooms.history",
    applies: Applies::OnReload,
    doc: "Where people who join a room of the host or the hub begin to read it.",
    allowed: "\"all\" or \"joined\"",
    apply: |draft, raw| {
        raw.text(|text| text.parse().ok()).map(|history| draft.config.rooms_history = history)
    },
};

/// How many rooms live at once.
pub(super) const LIMIT: Setting = Setting {
    key: "rooms.limit",
    applies: Applies::OnReload,
    doc: "The most rooms that live at once, beside those that the host makes.",
    allowed: "a whole number from 1 to 10000",
    apply: |draft, raw| raw.number(1..=10_000).map(|limit| draft.config.rooms_limit = limit),
};

/// How many people a roster lists.
pub(super) const ROSTER_LIMIT: Setting = Setting {
    key: "rooms.roster_limit",
    applies: Applies::OnReload,
    doc: "The most people that a room's list of people shows.",
    allowed: "a whole number from 2 to 1000",
    apply: |draft, raw| raw.number(2..=1000).map(|limit| draft.config.rooms_roster_limit = limit),
};

/// The title of the room that the hub makes whenever no other is open.
pub(super) const FIRST: Setting = Setting {
    key: "rooms.first",
    applies: Applies::OnReload,
    doc: "The title of the room that is made whenever no other is open to everybody; \"\" makes none.",
    allowed: "text of at most 30 characters in one line",
    apply: |draft, raw| raw.text(room).map(|room| draft.rooms_first = Some(room)),
};

/// The namespace of that room.
pub(super) const FIRST_NAMESPACE: Setting = Setting {
    key: "rooms.first_namespace",
    applies: Applies::OnReload,
    doc: "The namespace of that first room.",
    allowed: "text of 1 to 64 characters in one line, without commas, #, question marks and brackets",
    apply: |draft, raw| {
        raw.text(|text| Namespace::for_room(text).ok())
            .map(|name| draft.config.rooms_first_namespace = name)
    },
};

/// For how long a message can be taken back.
pub(super) const TAKE_BACK: Setting = Setting {
    key: "messages.take_back",
    applies: Applies::OnReload,
    doc: "How long people can take back a message of their own.",
    allowed: "a duration from 1 second to 1 day such as \"10min\", or \"0\" for never",
    apply: |draft, raw| {
        raw.text(types::take_back).map(|span| draft.config.messages_take_back = span)
    },
};

/// Parses the title of the first room; an empty text stands for no room.
fn room(text: &str) -> Option<Option<Title>> {
    if text.is_empty() { Some(None) } else { Title::parse(text).ok().map(Some) }
}
