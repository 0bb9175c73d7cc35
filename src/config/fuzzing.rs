//! The rule for every configuration: it is good, or all its problems are reported.

#![allow(clippy::panic, reason = "it is how a broken rule is told")]

use std::ffi::OsString;
use std::net::Ipv6Addr;
use std::path::Path;
use std::time::Duration;

use unicode_segmentation::UnicodeSegmentation;

use super::problem::{Location, Problem, Problems};
use super::settings::SETTINGS;
use super::{Config, CorsOrigin, environment, file, merge};
use crate::domain::limits::Limits;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const FILE: &str = "hub.toml";

/// A file's text; then, after a line `---`, variables as `NAME=value`, one a line.
pub fn configuration(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (text, rest) = text.split_once("\n---\n").unwrap_or((&text, ""));
    let variables: Vec<(&str, &str)> =
        rest.lines().filter_map(|line| line.split_once('=')).collect();
    match merged(text, &variables) {
        Ok(config) => {
            is_in_its_bounds(&config);
            assert_eq!(
                merged(text, &variables).ok(),
                Some(config),
                "it is another the second time"
            );
        }
        Err(Problems(problems)) => {
            assert!(!problems.is_empty());
            problems.iter().for_each(|problem| is_a_sentence(problem, text, &variables));
        }
    }
}

fn merged(text: &str, variables: &[(&str, &str)]) -> Result<Config, Problems> {
    let in_variables = variables.iter().map(|(name, value)| (OsString::from(name), value.into()));
    let from_file = file::parse(Path::new(FILE), text).into_iter();
    let given = from_file.chain(environment::read(in_variables.collect()));
    merge(given).map(|(config, _)| config)
}

/// Holds that a problem is one line, says where and what is wrong, and does not contain the secret.
fn is_a_sentence(problem: &Problem, text: &str, variables: &[(&str, &str)]) {
    let sentence = problem.to_string();
    assert!(!sentence.contains(char::is_control), "{sentence:?} is not one line");
    assert!(sentence.len() < 500 + longest(text) + longest_name(variables), "{sentence} is a book");
    match problem {
        Problem::NotAllowed { place, key, found, .. } => {
            assert!(SETTINGS.iter().any(|setting| setting.key == *key));
            is_there(place, key, text, variables);
            let is_secret = ["wifi.password", "database.url"].contains(key);
            assert!(!is_secret || found == "a value not shown here", "it shows the password");
        }
        Problem::UnknownKey { place, key, .. } => is_there(place, key, text, variables),
        Problem::NotToml { place, .. } => is_there(place, "", text, variables),
        Problem::UnknownVariable { name, .. } | Problem::NotText { name } => {
            assert!(variables.iter().any(|(given, _)| given == name));
        }
        Problem::Contradiction(_) => {}
        Problem::Unreadable { .. } | Problem::NotUtf8 { .. } => {
            panic!("there is no file to be read")
        }
    }
}

/// Holds that a problem's key and value are in the line of the file, or in the variable, that it names.
fn is_there(place: &Location, key: &str, text: &str, variables: &[(&str, &str)]) {
    match place {
        Location::File { line, .. } => {
            // Something that is missing at the end is reported on the line after the last.
            let lines: Vec<&str> = text.split('\n').collect();
            let Some(written) = lines.get(line - 1) else { panic!("there is no line {line}") };
            let last = key.rsplit('.').next().unwrap_or(key);
            // A key may be written with escapes, and with dots or line breaks in quotes.
            let is_plain = !written.contains(['"', '\'']);
            assert!(
                !is_plain || written.contains(last),
                "{key} is not in line {line}: {written:?}"
            );
        }
        Location::Variable(name) => assert!(variables.iter().any(|(given, _)| given == name)),
        Location::Flag(name) => panic!("no flag {name} was given"),
    }
}

fn longest(text: &str) -> usize {
    // `Debug` writes up to eight bytes for one: `\u{10ffff}` for four.
    8 * text.lines().map(str::len).max().unwrap_or(0)
}

fn longest_name(variables: &[(&str, &str)]) -> usize {
    variables.iter().map(|(name, _)| name.len()).max().unwrap_or(0)
}

/// Holds that each value is in the range that the documentation of [`Config`] gives.
fn is_in_its_bounds(config: &Config) {
    let name = config.name.as_str();
    assert!((1..=58).contains(&name.len()) && !name.starts_with('-') && !name.ends_with('-'));
    assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    assert!((1..=30).contains(&config.title.as_str().graphemes(true).count()));
    assert!(!config.listen.is_empty());
    assert!(!config.data_dir.as_os_str().is_empty());
    assert!((Duration::from_secs(1)..=365 * DAY).contains(&config.rooms_lifetime));
    assert!((1..=10_000).contains(&config.rooms_limit));
    assert!((2..=1_000).contains(&config.rooms_roster_limit));
    let span = Duration::from_secs(60)..=365 * DAY;
    assert!(config.retention_age.is_none_or(|age| span.contains(&age)));
    assert!(config.retention_per_room <= 10_000_000);
    assert!(config.retention_size.is_none_or(|s| (1_000_000..=1_000_000_000_000).contains(&s)));
    assert!(config.backup_every.is_none_or(|every| span.contains(&every)));
    assert!((1..=100).contains(&config.backup_keep));
    assert!(config.database_gather <= Duration::from_secs(1));
    is_within_bounds(&config.limits);
    config.cors_origins.iter().for_each(is_as_browsers_send_it);
    config.http_hosts.iter().for_each(|host| {
        is_a_host(host);
        assert!(!host.split('.').any(str::is_empty), "{host} is compared without its last dot");
    });
    if let Some(wifi) = &config.wifi {
        assert!((1..=32).contains(&wifi.ssid.len()));
    }
}

/// Holds that the hub can run with each number, and that each rate allows something.
fn is_within_bounds(limits: &Limits) {
    let Limits { message_size, connections, sessions, namespaces, .. } = *limits;
    assert!((32 * 1024..=1024 * 1024).contains(&message_size));
    assert!([connections, sessions].iter().all(|most| (16..=65_536).contains(most)));
    assert!((16..=100_000).contains(&namespaces));
    assert!((1..=100_000).contains(&limits.namespaces_opened));
    for each in [limits.connections_each, limits.sessions_each] {
        assert!((1..=65_536).contains(&each));
    }
    for each in [limits.rooms_each, limits.rooms_joined, limits.namespaces_each] {
        assert!((1..=10_000).contains(&each));
    }
    let Limits { arrivals, handshakes, events, rooms_made, guesses, .. } = *limits;
    let Limits { alerts, reports, rosters, typing, renames, room_guesses, .. } = *limits;
    assert!((1..=64).contains(&limits.passwords_each));
    assert!((1 << 20..=16 << 20).contains(&limits.answers_each));
    let rates = [arrivals, handshakes, events, rooms_made, guesses, room_guesses];
    for rate in rates.into_iter().chain([alerts, reports, rosters, typing, renames]) {
        let every = Duration::from_millis(1)..=Duration::from_secs(3_600);
        assert!((1..=1_000_000).contains(&rate.burst) && every.contains(&rate.every), "{rate:?}");
    }
}

/// Holds that an origin is spelled as browsers spell it, since it would never match otherwise.
fn is_as_browsers_send_it(origin: &CorsOrigin) {
    let CorsOrigin::Exact(origin) = origin else { return };
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    assert!(!scheme.is_empty() && origin.bytes().all(|b| b.is_ascii_graphic()), "{origin}");
    assert!(!origin.contains(|c: char| c.is_ascii_uppercase()), "{origin}");
    let end = authority.find(']').map_or(0, |end| end + 1);
    let colon = authority[end..].find(':').map(|colon| end + colon);
    let (host, port) = authority.split_at(colon.unwrap_or(authority.len()));
    is_a_host(host);
    if let Some(port) = port.strip_prefix(':') {
        let number: u16 = port.parse().unwrap_or_default();
        assert!(number != 0 && number.to_string() == port, "{origin} has another port");
        assert!(!matches!((scheme, number), ("http", 80) | ("https", 443)), "{origin}");
    }
}

fn is_a_host(host: &str) {
    let inside = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match inside.map(str::parse::<Ipv6Addr>) {
        Some(address) => assert_eq!(address.map(|ip| format!("[{ip}]")).as_deref(), Ok(host)),
        None => {
            let is_letter = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
            assert!(!host.is_empty() && host.bytes().all(is_letter), "{host}");
            assert!(!host.bytes().any(|b| b.is_ascii_uppercase()), "{host}");
        }
    }
}
