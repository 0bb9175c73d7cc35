//! Polls that the host has prepared: their statements' values and rows.

use tokio_postgres::Row;
use uuid::Uuid;

use super::calls::{Call, Context, params};
use super::rows::{RowError, uuid};
use crate::domain::ids::{PollId, RoomId};
use crate::domain::poll::{PREPARED_MAX, PollForm, PreparedPoll, Results};
use crate::domain::text::PollText;
use crate::store::sqlite::sql::polls::{answers, answers_column};
use crate::store::write::Prepare;

/// The columns that [`prepared`] reads, in its order.
pub(super) const PREPARED: &str =
    "q.id, q.place, qr.id, q.question, q.answers, q.multiple, q.results, q.minutes";

impl<'s> Context<'s> {
    pub(super) fn prepare(&self, prepare: &Prepare, what: String) -> Call<'s> {
        let (is_new, poll) = match prepare {
            Prepare::New(poll) => (true, poll),
            Prepare::Change(poll) => (false, poll),
            Prepare::Drop(id) => {
                let params = params![uuid(id.as_bytes()), what];
                return Call { statement: &self.statements.drop_prepared, params };
            }
        };
        let PreparedPoll { id, place, room, form, minutes } = &**poll;
        let params = params![
            is_new,
            uuid(id.as_bytes()),
            i64::from(*place),
            room.map(|room| uuid(room.as_bytes())),
            form.question.as_str().to_owned(),
            answers_column(&form.answers),
            form.is_multiple,
            i16::from(form.results.number()),
            minutes.map(|minutes| i64::try_from(minutes).unwrap_or(i64::MAX)),
            i64::try_from(PREPARED_MAX).unwrap_or(i64::MAX),
            what,
        ];
        Call { statement: &self.statements.prepare_poll, params }
    }
}

/// A prepared poll from the columns [`PREPARED`]; `None` where there is none.
pub(super) fn prepared(row: &Row, at: usize) -> Result<Option<PreparedPoll>, RowError> {
    let Some(id) = row.try_get::<_, Option<Uuid>>(at)? else {
        return Ok(None);
    };
    let room = row.try_get::<_, Option<Uuid>>(at + 2)?;
    let minutes: Option<i64> = row.try_get(at + 7)?;
    Ok(Some(PreparedPoll {
        id: PollId::from_bytes(id.into_bytes()),
        place: u32::try_from(row.try_get::<_, i64>(at + 1)?).unwrap_or(u32::MAX),
        room: room.map(|room| RoomId::from_bytes(room.into_bytes())),
        form: PollForm {
            question: PollText::trusted(row.try_get(at + 3)?),
            answers: answers(row.try_get(at + 4)?),
            is_multiple: row.try_get(at + 5)?,
            results: Results::from_number(row.try_get::<_, i16>(at + 6)?.into()),
        },
        minutes: minutes.and_then(|minutes| u64::try_from(minutes).ok()),
    }))
}
