-- `say` for messages that nothing speaks against, by two short statements; for a batch with any other, it is `say_any`, the one before.
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
DECLARE
    t bigint := hub_now(); wall bigint := wall_now(); last bigint; is_plain boolean;
    room_ns bigint[]; authors bigint[]; names text[]; births bigint[]; departures bigint[]; ends bigint[];
BEGIN
    -- No answers, no keys that were used before, rooms that are neither slow nor for reading only, and authors who are there.
    SELECT array_agg(a.room), array_agg(a.chatter), array_agg(a.nickname), array_agg(a.created_at), array_agg(a.left_at),
            bool_and(a.is_plain) AND count(a.key) = count(DISTINCT a.key)
        INTO room_ns, authors, names, births, departures, is_plain
        FROM (SELECT r.n AS room, c.n AS chatter, c.nickname, c.created_at, s.left_at, a.key,
                a.reply IS NULL AND k.id IS NULL AND r.n IS NOT NULL AND c.n IS NOT NULL AND (a.kind > 1 OR p.room IS NOT NULL
                    AND r.expires_hub > t AND (r.mode = 0 OR (r.mode_until <= t) IS TRUE) AND (r.every = 0 OR NOT r.shut)) AS is_plain
            FROM unnest($1, $2, $3, $6, $7) WITH ORDINALITY AS a (room, chatter, kind, key, reply, o)
            LEFT JOIN rooms r ON r.id = a.room AND NOT r.deleted
            LEFT JOIN chatters c ON c.id = a.chatter
            LEFT JOIN people p ON p.room = r.n AND p.chatter = c.n
            LEFT JOIN memberships s ON s.chatter = c.n AND s.room = r.n
            LEFT JOIN messages k ON k.chatter = c.n AND k.key = a.key
            ORDER BY a.o) a;
    IF is_plain IS NOT TRUE THEN
        RETURN QUERY SELECT * FROM say_any($1, $2, $3, $4, $5, $6, $7, $8, $9);
        RETURN;
    END IF;
    last := log_end();
    IF room_ns[1] = ALL (room_ns) THEN
        ends := array_fill(last_seq(room_ns[1]), ARRAY[cardinality(room_ns)]);
    ELSE
        -- Less what the window below counts too much: it counts in the whole batch.
        SELECT array_agg(e.seq + e.place - e.o ORDER BY e.o) INTO ends
        FROM (SELECT a.o, row_number() OVER (PARTITION BY a.room ORDER BY a.o) AS place, z.seq
            FROM unnest(room_ns) WITH ORDINALITY AS a (room, o)
            JOIN (SELECT d.room, last_seq(d.room) AS seq FROM (SELECT DISTINCT unnest(room_ns) AS room) d) z ON z.room = a.room) e;
    END IF;
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT * FROM unnest(room_ns, ends, authors, $3, $4, $5, $6, $8, $9, names, births, departures) WITH ORDINALITY
            AS a (room, after, author, kind, content, count, key, mentions, is_question, name, birth, departure, o)),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, mentions, votes)
        SELECT last + f.o, f.room, f.after + f.o, f.author, f.kind, f.content, f.count, wall, t, f.key,
            string_to_array(f.mentions, ',')::uuid[], CASE WHEN f.is_question THEN 0 END FROM fresh f)
    SELECT 'said', last + f.o, f.after + f.o, f.kind, f.content, f.count, wall, false, f.name, f.birth, f.departure,
        string_to_array(f.mentions, ',')::uuid[], NULL::bigint, NULL::text, NULL::boolean, NULL::uuid, NULL::text, NULL::bigint,
        NULL::bigint, NULL::bigint[], NULL::smallint, NULL::bigint, CASE WHEN f.is_question THEN 0::bigint END, false
    FROM fresh f ORDER BY f.o;
END $$;

-- Takes the log's lock for a batch of a run, which must not have been declared dead. Returns the last commit, NULL where there
-- is none, and whether there are events after a position: most batches find none, and are spared reading them.
CREATE FUNCTION open_batch(of_run bigint, place bigint, OUT last bigint, OUT run bigint, OUT number bigint, OUT has_events boolean)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE is_alive boolean;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('colahub.log'));
    -- A statement of its own, so that it sees all that was committed until then.
    SELECT EXISTS (SELECT FROM hubs h WHERE h.run = of_run), EXISTS (SELECT FROM events e WHERE e.n > place), c.last, c.run, c.number
        INTO is_alive, has_events, open_batch.last, open_batch.run, open_batch.number
        FROM (VALUES (1)) AS one LEFT JOIN (SELECT k.last, k.run, k.number FROM commits k ORDER BY k.last DESC LIMIT 1) c ON true;
    IF NOT is_alive THEN
        RAISE EXCEPTION 'this run of the hub was declared dead' USING ERRCODE = 'CH001';
    END IF;
END $$;

-- Notes the commit of a batch, if it has appended anything, and then wakes the other hubs, who are told how far the log
-- goes. Returns the log's end.
CREATE FUNCTION close_batch(of_run bigint, of_number bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE ended bigint := log_end();
BEGIN
    INSERT INTO commits VALUES (ended, of_run, of_number, hub_now()) ON CONFLICT (last) DO NOTHING;
    IF FOUND THEN PERFORM pg_notify('colahub', ended::text); END IF;
    RETURN ended;
END $$;
