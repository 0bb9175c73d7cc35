//! The table of all settings.

mod database;
mod host;
mod rooms;

use std::path::PathBuf;

use super::networks::Network;
use super::origins::{self, CorsOrigin};
use super::setting::{Applies, Setting};
use super::types::{self, HubName, InterfacePattern, Memory, Profile};
use super::wifi::{self, WifiSecurity};
use crate::domain::language::Language;
use crate::domain::text::Title;

/// The values that a rate takes.
const RATE: &str = "a rate such as \"20/s\", \"10/min\" or \"5/h burst 20\", at most 1000 at a time and 1000000 at once";

/// All settings, in the order of the annotated example file.
pub static SETTINGS: &[Setting] = &[
    Setting {
        key: "name",
        applies: Applies::OnRestart,
        doc: "The hub's name on the network: people open http://NAME.local.",
        allowed: "1 to 58 letters, digits and hyphens, with no hyphen at an end",
        apply: |draft, raw| raw.text(HubName::parse).map(|name| draft.config.name = name),
    },
    Setting {
        key: "title",
        applies: Applies::OnReload,
        doc: "What people see as the hub's name; the name itself unless set.",
        allowed: "text of 1 to 30 characters in one line",
        apply: |draft, raw| {
            raw.text(|text| Title::parse(text).ok()).map(|title| draft.title = Some(title))
        },
    },
    Setting {
        key: "language",
        applies: Applies::OnReload,
        doc: "The language of what the hub itself says.",
        allowed: "\"ko\" or \"en\"",
        apply: |draft, raw| raw.text(Language::from_code).map(|code| draft.config.language = code),
    },
    Setting {
        key: "listen",
        applies: Applies::OnRestart,
        doc: "Where the hub accepts connections; a port alone means every address.",
        allowed: "ADDR:PORT, [ADDR]:PORT or a port in quotes, or a list of at least one of them",
        apply: |draft, raw| raw.filled_list(types::listen).map(|list| draft.config.listen = list),
    },
    Setting {
        key: "data_dir",
        applies: Applies::OnRestart,
        doc: "The directory of the database and the hub's keys.",
        allowed: "the path of a directory",
        apply: |draft, raw| raw.text(path).map(|path| draft.config.data_dir = path),
    },
    Setting {
        key: "mdns",
        applies: Applies::OnRestart,
        doc: "Whether the hub announces itself on the local network, by mDNS.",
        allowed: "true or false",
        apply: |draft, raw| raw.truth().map(|mdns| draft.config.mdns = mdns),
    },
    Setting {
        key: "network.only",
        applies: Applies::OnRestart,
        doc: "The network interfaces by which people reach the hub; every suitable one unless set.",
        allowed: "a list of interfaces, such as \"wlan0\" or \"eth*\"",
        apply: |draft, raw| {
            raw.list(InterfacePattern::parse).map(|list| draft.config.interfaces.only = list)
        },
    },
    Setting {
        key: "network.skip",
        applies: Applies::OnRestart,
        doc: "The network interfaces by which people never reach the hub.",
        allowed: "a list of interfaces, such as \"docker0\" or \"veth*\"",
        apply: |draft, raw| {
            raw.list(InterfacePattern::parse).map(|list| draft.config.interfaces.skip = list)
        },
    },
    rooms::LIFETIME,
    rooms::HISTORY,
    rooms::LIMIT,
    rooms::ROSTER_LIMIT,
    rooms::FIRST,
    rooms::FIRST_NAMESPACE,
    rooms::TAKE_BACK,
    Setting {
        key: "retention.age",
        applies: Applies::OnRestart,
        doc: "How long messages are kept, and rooms after they have ended.",
        allowed: "a duration such as \"12h\" or \"30days\", from 1 minute to 365 days, or \"off\"",
        apply: |draft, raw| raw.text(types::span).map(|age| draft.config.retention_age = age),
    },
    Setting {
        key: "retention.per_room",
        applies: Applies::OnRestart,
        doc: "The most messages kept of one room; 0 is no limit.",
        allowed: "a whole number from 0 to 10000000",
        apply: |draft, raw| {
            raw.number(0..=10_000_000).map(|most| draft.config.retention_per_room = most)
        },
    },
    Setting {
        key: "retention.size",
        applies: Applies::OnRestart,
        doc: "How large the database may grow before messages are deleted, from the largest room first.",
        allowed: "a size such as \"500MB\" or \"1GiB\", from 1MB to 1000GB, or \"off\"",
        apply: |draft, raw| raw.text(types::size).map(|size| draft.config.retention_size = size),
    },
    Setting {
        key: "backup.every",
        applies: Applies::OnRestart,
        doc: "How often the database is copied into the folder backups of the data directory.",
        allowed: "a duration such as \"6h\", from 1 minute to 365 days, or \"off\"",
        apply: |draft, raw| raw.text(types::span).map(|every| draft.config.backup_every = every),
    },
    Setting {
        key: "backup.keep",
        applies: Applies::OnRestart,
        doc: "How many of those copies are kept.",
        allowed: "a whole number from 1 to 100",
        apply: |draft, raw| raw.number(1..=100).map(|keep| draft.config.backup_keep = keep),
    },
    database::GATHER,
    database::URL,
    database::PASSWORD_FILE,
    database::PATIENCE,
    Setting {
        key: "cors.origins",
        applies: Applies::OnReload,
        doc: "The origins whose pages may call the hub from a browser, besides the hub's own; \"*\" is every one.",
        allowed: "a list of \"*\" or scheme://host[:port], without a path",
        apply: |draft, raw| {
            raw.list(CorsOrigin::parse).map(|list| draft.config.cors_origins = list)
        },
    },
    Setting {
        key: "identity.bridge",
        applies: Applies::OnReload,
        doc: "Whether a call without credentials is taken for the person connected from its address.",
        allowed: "true or false",
        apply: |draft, raw| raw.truth().map(|bridge| draft.config.identity_bridge = bridge),
    },
    Setting {
        key: "identity.bridge_memory",
        applies: Applies::OnReload,
        doc: "How long somebody without a token still counts as that person after leaving.",
        allowed: "a time such as \"10min\", from 1s to 1day, or \"off\"",
        apply: |draft, raw| {
            raw.text(types::memory_span).map(|span| draft.config.identity_bridge_memory = span)
        },
    },
    Setting {
        key: "limits.profile",
        applies: Applies::OnReload,
        doc: "How much anyone may do: \"event\", \"nat\" or \"off\"; every limit below outweighs it.",
        allowed: "\"event\", \"nat\" or \"off\"",
        apply: |draft, raw| raw.text(Profile::parse).map(|profile| draft.limits.profile = profile),
    },
    Setting {
        key: "limits.proxies",
        applies: Applies::OnReload,
        doc: "Proxies in front of the hub that are trusted to say where a request comes from.",
        allowed: "a list of addresses or networks, such as \"192.168.4.2\" or \"10.0.0.0/8\"",
        apply: |draft, raw| raw.list(Network::parse).map(|list| draft.config.limits_proxies = list),
    },
    Setting {
        key: "limits.message_size",
        applies: Applies::OnRestart,
        doc: "The largest message, over a WebSocket or polling.",
        allowed: "a size from \"32KiB\" to \"1MiB\"",
        apply: |draft, raw| draft.limits.size(raw, |limits| &mut limits.message_size),
    },
    Setting {
        key: "limits.connections",
        applies: Applies::OnReload,
        doc: "The most connections at once.",
        allowed: "a whole number from 16 to 65536",
        apply: |draft, raw| draft.limits.number(raw, 16..=65_536, |limits| &mut limits.connections),
    },
    Setting {
        key: "limits.connections_each",
        applies: Applies::OnReload,
        doc: "The most connections of one address.",
        allowed: "a whole number from 1 to 65536",
        apply: |draft, raw| {
            draft.limits.number(raw, 1..=65_536, |limits| &mut limits.connections_each)
        },
    },
    Setting {
        key: "limits.arrivals",
        applies: Applies::OnReload,
        doc: "How fast new connections are accepted, of all addresses together; others wait.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.arrivals),
    },
    Setting {
        key: "limits.sessions",
        applies: Applies::OnReload,
        doc: "The most chat sessions at once: one for each open page and room.",
        allowed: "a whole number from 16 to 65536",
        apply: |draft, raw| draft.limits.number(raw, 16..=65_536, |limits| &mut limits.sessions),
    },
    Setting {
        key: "limits.sessions_each",
        applies: Applies::OnReload,
        doc: "The most chat sessions of one address.",
        allowed: "a whole number from 1 to 65536",
        apply: |draft, raw| {
            draft.limits.number(raw, 1..=65_536, |limits| &mut limits.sessions_each)
        },
    },
    Setting {
        key: "limits.handshakes",
        applies: Applies::OnReload,
        doc: "How fast chat sessions may be begun from one address.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.handshakes),
    },
    Setting {
        key: "limits.unread_each",
        applies: Applies::OnReload,
        doc: "The most bytes of answers that wait for clients of one address.",
        allowed: "a size from \"1MiB\" to \"1GiB\"",
        apply: |draft, raw| draft.limits.unread(raw, |limits| &mut limits.unread_each),
    },
    Setting {
        key: "limits.events",
        applies: Applies::OnReload,
        doc: "How fast one client may send events, of all kinds and in all its namespaces together.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.events),
    },
    Setting {
        key: "limits.messages",
        applies: Applies::OnReload,
        doc: "How fast one person may send messages, in all rooms and over all their connections.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.messages),
    },
    Setting {
        key: "limits.people_each",
        applies: Applies::OnReload,
        doc: "How many times one person's limits an address has.",
        allowed: "a whole number from 1 to 100000",
        apply: |draft, raw| draft.limits.number(raw, 1..=100_000, |limits| &mut limits.people_each),
    },
    Setting {
        key: "limits.rooms_each",
        applies: Applies::OnReload,
        doc: "The most living rooms that were made from one address.",
        allowed: "a whole number from 1 to 10000",
        apply: |draft, raw| draft.limits.number(raw, 1..=10_000, |limits| &mut limits.rooms_each),
    },
    Setting {
        key: "limits.rooms_made",
        applies: Applies::OnReload,
        doc: "How fast rooms may be made from one address.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.rooms_made),
    },
    Setting {
        key: "limits.guesses",
        applies: Applies::OnReload,
        doc: "How fast passwords may be tried, for one room from one address.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.guesses),
    },
    Setting {
        key: "limits.room_guesses",
        applies: Applies::OnReload,
        doc: "How fast passwords may be tried for one room, from all addresses together.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.room_guesses),
    },
    Setting {
        key: "limits.passwords_each",
        applies: Applies::OnReload,
        doc: "The most passwords of one address that may wait to be checked or made at once.",
        allowed: "a whole number from 1 to 64",
        apply: |draft, raw| draft.limits.number(raw, 1..=64, |limits| &mut limits.passwords_each),
    },
    Setting {
        key: "limits.answers_each",
        applies: Applies::OnReload,
        doc: "The largest size of all answers that one address has asked for and not read yet.",
        allowed: "a size from \"1MiB\" to \"16MiB\"",
        apply: |draft, raw| draft.limits.answers(raw, |limits| &mut limits.answers_each),
    },
    Setting {
        key: "limits.alerts",
        applies: Applies::OnReload,
        doc: "How fast one person may put alerts of their own into rooms.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.alerts),
    },
    Setting {
        key: "limits.reports",
        applies: Applies::OnReload,
        doc: "How fast one person may report messages to the host.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.reports),
    },
    Setting {
        key: "limits.rosters",
        applies: Applies::OnReload,
        doc: "How fast one person may ask who is in a room.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.rosters),
    },
    Setting {
        key: "limits.typing",
        applies: Applies::OnReload,
        doc: "How fast one person may signal that they are typing; more is dropped.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.typing),
    },
    Setting {
        key: "limits.renames",
        applies: Applies::OnReload,
        doc: "How fast one chatter may change their name.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.renames),
    },
    Setting {
        key: "limits.joins",
        applies: Applies::OnReload,
        doc: "How fast one person may join rooms.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.joins),
    },
    Setting {
        key: "limits.newcomers",
        applies: Applies::OnReload,
        doc: "How fast people who have not been in a room since the hub was started may join from one address.",
        allowed: RATE,
        apply: |draft, raw| draft.limits.rate(raw, |limits| &mut limits.newcomers),
    },
    Setting {
        key: "limits.places_each",
        applies: Applies::OnReload,
        doc: "The share of a room's places that people of one address may hold, in percent.",
        allowed: "a whole number from 1 to 100",
        apply: |draft, raw| draft.limits.number(raw, 1..=100, |limits| &mut limits.places_each),
    },
    Setting {
        key: "limits.rooms_joined",
        applies: Applies::OnReload,
        doc: "The most rooms that one socket may be in at once.",
        allowed: "a whole number from 1 to 10000",
        apply: |draft, raw| draft.limits.number(raw, 1..=10_000, |limits| &mut limits.rooms_joined),
    },
    Setting {
        key: "limits.namespaces_each",
        applies: Applies::OnReload,
        doc: "The most namespaces that one client may be connected to at once.",
        allowed: "a whole number from 1 to 10000",
        apply: |draft, raw| {
            draft.limits.number(raw, 1..=10_000, |limits| &mut limits.namespaces_each)
        },
    },
    Setting {
        key: "limits.namespaces_opened",
        applies: Applies::OnReload,
        doc: "The most living namespaces that were opened from one address.",
        allowed: "a whole number from 1 to 100000",
        apply: |draft, raw| {
            draft.limits.number(raw, 1..=100_000, |limits| &mut limits.namespaces_opened)
        },
    },
    Setting {
        key: "limits.namespaces",
        applies: Applies::OnReload,
        doc: "The most namespaces that are alive at once.",
        allowed: "a whole number from 16 to 100000",
        apply: |draft, raw| draft.limits.number(raw, 16..=100_000, |limits| &mut limits.namespaces),
    },
    Setting {
        key: "limits.memory",
        applies: Applies::OnReload,
        doc: "How much memory the hub may take before it turns newcomers away.",
        allowed: "\"auto\", \"off\", or a size such as \"200MB\", from 8MB to 64GB",
        apply: |draft, raw| raw.text(Memory::parse).map(|most| draft.config.limits_memory = most),
    },
    Setting {
        key: "log.level",
        applies: Applies::OnReload,
        doc: "How much is logged, by target.",
        allowed: "a level (off, error, warn, info, debug, trace) or several such as \"info,colahub=debug\"",
        apply: |draft, raw| raw.text(types::levels).map(|levels| draft.config.log_level = levels),
    },
    Setting {
        key: "http.hosts",
        applies: Applies::OnReload,
        doc: "Other names by which people open the hub, besides its own name and addresses.",
        allowed: "a list of host names or addresses, without a port",
        apply: |draft, raw| raw.list(origins::host).map(|list| draft.config.http_hosts = list),
    },
    Setting {
        key: "http.public_url",
        applies: Applies::OnReload,
        doc: "Where people open the hub, if that is none of its own addresses.",
        allowed: "an address such as \"https://chat.example\" or \"http://203.0.113.7:8080\", without a path, or \"auto\"",
        apply: |draft, raw| {
            raw.text(origins::public_url).map(|url| draft.config.http_public_url = url)
        },
    },
    Setting {
        key: "http.require_origin",
        applies: Applies::OnReload,
        doc: "Whether programs that send no Origin are refused, so that only browsers may chat.",
        allowed: "true or false",
        apply: |draft, raw| raw.truth().map(|must| draft.config.http_require_origin = must),
    },
    host::INTERFACES,
    Setting {
        key: "metrics.public",
        applies: Applies::OnReload,
        doc: "Whether /metrics answers everyone, and not only this machine.",
        allowed: "true or false",
        apply: |draft, raw| raw.truth().map(|public| draft.config.metrics_public = public),
    },
    Setting {
        key: "wifi.ssid",
        applies: Applies::OnReload,
        doc: "The wireless network that the join page tells people to join.",
        allowed: "text of 1 to 32 bytes",
        apply: |draft, raw| raw.text(wifi::ssid).map(|ssid| draft.wifi.ssid = Some(ssid)),
    },
    Setting {
        key: "wifi.security",
        applies: Applies::OnReload,
        doc: "How that network is protected: \"WPA\", \"WEP\" or \"nopass\".",
        allowed: "\"WPA\", \"WEP\" or \"nopass\"",
        apply: |draft, raw| {
            raw.text(WifiSecurity::parse).map(|security| draft.wifi.security = Some(security))
        },
    },
    Setting {
        key: "wifi.password",
        applies: Applies::OnReload,
        doc: "The password of that network; the join page shows it to whoever opens it.",
        allowed: "text of 1 to 64 bytes, in quotes",
        apply: |draft, raw| {
            raw.secret(wifi::password).map(|secret| draft.wifi.password = Some(secret))
        },
    },
];

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}
