//! Logging: to the journal with fields under systemd, else to standard error.
//!
//! Only `tracing` events are logged. Events of the `log` crate are dropped on purpose: nobody has checked
//! what they reveal.

mod fields;
mod journal;
mod limit;

use std::fmt;
use std::io::{self, IsTerminal};
use std::time::SystemTime;

use systemd_journal_logger::{JournalLog, connected_to_journal};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{SetGlobalDefaultError, set_global_default};
use tracing_subscriber::filter::{FilterExt, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Filter, Layer, SubscriberExt};
use tracing_subscriber::registry::{LookupSpan, Registry};
use tracing_subscriber::reload;

use fields::OneLine;
use journal::JournalLayer;

/// Libraries that log tokens and messages at `debug`. Targets match by prefix, so `hyper` includes `hyper_util`.
const TALKATIVE: [&str; 5] =
    ["engineioxide", "hyper", "socketioxide", "tokio_tungstenite", "tungstenite"];

/// The levels of a log that has started.
#[derive(Debug, Clone)]
pub struct Levels(reload::Handle<Targets, Registry>);

impl Levels {
    /// Logs at these levels from now on.
    pub fn set(&self, levels: &Targets) {
        // Fails only if the subscriber is gone, and then there is no log.
        let _gone = self.0.reload(levels.clone());
    }
}

/// Starts logging at these levels. Only the first call in a process has an effect.
pub fn init(levels: &Targets) -> Result<Levels, SetGlobalDefaultError> {
    let registry = Registry::default();
    let (filter, levels) = filter(levels);
    match journal() {
        Some(journal) => {
            // Reported in the journal itself, for lack of a better place.
            let send = move |record: &log::Record<'_>| drop(journal.journal_send(record));
            set_global_default(registry.with(JournalLayer::new(send).with_filter(filter)))?;
        }
        None => set_global_default(registry.with(lines().with_filter(filter)))?,
    }
    Ok(levels)
}

/// Whether standard error goes to the journal, which takes a line that begins with `<3>` for an error (sd-daemon(3)).
pub fn is_stderr_journal() -> bool {
    connected_to_journal()
}

/// The journal, if this process runs under systemd and can reach it.
fn journal() -> Option<JournalLog> {
    connected_to_journal().then(JournalLog::new)?.ok()
}

/// One readable line for each event, on standard error.
fn lines<S>() -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    to(io::stderr, io::stderr().is_terminal())
}

fn to<S, W>(writer: W, in_colour: bool) -> impl Layer<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    tracing_subscriber::fmt::layer()
        .compact()
        .fmt_fields(OneLine)
        .with_timer(UtcSeconds)
        .with_ansi(in_colour)
        .with_writer(writer)
}

/// The filter: `levels`, but never the debug output of libraries that log private data, whatever the host has
/// configured. Guests did not agree to that.
fn filter(levels: &Targets) -> (impl Filter<Registry> + use<>, Levels) {
    let cap = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_targets(TALKATIVE.map(|target| (target, LevelFilter::INFO)));
    let (levels, handle) = reload::Layer::new(levels.clone());
    (levels.and(cap), Levels(handle))
}

struct UtcSeconds;

impl FormatTime for UtcSeconds {
    fn format_time(&self, w: &mut Writer<'_>) -> fmt::Result {
        write!(w, "{}", humantime::format_rfc3339_seconds(SystemTime::now()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;

    use super::*;

    /// The messages that pass a filter of these levels.
    fn passing(levels: &Targets, log: impl FnOnce()) -> Vec<String> {
        passing_while(levels, |_| log())
    }

    /// Like [`passing`], while the levels change.
    fn passing_while(levels: &Targets, log: impl FnOnce(Levels)) -> Vec<String> {
        let passed = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&passed);
        let layer = JournalLayer::new(move |record: &log::Record<'_>| {
            sink.lock().unwrap().push(record.args().to_string());
        });
        let (filter, levels) = filter(levels);
        with_default(Registry::default().with(layer.with_filter(filter)), || log(levels));
        passed.lock().unwrap().clone()
    }

    #[test]
    fn talkative_libraries_never_pass_details() {
        let levels = Targets::new()
            .with_default(LevelFilter::TRACE)
            .with_target("socketioxide::client", LevelFilter::TRACE);
        let passed = passing(&levels, || {
            tracing::debug!(target: "socketioxide", "a token");
            tracing::debug!(target: "socketioxide::client", "a payload");
            tracing::trace!(target: "engineioxide::transport", "a frame");
            tracing::debug!(target: "hyper_util::server", "a header");
            tracing::info!(target: "socketioxide", "a warning sign");
            tracing::trace!(target: "colahub::hub", "a detail of ours");
        });
        assert_eq!(passed, ["a warning sign", "a detail of ours"]);
    }

    #[test]
    fn changed_levels_count_at_once_and_keep_below_the_cap() {
        let level = |level| Targets::new().with_default(level);
        let passed = passing_while(&level(LevelFilter::INFO), |levels| {
            let log = |n: u8| {
                tracing::debug!(target: "colahub::hub", "a detail of ours, {n}");
                tracing::debug!(target: "socketioxide", "a token, {n}");
            };
            log(1);
            levels.set(&level(LevelFilter::TRACE));
            log(2);
            levels.set(&level(LevelFilter::WARN));
            log(3);
        });
        assert_eq!(passed, ["a detail of ours, 2"]);
    }

    /// What is written to standard error.
    fn written(log: impl FnOnce()) -> String {
        let written = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&written);
        let layer = to(move || Sink(Arc::clone(&sink)), false);
        with_default(Registry::default().with(layer), log);
        let written = written.lock().unwrap().clone();
        String::from_utf8(written).unwrap()
    }

    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_that_strangers_chose_can_forge_a_line() {
        for (hostile, shown) in fields::HOSTILE {
            let line = written(|| {
                let _span = tracing::info_span!("around", namespace = %hostile).entered();
                tracing::info!(target: "hub", namespace = %hostile, error = ?hostile, "said");
            });
            assert_eq!(line.lines().count(), 1, "{line:?}");
            assert!(line.contains(&format!("said namespace={shown} error=")), "{line:?}");
            assert!(line.trim_end().ends_with(&format!("namespace={shown}")), "{line:?}");
            assert!(!line.trim_end().contains(char::is_control), "{line:?}");
        }
        let line = written(|| tracing::info!("said \u{1b}[31m{}", "a\nb"));
        assert!(line.ends_with(" said \\u{1b}[31ma\\nb\n"), "{line:?}");
    }

    #[test]
    fn the_configured_levels_hold_below_the_cap() {
        let levels = Targets::new()
            .with_default(LevelFilter::WARN)
            .with_target("colahub::store", LevelFilter::DEBUG);
        let passed = passing(&levels, || {
            tracing::info!(target: "socketioxide", "quiet");
            tracing::info!(target: "colahub::hub", "quiet");
            tracing::debug!(target: "colahub::store", "asked for");
            tracing::warn!(target: "hyper", "important");
        });
        assert_eq!(passed, ["asked for", "important"]);
    }
}
