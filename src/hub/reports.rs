//! Reports of messages to the host. Nobody else learns of them.

use super::command::{Answer, Reply, Responder};
use super::rate_limits::Action;
use super::state::{Hub, Then, unexpected};
use crate::domain::ids::{ConnId, ReportId, RoomId, Seq};
use crate::domain::refusal::Refusal;
use crate::domain::text::Reason;
use crate::store::{Deed, Moment, ReportMessage, Write, Written};

/// A report from a client.
#[derive(Debug)]
pub struct NewReport {
    /// The room.
    pub room: RoomId,
    /// The message's sequence number.
    pub seq: Seq,
    /// The reason, if one was given.
    pub reason: Option<Reason>,
}

impl Hub {
    /// Decides a report.
    pub(super) fn report(&mut self, conn: ConnId, report: NewReport, reply: Reply, at: Moment) {
        let NewReport { room, seq, reason } = report;
        match self.paced_speaker(conn, room, Action::Report, at.hub) {
            Ok(chatter) => {
                let report = ReportMessage { room, chatter, seq, reason, at };
                self.write(Write::Report(report), Then::Reported((room, seq), reply));
            }
            Err(refusal) => self.reply(reply, Err(refusal)),
        }
    }

    /// Goes on with a report that is committed or was refused.
    pub(super) fn reported(
        &mut self,
        (room, seq): (RoomId, Seq),
        reply: Reply,
        result: Result<Written, Refusal>,
    ) {
        let answer = match result {
            Ok(Written::Reported { is_new }) => {
                if is_new {
                    tracing::info!(%room, seq = seq.0, "somebody told the host of a message");
                }
                Ok(Answer::Done)
            }
            Ok(other) => Err(unexpected(&other)),
            Err(refusal) => Err(refusal),
        };
        self.reply(reply, answer);
    }

    /// Decides to mark a report as done, for the host.
    pub(super) fn report_done(&mut self, report: ReportId, tell: Responder<()>, at: Moment) {
        let what = report.0.to_string();
        self.host_does(Deed::ReportDone(report), what, Then::ReportDone(tell), at);
    }
}
