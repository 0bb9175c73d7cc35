//! Events for the systemd journal, with every field of the event and the spans around it.
//!
//! `journalctl` shows only the message, so the fields are appended to it, escaped. The field `EVENT` names the kind of
//! event; it is made of the message's words (`room-made`) if the event does not set it.

use std::time::Instant;

use log::kv::{Key, Source, Value, VisitSource};
use log::{Level, Record};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::fields::Fields;
use super::limit::{Limit, Verdict};

/// Turns each event into a [`Record`] whose key-values are the event's fields, and sends it.
///
/// `tracing`'s own bridge to `log` would lose the fields; with them,
/// `journalctl ROOM=…` shows one room's story.
pub(super) struct JournalLayer<F> {
    send: F,
    limit: Limit,
}

impl<F: Fn(&Record<'_>)> JournalLayer<F> {
    pub(super) fn new(send: F) -> Self {
        Self { send, limit: Limit::default() }
    }
}

impl<S, F> Layer<S> for JournalLayer<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    F: Fn(&Record<'_>) + 'static,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &tracing::span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        let verdict = self.limit.judge(metadata, Instant::now());
        if verdict == Verdict::LeaveOut {
            return;
        }
        let mut fields = Fields::of_spans(event, &context);
        event.record(&mut fields);
        let message = fields.take_message();
        let event = fields.take("event").unwrap_or_else(|| name(&message));
        let message = line(&message, &fields, &verdict);
        fields.put("event", event);
        // In one expression, since the result of `format_args!` does not outlive it.
        (self.send)(
            &Record::builder()
                .args(format_args!("{message}"))
                .level(level(metadata.level()))
                .target(metadata.target())
                .module_path(metadata.module_path())
                .file(metadata.file())
                .line(metadata.line())
                .key_values(&fields)
                .build(),
        );
    }
}

/// The line that a person reads: the message, the fields, and a note if lines were left out.
fn line(message: &str, fields: &Fields, verdict: &Verdict) -> String {
    let line = fields.line(message);
    match verdict {
        Verdict::WriteAfter(left_out) => {
            format!("{line} ({left_out} more like this were not logged)")
        }
        Verdict::WriteLast => line + " (more like this in the next seconds are only counted)",
        Verdict::Write | Verdict::LeaveOut => line,
    }
}

/// A message as a name: `room made` is `room-made`.
fn name(message: &str) -> String {
    let words = message.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

fn level(level: &tracing::Level) -> Level {
    match *level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        tracing::Level::DEBUG => Level::Debug,
        tracing::Level::TRACE => Level::Trace,
    }
}

/// Values are passed on unescaped, since the journal separates them whatever they contain.
impl Source for Fields {
    fn visit<'kvs>(&'kvs self, visitor: &mut dyn VisitSource<'kvs>) -> Result<(), log::kv::Error> {
        self.iter()
            .try_for_each(|(name, value)| visitor.visit_pair(Key::from(name), Value::from(value)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::subscriber::with_default;
    use tracing::{info, info_span};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry::Registry;

    use super::super::fields::HOSTILE;
    use super::*;

    /// The events that reach the journal, written `LEVEL TARGET: MESSAGE | name=value …`.
    fn sent(log: impl FnOnce()) -> Vec<String> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&lines);
        let layer = JournalLayer::new(move |record: &Record<'_>| {
            sink.lock().unwrap().push(line(record));
        });
        with_default(Registry::default().with(layer), log);
        lines.lock().unwrap().clone()
    }

    fn line(record: &Record<'_>) -> String {
        struct Line(String);
        impl<'kvs> VisitSource<'kvs> for Line {
            fn visit_pair(
                &mut self,
                key: Key<'kvs>,
                value: Value<'kvs>,
            ) -> Result<(), log::kv::Error> {
                self.0 += &format!(" {key}={value}");
                Ok(())
            }
        }
        let mut line = Line(format!("{} {}: {} |", record.level(), record.target(), record.args()));
        record.key_values().visit(&mut line).unwrap();
        line.0
    }

    #[test]
    fn fields_of_any_type_become_text() {
        let sent = sent(|| {
            info!(target: "hub", room = "r1", people = 3, full = false, reason = ?Some(1), "joined");
        });
        let fields = "room=r1 people=3 full=false reason=Some(1)";
        assert_eq!(sent, [format!("INFO hub: joined {fields} | {fields} event=joined")]);
    }

    #[test]
    fn an_event_is_named_by_its_message_unless_it_names_itself() {
        let sent = sent(|| {
            info!(target: "hub", "The system's clock: set");
            info!(target: "hub", event = "clock", why = "by hand", "set");
        });
        assert_eq!(
            sent,
            [
                "INFO hub: The system's clock: set | event=the-system-s-clock-set",
                r#"INFO hub: set why="by hand" | why=by hand event=clock"#
            ]
        );
    }

    #[test]
    fn nothing_that_strangers_chose_can_forge_a_line() {
        for (hostile, shown) in HOSTILE {
            let sent = sent(|| info!(target: "hub", namespace = hostile, conn = 7, "connected"));
            let fields = format!("namespace={hostile} conn=7 event=connected");
            let text = format!("connected namespace={shown} conn=7");
            assert_eq!(sent, [format!("INFO hub: {text} | {fields}")]);
        }
        let sent = sent(|| info!(target: "hub", "said \u{1b}[31m{}", "a\nb"));
        assert_eq!(sent, [r"INFO hub: said \u{1b}[31ma\nb | event=said-31ma-b"]);
    }

    #[test]
    fn a_flood_from_one_place_is_counted() {
        let sent = sent(|| {
            for conn in 0..1_000 {
                info!(target: "hub", conn, "connected");
            }
            info!(target: "hub", "elsewhere");
        });
        assert!(sent.len() < 100, "{} lines", sent.len());
        assert_eq!(sent.last().unwrap(), "INFO hub: elsewhere | event=elsewhere");
    }

    #[test]
    fn spans_lend_their_fields_and_the_innermost_stays() {
        let sent = sent(|| {
            let outer = info_span!("connection", namespace = "camp", room = "none").entered();
            let inner = info_span!("join", room = "r1", chatter = tracing::field::Empty).entered();
            inner.record("chatter", "c1");
            info!(target: "hub", "joined");
            drop((inner, outer));
            tracing::error!(target: "hub", "alone");
        });
        assert_eq!(
            sent,
            [
                "INFO hub: joined namespace=camp room=r1 chatter=c1 \
                 | namespace=camp room=r1 chatter=c1 event=joined",
                "ERROR hub: alone | event=alone"
            ]
        );
    }

    #[test]
    fn the_source_line_is_kept() {
        let places = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&places);
        let layer = JournalLayer::new(move |record: &Record<'_>| {
            sink.lock().unwrap().push((record.file().map(str::to_owned), record.line()));
        });
        let here = line!() + 1;
        with_default(Registry::default().with(layer), || info!("here"));
        assert_eq!(*places.lock().unwrap(), [(Some(file!().to_owned()), Some(here))]);
    }
}
