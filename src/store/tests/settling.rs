//! Batches between their commit and the disk. On PostgreSQL only: SQLite commits one batch at a time, on its disk.

use tokio_postgres::Client;

use super::*;

/// Has everything that is settled wait for the lock 7, as for a slow disk.
const SLOW_DISK: &str = "SET search_path = colahub;
     CREATE OR REPLACE FUNCTION settled() RETURNS void LANGUAGE plpgsql AS $$
     BEGIN PERFORM set_config('lock_timeout', '0', true), pg_advisory_xact_lock_shared(7); END $$; SELECT pg_advisory_lock(7)";

/// The sessions that wait for an advisory lock.
const WAITING: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

const SAID: &str = "SELECT count(*) FROM messages WHERE kind = 0";

/// Two hubs with somebody in a room, and a connection to their database.
async fn begun() -> Option<(Kit, Kit, RoomId, Client)> {
    let mut one = Kit::on_postgres()?;
    let room = one.room(1).await;
    one.join(room, 1).await;
    let two = one.another(2);
    let url = one.database.as_deref().unwrap();
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    Some((one, two, room, client))
}

/// Waits until so many are counted. `meanwhile` looks at what may not happen before.
async fn until_count(client: &Client, sql: &str, wanted: i64, mut meanwhile: impl FnMut()) {
    while client.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) < wanted {
        meanwhile();
        tokio::task::yield_now().await;
    }
    meanwhile();
}

impl Kit {
    fn submits(&self, room: RoomId, what: &str) {
        self.store.writer.submit(Write::Say(say(room, 1, what, None)), 0).unwrap();
    }

    /// The place of the one message that is reported next.
    async fn place(&mut self) -> Seq {
        let mut completed = self.completed().await;
        match (completed.pop(), completed.pop()) {
            (Some((_, Ok(Written::Said { message, repeated: false }))), None) => message.seq,
            other => panic!("{other:?}"),
        }
    }

    fn has_reported_nothing(&mut self) {
        while let Ok(report) = self.store.reports.try_recv() {
            assert!(matches!(report, Report::Time(_)), "{report:?}");
        }
    }
}

#[tokio::test]
async fn nothing_is_reported_or_read_before_it_is_settled_and_others_commit_meanwhile() {
    let Some((mut one, mut two, room, client)) = begun().await else { return };
    let mut three = one.another(3);
    client.batch_execute(SLOW_DISK).await.unwrap();
    let silent = |hubs: [&mut Kit; 3]| hubs.into_iter().for_each(Kit::has_reported_nothing);
    one.submits(room, "first");
    until_count(&client, SAID, 1, || silent([&mut one, &mut two, &mut three])).await;
    two.submits(room, "second");
    until_count(&client, SAID, 2, || silent([&mut one, &mut two, &mut three])).await;
    let reader = three.store.reader.clone();
    let read = tokio::spawn(async move { reader.room(room).await });
    // Of the third one looks at the log, and one reads: both have seen what they may not show.
    let meanwhile = || {
        silent([&mut one, &mut two, &mut three]);
        assert!(!read.is_finished());
    };
    until_count(&client, WAITING, 4, meanwhile).await;
    client.batch_execute("SELECT pg_advisory_unlock(7)").await.unwrap();
    assert_eq!((one.place().await, two.place().await), (Seq(2), Seq(3)));
    let heard = three.hears(2).await;
    assert!(heard.iter().all(|change| matches!(change, Change::Message(_))), "{heard:?}");
    assert!(read.await.unwrap().unwrap().is_some());
}

#[tokio::test]
async fn a_batch_whose_connection_is_lost_before_it_is_settled_is_reported_or_committed_again() {
    for is_kept in [true, false] {
        let Some((mut one, _two, room, client)) = begun().await else { return };
        client.batch_execute(SLOW_DISK).await.unwrap();
        one.submits(room, "first");
        until_count(&client, SAID, 1, || one.has_reported_nothing()).await;
        if !is_kept {
            // As a server that crashes before its disk has the commit.
            let lost =
                "DELETE FROM commits WHERE last >= (SELECT min(id) FROM messages WHERE kind = 0);
                 DELETE FROM messages WHERE kind = 0";
            client.batch_execute(lost).await.unwrap();
        }
        let ends = "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid(); SELECT pg_advisory_unlock(7)";
        client.batch_execute(ends).await.unwrap();
        assert_eq!(one.place().await, Seq(2));
        let said = client.query_one(SAID, &[]).await.unwrap().get::<_, i64>(0);
        assert_eq!(said, 1, "it is stored once");
    }
}
