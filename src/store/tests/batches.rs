//! What is committed together.

use super::*;

on_both! { async fn messages_to_several_rooms_in_one_batch_are_placed_in_each(mut kit: Kit) {
    let rooms = [kit.room(1).await, kit.room(2).await];
    kit.join(rooms[0], 1).await;
    let own = Join { wanted: Some(chatter(1).id), ..join(rooms[1], 1) };
    kit.write(Write::Join(own)).await.unwrap();
    let content = |n: u32| format!("{n}");
    for n in 0..40 {
        // Two of three go to the first room.
        let room = rooms[usize::from(n % 3 == 2)];
        let is_question = n % 5 == 0;
        let mentions = if n % 4 == 0 { vec![chatter(1).id] } else { Vec::new() };
        let key = (n % 2 == 0).then(|| format!("k{n}"));
        let say = Say { mentions, ..say(room, 1, &content(n), key.as_deref()) };
        kit.store.writer.submit(Write::Say(Say { is_question, ..say }), n).unwrap();
    }
    let mut ended = Vec::new();
    while ended.len() < 40 {
        ended.extend(kit.completed().await);
    }
    let (mut last, mut places) = (None, [Seq(1), Seq(1)]);
    for (n, result) in ended {
        let Ok(Written::Said { message, repeated: false }) = result else { panic!("{result:?}") };
        let (room, place) = (usize::from(n % 3 == 2), message.seq);
        assert_eq!((message.room, &message.content), (rooms[room], &content(n)));
        assert_eq!(place, Seq(places[room].0 + 1), "message {n}");
        places[room] = place;
        assert!(last.is_none_or(|last| message.id.0 == last + 1), "message {n}");
        last = Some(message.id.0);
        assert_eq!(message.question.is_some(), n % 5 == 0);
        assert_eq!(message.mentions.len(), usize::from(n % 4 == 0));
        assert_eq!(message.chatter.nickname, chatter(1).nickname);
    }
} }

on_both! { async fn a_key_that_comes_twice_in_a_batch_is_one_message(mut kit: Kit) {
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    for (n, key) in [(0, "a"), (1, "b"), (2, "a"), (3, "c")] {
        kit.store.writer.submit(Write::Say(say(room, 1, &format!("{n}"), Some(key))), n).unwrap();
    }
    let mut ended = Vec::new();
    while ended.len() < 4 {
        ended.extend(kit.completed().await);
    }
    let said = |(_, result): &Completed<u32>| match result {
        Ok(Written::Said { message, repeated }) => (message.seq.0, message.content.clone(), *repeated),
        other => panic!("{other:?}"),
    };
    let expected = [(2, "0", false), (3, "1", false), (2, "0", true), (4, "3", false)];
    let expected = expected.map(|(seq, what, repeated)| (seq, what.to_owned(), repeated));
    assert_eq!(ended.iter().map(said).collect::<Vec<_>>(), expected);
} }

/// A connection to the kit's database, with the payloads of the notifications that it receives.
async fn beside(
    kit: &Kit,
) -> (tokio_postgres::Client, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let url = kit.database.as_deref().unwrap();
    let (client, mut connection) =
        tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    let (send, payloads) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let tokio_postgres::AsyncMessage::Notification(notification) = message {
                let _closed = send.send(notification.payload().to_owned());
            }
        }
    });
    (client, payloads)
}

#[tokio::test]
async fn what_is_queued_while_a_batch_waits_for_the_lock_belongs_to_it() {
    let Some(mut kit) = Kit::on_postgres() else { return };
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let (other, _) = beside(&kit).await;
    other.execute("SELECT pg_advisory_lock(hashtext('colahub.log'))", &[]).await.unwrap();
    let submit = |n| kit.store.writer.submit(Write::Say(say(room, 1, "x", None)), n).unwrap();
    submit(0);
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted";
    while other.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {}
    (1..20).for_each(submit);
    other.execute("SELECT pg_advisory_unlock(hashtext('colahub.log'))", &[]).await.unwrap();
    assert_eq!(kit.completed().await.len(), 20, "one commit for all");
}

#[tokio::test]
async fn a_commit_tells_the_other_hubs_how_far_the_log_goes() {
    let Some(mut kit) = Kit::on_postgres() else { return };
    let room = kit.room(1).await;
    kit.join(room, 1).await;
    let (other, mut payloads) = beside(&kit).await;
    other.execute("LISTEN colahub", &[]).await.unwrap();
    // This appends nothing, so nobody is woken.
    let refused = kit.write(Write::Say(say(room, 77, "x", None))).await;
    assert_eq!(refused, Err(Refusal::NoSuchChatter));
    let said = kit.says(room, 1, "hi", None).await.0;
    let told = loop {
        // Without a position, a hub only says that it has looked for those that died.
        match payloads.recv().await.unwrap() {
            empty if empty.is_empty() => {}
            told => break told,
        }
    };
    assert_eq!(told, said.id.0.to_string());
}
