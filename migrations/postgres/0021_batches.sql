-- Batches: what the log's transactions run each time, in as few statements as it takes, since setting one up takes longer than
-- what it does.

-- A message is looked up by its author and key, or by its author. One index serves both; with two, the server took the wrong one
-- and read all messages of the author.
DROP INDEX messages_by_key;
DROP INDEX messages_by_chatter;
CREATE UNIQUE INDEX messages_by_key ON messages (chatter, key);

-- What these checked for each message is true anyway: a message is added under the log's lock, of a room and a chatter that are read
-- under it, and with them it would go: rooms and chatters are deleted under the lock, too, once they have no messages (`prune`), or
-- together with all messages (`wipe`).
ALTER TABLE messages DROP CONSTRAINT messages_room_fkey, DROP CONSTRAINT messages_chatter_fkey;

-- What `wall_now`, `hub_now` and `log_end` return, and the last commit, for a statement that needs several of them.
CREATE VIEW log_now AS
    SELECT w.ms AS wall, greatest(w.ms - b.value::bigint, c.at_hub, 0) AS hub,
        greatest(0, c.last, (SELECT max(m.id) FROM messages m), (SELECT max(e.n) FROM events e)) AS log_end,
        c.last, c.run, c.number
    FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) w
    JOIN meta b ON b.key = 'born'
    LEFT JOIN (SELECT k.last, k.run, k.number, k.at_hub FROM commits k ORDER BY k.last DESC LIMIT 1) c ON true;

-- `say` for messages that nothing speaks against, by one short statement; for a batch with any other, it is `say_any`, the one before.
-- A key may come once in a call; the one before folds equal ones.
-- That one has to set up some twenty joins, sorts and windows with wide rows at each call, while the log's lock is
-- held: for one message this took four times as long as everything else in it.
ALTER FUNCTION say RENAME TO say_any;

CREATE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
    mentioned text[], questions boolean[])
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint, mentions uuid[], reply_to bigint, quoted text, quoted_back boolean,
    quoted_id uuid, quoted_name text, quoted_at bigint, quoted_left bigint, reactions bigint[], mine smallint, wait bigint,
    votes bigint, answered boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE t bigint; wall_ms bigint; last_id bigint;
BEGIN
    SELECT n.hub, n.wall, n.log_end INTO t, wall_ms, last_id FROM log_now n;
    RETURN QUERY
    -- No answers, no keys that were used before, rooms that are neither slow nor for reading only, and authors who are there.
    WITH asked AS MATERIALIZED (
        SELECT a.o, a.kind, a.content, a.count, a.key, string_to_array(a.mentions, ',')::uuid[] AS mentions,
            CASE WHEN a.is_question THEN 0::bigint END AS votes,
            r.n AS room, c.n AS chatter, c.nickname, c.created_at, s.left_at,
            coalesce((SELECT max(m.seq) FROM messages m WHERE m.room = r.n), r.pruned)
                + row_number() OVER (PARTITION BY r.n ORDER BY a.o) AS seq,
            bool_and(a.reply IS NULL AND k.id IS NULL AND r.n IS NOT NULL AND c.n IS NOT NULL AND (a.kind > 1 OR p.room IS NOT NULL
                AND r.expires_hub > t AND (r.mode = 0 OR (r.mode_until <= t) IS TRUE) AND (r.every = 0 OR NOT r.shut)))
                OVER () AS is_plain
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
            AS a (room, chatter, kind, content, count, key, reply, mentions, is_question, o)
        LEFT JOIN rooms r ON r.id = a.room AND NOT r.deleted
        LEFT JOIN chatters c ON c.id = a.chatter
        LEFT JOIN people p ON p.room = r.n AND p.chatter = c.n
        LEFT JOIN memberships s ON s.chatter = c.n AND s.room = r.n
        LEFT JOIN messages k ON k.chatter = c.n AND k.key = a.key),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, mentions, votes)
        SELECT last_id + a.o, a.room, a.seq, a.chatter, a.kind, a.content, a.count, wall_ms, t, a.key, a.mentions, a.votes
        FROM asked a WHERE a.is_plain)
    SELECT 'said', last_id + a.o, a.seq, a.kind, a.content, a.count, wall_ms, false, a.nickname, a.created_at, a.left_at, a.mentions,
        NULL::bigint, NULL::text, NULL::boolean, NULL::uuid, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint[], NULL::smallint,
        NULL::bigint, a.votes, false
    FROM asked a WHERE a.is_plain ORDER BY a.o;
    IF NOT FOUND THEN
        RETURN QUERY SELECT * FROM say_any($1, $2, $3, $4, $5, $6, $7, $8, $9);
    END IF;
END $$;

-- Takes the log's lock for a batch of a run, which must not have been declared dead. Returns the last commit, NULL where there
-- is none, and whether there are events after a position: most batches find none, and are spared reading them. The batch's
-- commit does not wait for the disk, since the lock is held until then; `settle` does, once it is released.
CREATE FUNCTION open_batch(of_run bigint, place bigint, OUT last bigint, OUT run bigint, OUT number bigint, OUT has_events boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE is_alive boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('colahub.log')), set_config('synchronous_commit', 'off', true);
    -- A statement of its own, so that it sees all that was committed until then.
    SELECT EXISTS (SELECT FROM hubs h WHERE h.run = of_run), EXISTS (SELECT FROM events e WHERE e.n > place), c.last, c.run, c.number
        INTO is_alive, has_events, open_batch.last, open_batch.run, open_batch.number
        FROM (VALUES (1)) AS one LEFT JOIN (SELECT k.last, k.run, k.number FROM commits k ORDER BY k.last DESC LIMIT 1) c ON true;
    IF NOT is_alive THEN
        RAISE EXCEPTION 'this run of the hub was declared dead' USING ERRCODE = 'CH001';
    END IF;
END $$;

-- Notes the commit of a batch, if it has appended anything. Returns the log's end.
CREATE FUNCTION close_batch(of_run bigint, of_number bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
    SELECT l.log_end, l.last, l.hub INTO n FROM log_now l;
    IF n.last IS DISTINCT FROM n.log_end THEN
        INSERT INTO commits VALUES (n.log_end, of_run, of_number, n.hub);
    END IF;
    RETURN n.log_end;
END $$;

-- Ends with a commit that waits until all that was committed before is on the disk and, with a synchronous standby, there, too.
-- The message that it writes for that is read by nobody: a commit that has written nothing would not wait.
CREATE FUNCTION settled() RETURNS void LANGUAGE plpgsql AS $$
DECLARE place pg_lsn;
BEGIN
    IF pg_current_wal_flush_lsn() < pg_current_wal_insert_lsn() OR current_setting('synchronous_standby_names') <> '' THEN
        place := pg_logical_emit_message(true, 'colahub', '');
    END IF;
END $$;

-- Settles all that is committed, and then, if the log goes beyond a position, wakes the other hubs, who are told how far it
-- is settled.
CREATE PROCEDURE settle(beyond bigint) LANGUAGE plpgsql AS $$
DECLARE ended bigint := (SELECT max(last) FROM commits);
BEGIN
    PERFORM settled();
    COMMIT;
    IF ended > beyond THEN PERFORM pg_notify('colahub', ended::text); END IF;
END $$;

-- As before, but a step in which a room and its people may be deleted takes the log's lock first, so that no batch adds a message
-- to them meanwhile. Nobody waits for what it deletes to reach the disk.
CREATE OR REPLACE FUNCTION prune(log_before bigint, old bigint, per_room bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE heard_by_all bigint; t bigint; last_kept bigint; r record; gone bigint; is_locked boolean;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('colahub.prune')) THEN RETURN; END IF;
    is_locked := EXISTS (SELECT FROM rooms k WHERE k.deleted) OR EXISTS (SELECT FROM rooms k WHERE k.expires_hub <= old);
    IF is_locked THEN
        PERFORM pg_advisory_xact_lock(hashtext('colahub.log')), set_config('synchronous_commit', 'off', true);
    END IF;
    t := hub_now();
    heard_by_all := coalesce((SELECT min(heard) FROM hubs), 0);
    DELETE FROM events WHERE n <= (SELECT max(n) FROM
        (SELECT n, at_hub FROM events WHERE n <= heard_by_all ORDER BY n LIMIT most) AS oldest WHERE at_hub < log_before);
    last_kept := (SELECT max(last) FROM commits);
    DELETE FROM commits WHERE last <= (SELECT max(last) FROM
        (SELECT last, at_hub FROM commits WHERE last < last_kept ORDER BY last LIMIT most) AS oldest WHERE at_hub < log_before);
    -- Nobody is present in a room that has ended. (Those that ended while no hub ran go with their rooms.)
    FOR r IN SELECT n FROM rooms WHERE expires_hub <= t AND expires_hub > t - 3600000 ORDER BY expires_hub DESC LIMIT 50 LOOP
        DELETE FROM people WHERE room = r.n;
    END LOOP;
    PERFORM prune_messages(last_of_step(ARRAY(SELECT id FROM messages WHERE sent_hub <= old AND id <= heard_by_all
        AND id <= (SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT most) AS oldest) ORDER BY id), most));
    IF per_room > 0 THEN
        FOR r IN SELECT n, last_seq(n) - per_room AS beyond, pruned FROM rooms WHERE last_seq(n) - pruned > per_room LIMIT 10 LOOP
            PERFORM prune_room(r.n, least(r.beyond, r.pruned + most), heard_by_all, most);
        END LOOP;
    END IF;
    FOR r IN SELECT n, pruned, deleted FROM rooms WHERE is_locked AND (deleted OR expires_hub <= old) LIMIT 1 LOOP
        gone := prune_room(r.n, r.pruned + most, heard_by_all, most);
        IF gone = 0 AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.n)
            AND NOT EXISTS (SELECT 1 FROM events WHERE room = r.n AND n > heard_by_all) THEN
            PERFORM delete_members(r.n, most);
            DELETE FROM rooms WHERE n = r.n AND NOT EXISTS (SELECT 1 FROM memberships WHERE room = r.n);
        END IF;
    END LOOP;
END $$;
