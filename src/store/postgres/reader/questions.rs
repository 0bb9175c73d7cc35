//! Lists of questions.

use tokio_postgres::types::ToSql;

use super::{Found, Reader, read};
use crate::domain::ids::{ChatterId, RoomId, Seq};
use crate::domain::message::Message;
use crate::domain::question::{HeldQuestion, QuestionOrder, VotePlace};
use crate::domain::time::HubTime;
use crate::store::WallRead;
use crate::store::postgres::reads;
use crate::store::postgres::results::messages;
use crate::store::postgres::rows::{self, sql, uuid};
use crate::store::reader::{QuestionPage, question_page};

impl Reader {
    /// The questions of a room from `first` on, as `reader` reads them, at most `most`.
    pub(in crate::store) async fn questions(
        &self,
        (room, reader): (RoomId, Option<ChatterId>),
        first: Seq,
        order: QuestionOrder,
        most: usize,
    ) -> Found<QuestionPage> {
        let places = match order {
            QuestionOrder::Time(before) => self.by_time(room, first, before, most + 1).await?,
            QuestionOrder::Votes(after) => {
                let after = after.unwrap_or(VotePlace::before_all(false));
                let mut places = self.by_votes(room, first, after, most + 1).await?;
                if !after.is_answered && places.len() <= most {
                    let (after, rest) = (VotePlace::before_all(true), most + 1 - places.len());
                    places.extend(self.by_votes(room, first, after, rest).await?);
                }
                places
            }
        };
        Ok(question_page(order, self.at_places((room, reader), &places).await?, most))
    }

    /// The questions that a wall shows: those that are not answered first, and the one with the most votes first.
    pub(in crate::store) async fn wall_questions(&self, wanted: WallRead) -> Found<Vec<Message>> {
        let WallRead { room, last, sent_until, now, most } = wanted;
        let (id, sent_until, now) = (uuid(room.as_bytes()), sql(sent_until), sql(now));
        let mut places: Vec<i64> = Vec::with_capacity(2 * most);
        for is_answered in [false, true] {
            let params: [&(dyn ToSql + Sync); 6] =
                [&id, &is_answered, &last.0, &sent_until, &now, &wanted.limit()];
            let found = self.rows(reads::WALL_QUESTIONS, &params).await?;
            let seqs: Result<Vec<i64>, _> = found.iter().map(|row| row.try_get(0)).collect();
            places.extend(read(seqs)?);
        }
        places.truncate(most);
        self.at_places((room, None), &places).await
    }

    /// The messages in these places, as `reader` reads them, in this order.
    async fn at_places(
        &self,
        (room, reader): (RoomId, Option<ChatterId>),
        places: &[i64],
    ) -> Found<Vec<Message>> {
        let reader = reader.map(|reader| uuid(reader.as_bytes()));
        let params: [&(dyn ToSql + Sync); 3] = [&uuid(room.as_bytes()), &places, &reader];
        let rows = self.rows(&reads::found(), &params).await?;
        let (mut found, _) = read(messages(&rows, usize::MAX, usize::MAX))?;
        found.sort_by_key(|message: &Message| places.iter().position(|seq| *seq == message.seq.0));
        Ok(found)
    }

    /// The questions that wait in the rooms that live at `now`, or in one of them, the oldest first.
    pub(in crate::store) async fn held(
        &self,
        room: Option<RoomId>,
        now: HubTime,
        most: usize,
    ) -> Found<Vec<HeldQuestion>> {
        let room = room.map(|room| uuid(room.as_bytes()));
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = self.rows(reads::HELD, &[&sql(now), &room, &most]).await?;
        let held: Result<Vec<_>, _> = found.iter().map(rows::held).collect();
        read(held).map(|held| held.into_iter().flatten().collect())
    }

    async fn by_time(
        &self,
        room: RoomId,
        first: Seq,
        before: Option<Seq>,
        most: usize,
    ) -> Found<Vec<i64>> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let before = before.map_or(i64::MAX, |seq| seq.0);
        let params: [&(dyn ToSql + Sync); 4] = [&uuid(room.as_bytes()), &before, &first.0, &most];
        let found = self.rows(reads::QUESTIONS_BY_TIME, &params).await?;
        read(found.iter().map(|row| row.try_get(0)).collect())
    }

    async fn by_votes(
        &self,
        room: RoomId,
        first: Seq,
        VotePlace { is_answered, votes, seq }: VotePlace,
        most: usize,
    ) -> Found<Vec<i64>> {
        let (votes, most) = (i64::from(votes), i64::try_from(most).unwrap_or(i64::MAX));
        let params: [&(dyn ToSql + Sync); 6] =
            [&uuid(room.as_bytes()), &is_answered, &votes, &seq.0, &first.0, &most];
        let found = self.rows(reads::QUESTIONS_BY_VOTES, &params).await?;
        read(found.iter().map(|row| row.try_get(0)).collect())
    }
}
