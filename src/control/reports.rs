//! Requests about reports of messages.

use super::answer::{Acting, Denied};
use super::protocol::{REPORTS_MAX, Reported};
use crate::domain::ids::ReportId;
use crate::domain::refusal::Refusal;
use crate::domain::report::MessageReport;
use crate::hub::command::Call;
use crate::wire;

/// Lists the newest reports that are not done, or the newest of all; newest first.
pub(super) async fn list(parts: &Acting<'_>, all: bool) -> Result<Vec<Reported>, Denied> {
    let reports = parts.reader.reports(all, REPORTS_MAX).await;
    Ok(reports?.into_iter().map(line).collect())
}

/// Marks a report as done.
pub(super) async fn done(parts: &Acting<'_>, report: i64) -> Result<(), Denied> {
    let done = parts.act(|tell| Call::ReportDone(ReportId(report), tell)).await;
    done.map_err(|refusal| match refusal {
        Refusal::NoSuchReport => Denied::new(
            Refusal::NoSuchReport,
            format!(
                "there is no report {report}; `colahub report list --all` shows those that are kept"
            ),
        ),
        other => other.into(),
    })
}

fn line(report: MessageReport) -> Reported {
    Reported {
        id: report.id.0,
        at: wire::iso(report.at),
        done_at: report.done_at.map(wire::iso),
        by: report.by.id.to_string(),
        by_nickname: report.by.nickname.to_string(),
        reason: report.reason,
        room: report.room.to_string(),
        code: report.code.to_string(),
        seq: report.seq.0,
        chatter: report.author.id.to_string(),
        nickname: report.author.nickname.to_string(),
        content: report.content,
        taken_back: report.is_taken_back,
    }
}
