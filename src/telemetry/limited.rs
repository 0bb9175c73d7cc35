//! The limit for lines on standard error, which may be a file on an SD card, or a terminal that somebody watches.

use std::fmt;
use std::time::Instant;

use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::limit::{Limit, Verdict};

/// Formats only the events that are to be logged. Nothing is written for the others.
#[derive(Debug)]
pub(super) struct Limited<F> {
    format: F,
    limit: Limit,
}

impl<F> Limited<F> {
    /// A limit around `format`, which has to end each event with a line break.
    pub(super) fn new(format: F) -> Self {
        Self { format, limit: Limit::default() }
    }
}

impl<S, N, F> FormatEvent<S, N> for Limited<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let verdict = self.limit.judge(event.metadata(), Instant::now());
        let note = match verdict {
            Verdict::LeaveOut => return Ok(()),
            Verdict::Write => return self.format.format_event(context, writer, event),
            Verdict::WriteAfter(_) | Verdict::WriteLast => verdict.note(),
        };
        let mut line = String::new();
        self.format.format_event(context, Writer::new(&mut line), event)?;
        writeln!(writer, "{}{}", line.trim_end(), note.unwrap_or_default())
    }
}
