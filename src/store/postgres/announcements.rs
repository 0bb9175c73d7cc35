//! Announcements: their statements' values and rows.

use tokio_postgres::{Row, Statement};

use super::calls::{Call, Context, params};
use super::results::{self, Outcome, message, refusal};
use super::rows::{self, sql, uuid};
use crate::domain::announcement::{ANNOUNCEMENTS_MAX, Announcement};
use crate::domain::ids::host_chatter;
use crate::domain::message::{Alert, Kind};
use crate::domain::text::Nickname;
use crate::store::write::Written;

impl<'s> Context<'s> {
    pub(super) fn announce(
        &self,
        statement: &'s Statement,
        (announcement, host): (&Announcement, &Nickname),
        what: String,
    ) -> Call<'s> {
        let params = params![
            uuid(announcement.id.as_bytes()),
            announcement.room.map(|room| uuid(room.as_bytes())),
            announcement.text.as_str().to_owned(),
            announcement.made_at.0,
            announcement.until.map(sql),
            i64::try_from(ANNOUNCEMENTS_MAX).unwrap_or(i64::MAX),
            uuid(host_chatter().as_bytes()),
            host.as_str().to_owned(),
            what,
        ];
        Call { statement, params }
    }
}

/// The notices of an announcement, a row each. Where no room lives there is a row without one.
pub(super) fn announced(announcement: &Announcement, name: &Nickname, found: &[Row]) -> Outcome {
    let mut notices = Vec::new();
    for row in found {
        let outcome: &str = row.try_get(0)?;
        if outcome != "announced" {
            return Ok(Err(refusal(outcome)));
        }
        if row.try_get::<_, Option<uuid::Uuid>>(1)?.is_some() {
            let (room, kind) = (rows::room_id(row, 1)?, Kind::Alert(Alert::Announcement));
            let author = results::host(name, row, 5)?;
            notices.push(message(room, author, kind, &announcement.text, row, 2)?);
        }
    }
    Ok(Ok(Written::Announced(notices)))
}
