//! Prometheus' text format, version 0.0.4.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use super::{BUCKETS, Distribution};

/// A page of metrics that is being written.
#[derive(Debug, Default)]
pub struct Page(String);

impl Page {
    /// The `content-type` of its answer.
    pub const CONTENT_TYPE: &'static str = "text/plain; version=0.0.4; charset=utf-8";

    /// Writes a gauge: a number that goes up and down.
    pub fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "gauge");
        self.line(name, "", value);
    }

    /// Writes a counter: a number that only grows. Its name has to end in `_total`.
    pub fn counter(&mut self, name: &str, help: &str, value: impl Display) {
        self.head(name, help, "counter");
        self.line(name, "", value);
    }

    /// Writes gauges, one for each value of a label.
    pub fn gauges<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) {
        self.family(name, help, "gauge", label, values);
    }

    /// Writes counters, one for each value of a label.
    pub fn counters(
        &mut self,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'static str, u64)>,
    ) {
        self.family(name, help, "counter", label, values);
    }

    /// Writes a state as gauges: 1 for the present state, 0 for the others.
    pub fn state(&mut self, name: &str, help: &str, all: &[&'static str], is: &str) {
        let values = all.iter().map(|state| (*state, u8::from(*state == is)));
        self.gauges(name, help, "state", values);
    }

    /// Writes a histogram of durations. Its name has to end in `_seconds`.
    pub fn durations(&mut self, name: &str, help: &str, found: &Distribution) {
        self.head(name, help, "histogram");
        let bucket = format!("{name}_bucket");
        for (bound, count) in BUCKETS.iter().zip(&found.at_most) {
            let bound = seconds(Duration::from_millis(*bound));
            self.line(&bucket, &format!("{{le=\"{bound}\"}}"), count);
        }
        self.line(&bucket, "{le=\"+Inf\"}", found.count);
        self.line(&format!("{name}_sum"), "", seconds(found.sum));
        self.line(&format!("{name}_count"), "", found.count);
    }

    /// The finished page.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }

    fn family<V: Display>(
        &mut self,
        name: &str,
        help: &str,
        kind: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) {
        self.head(name, help, kind);
        for (value, number) in values {
            self.line(name, &format!("{{{label}=\"{value}\"}}"), number);
        }
    }

    // Writing to a String cannot fail.
    fn head(&mut self, name: &str, help: &str, kind: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn line(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = writeln!(self.0, "{name}{labels} {value}");
    }
}

fn seconds(span: Duration) -> f64 {
    span.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Histogram;

    #[test]
    fn a_page_has_the_format_of_prometheus() {
        let histogram = Histogram::default();
        histogram.observe(Duration::from_micros(1_500));
        let mut page = Page::default();
        page.gauge("hub_people", "People present.", 3);
        page.state("hub_disk", "How the disk is.", &["good", "full"], "full");
        page.durations("hub_commit_seconds", "Commits.", &histogram.distribution());
        let text = page.into_text();
        let (plain, commits) = text.split_once("# HELP hub_commit_seconds").unwrap();
        assert_eq!(
            plain,
            "# HELP hub_people People present.\n# TYPE hub_people gauge\nhub_people 3\n\
             # HELP hub_disk How the disk is.\n# TYPE hub_disk gauge\n\
             hub_disk{state=\"good\"} 0\nhub_disk{state=\"full\"} 1\n"
        );
        for line in [
            "hub_commit_seconds_bucket{le=\"0.001\"} 0",
            "hub_commit_seconds_bucket{le=\"0.002\"} 1",
            "hub_commit_seconds_bucket{le=\"+Inf\"} 1",
            "hub_commit_seconds_sum 0.0015",
            "hub_commit_seconds_count 1",
        ] {
            assert!(commits.lines().any(|found| found == line), "no {line} in {commits}");
        }
    }
}
