-- The ladder of a room: who may come in, who may write, and how often. `shut` stays: members only.

ALTER TABLE rooms
    ADD COLUMN mode smallint NOT NULL DEFAULT 0, -- 0 none of the others, 1 slow, 2 reading only
    ADD COLUMN every bigint NOT NULL DEFAULT 0,  -- slow: how many seconds a person waits between two messages
    ADD COLUMN mode_until bigint;                -- when the room goes back to open by itself: from then on `shut` and
                                                 -- `mode` do not count; NULL: it does not

-- When they last wrote in the room. Kept while the room is slow, and filled in when it becomes so.
ALTER TABLE memberships ADD COLUMN said_hub bigint;

CREATE FUNCTION mode_at(r rooms, t bigint) RETURNS smallint LANGUAGE sql AS $$
    SELECT CASE WHEN r.mode_until <= t THEN 0::smallint ELSE r.mode END
$$;

-- Notes when the people of a room last wrote there, as far back as `since` and its newest `most` messages.
CREATE FUNCTION fill_said(of_room bigint, since bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE said record; beyond bigint := last_seq(of_room) - most;
BEGIN
    FOR said IN SELECT m.chatter, max(m.sent_hub) AS at FROM messages m
        WHERE m.room = of_room AND m.seq > beyond AND m.sent_hub > since AND m.kind IN (0, 1) GROUP BY m.chatter LOOP
        UPDATE memberships s SET said_hub = said.at WHERE s.chatter = said.chatter AND s.room = of_room;
    END LOOP;
END $$;

-- Sets the mode of rooms. One that is no longer there is left out. Events: 14, which stands for 2 from now on, too; the
-- mode is read from the room.
CREATE FUNCTION set_mode(of_rooms uuid[], is_shut boolean, new_mode smallint, new_every bigint, until bigint, most bigint,
    deed text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE one uuid; it bigint; is_any boolean := false;
BEGIN
    FOREACH one IN ARRAY of_rooms LOOP
        UPDATE rooms SET shut = is_shut, mode = new_mode, every = new_every, mode_until = until
        WHERE id = one AND NOT deleted RETURNING n INTO it;
        IF it IS NULL THEN CONTINUE; END IF;
        is_any := true;
        IF new_mode = 1 THEN PERFORM fill_said(it, hub_now() - new_every * 1000, most); END IF;
        PERFORM append(14::smallint, room => it);
    END LOOP;
    IF NOT is_any THEN RETURN 'no_such_room'; END IF;
    PERFORM remember(deed, what);
    RETURN 'done';
END $$;

DROP FUNCTION shut_room;

-- As before, but for a room that is shut for a while.
CREATE OR REPLACE FUNCTION join_room(by_run bigint, of_room uuid, who uuid, wanted uuid, fresh_id uuid, fresh_name text, fresh_looks text[],
    fresh_at bigint, admitted boolean, note text, from_peer inet,
    OUT outcome text, OUT chatter uuid, OUT nickname text, OUT created_at bigint, OUT first_seq bigint, OUT was_pruned boolean,
    OUT last bigint, OUT alert_id bigint, OUT alert_seq bigint, OUT alert_at bigint, OUT alert_text text, OUT at_hub bigint)
LANGUAGE plpgsql AS $$
DECLARE r rooms; t bigint := hub_now(); c chatters; m memberships; is_new boolean; e bigint;
BEGIN
    SELECT * INTO r FROM rooms WHERE id = of_room AND NOT deleted;
    IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    IF r.expires_hub <= t THEN outcome := 'expired'; RETURN; END IF;
    IF EXISTS (SELECT 1 FROM bans b WHERE b.identity = who)
        OR EXISTS (SELECT 1 FROM bans b WHERE b.address = from_peer AND b.until_hub > t) THEN
        outcome := 'banned'; RETURN;
    END IF;
    is_new := NOT EXISTS (SELECT 1 FROM people p WHERE p.room = r.n AND p.identity = who);
    IF is_new AND r.capacity > 0 AND (SELECT count(*) FROM people p WHERE p.room = r.n) >= r.capacity THEN
        outcome := 'full'; RETURN;
    END IF;
    SELECT * INTO m FROM memberships s WHERE s.room = r.n AND s.identity = who;
    IF m.room IS NULL THEN
        IF r.shut AND (r.mode_until > t) IS NOT FALSE THEN outcome := 'shut'; RETURN; END IF;
        IF NOT admitted THEN outcome := 'locked'; RETURN; END IF;
        SELECT * INTO c FROM chatters k WHERE k.id = wanted AND k.identity = who;
        IF c.n IS NULL THEN
            INSERT INTO chatters (id, identity, nickname, looks, created_at)
            VALUES (fresh_id, who, fresh_name, fresh_looks, fresh_at) RETURNING * INTO c;
        END IF;
        INSERT INTO memberships VALUES (r.n, who, c.n, CASE r.history WHEN 1 THEN 1 ELSE last_seq(r.n) + 1 END, NULL) RETURNING * INTO m;
    ELSE
        SELECT * INTO c FROM chatters k WHERE k.n = m.chatter;
        UPDATE memberships s SET left_at = NULL WHERE s.room = r.n AND s.identity = who AND s.left_at IS NOT NULL;
    END IF;
    IF is_new THEN
        INSERT INTO people VALUES (r.n, who, c.n);
        IF NOT EXISTS (SELECT 1 FROM names o WHERE o.room = r.n AND o.look = ANY (c.looks)) THEN
            INSERT INTO names SELECT r.n, l, c.n FROM (SELECT DISTINCT unnest(c.looks) AS l) AS looks;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM stays s WHERE s.room = r.n AND s.identity = who AND s.run = by_run) THEN
        INSERT INTO stays VALUES (r.n, who, by_run, from_peer, NULL);
        PERFORM append(4::smallint, room => r.n, chatter => c.id, identity => who, run => by_run, address => from_peer);
    END IF;
    IF is_new AND note IS NOT NULL THEN
        alert_text := replace(note, chr(1), c.nickname);
        SELECT a.id, a.seq, a.sent_at INTO alert_id, alert_seq, alert_at
        FROM notice(r.n, c.n, 2::smallint, alert_text, 1, NULL, NULL) a;
    END IF;
    outcome := 'joined';
    chatter := c.id;
    nickname := c.nickname;
    created_at := c.created_at;
    first_seq := greatest(m.first_seq, r.pruned + 1);
    was_pruned := r.pruned >= m.first_seq;
    last := last_seq(r.n);
    at_hub := t;
END $$;

-- As before, but for the modes of rooms. `wait` is how long in ms somebody waits whose outcome is 'slow_mode'.
DROP FUNCTION say;
CREATE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
    mentioned text[])
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint, mentions uuid[], reply_to bigint, quoted text, quoted_back boolean,
    quoted_id uuid, quoted_name text, quoted_at bigint, quoted_left bigint, reactions bigint[], mine smallint, wait bigint) LANGUAGE sql AS $$
    WITH clock AS MATERIALIZED (SELECT log_end() AS last, wall_now() AS wall, hub_now() AS hub),
    asked AS MATERIALIZED (
        SELECT a.o, r.n AS room, c.n AS chatter, a.kind, a.content, a.count, a.key, c.nickname, c.created_at, s.left_at,
            known.id AS known_id, known.seq AS known_seq, known.kind AS known_kind, known.content AS known_content,
            known.sent_at AS known_at, coalesce(known.taken_back, false) AS taken_back,
            known.mentions AS known_mentions, string_to_array(a.mentions, ',')::uuid[] AS mentions,
            CASE WHEN known.id IS NULL THEN a.reply ELSE known.reply_to END AS reply_to,
            q.content AS quoted, q.taken_back AS quoted_back, qc.id AS quoted_id, qc.nickname AS quoted_name,
            qc.created_at AS quoted_at, qs.left_at AS quoted_left, known.reactions,
            CASE WHEN known.reactions IS NOT NULL THEN chosen_by(c.n, known.id) END AS mine,
            a.kind <= 1 AND mode_at(r, clock.hub) = 1 AS is_slow, r.every * 1000 AS every, s.said_hub,
            CASE WHEN known.id IS NOT NULL THEN 'repeated'
                WHEN r.n IS NULL THEN 'no_such_room'
                WHEN c.n IS NULL THEN 'no_such_chatter'
                WHEN a.kind > 1 THEN NULL
                WHEN r.expires_hub <= clock.hub THEN 'expired'
                WHEN p.room IS NULL THEN 'not_joined'
                WHEN mode_at(r, clock.hub) = 2 THEN 'room_read_only'
                WHEN mode_at(r, clock.hub) = 1 AND s.said_hub + r.every * 1000 > clock.hub THEN 'slow_mode'
                WHEN a.reply IS NOT NULL AND (q.kind = 0 AND NOT q.taken_back AND q.seq >= s.first_seq) IS NOT TRUE
                    THEN 'no_message' END AS decided
        FROM clock, unnest($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
            AS a (room, chatter, kind, content, count, key, reply, mentions, o)
        LEFT JOIN rooms r ON r.id = a.room AND NOT r.deleted
        LEFT JOIN chatters c ON c.id = a.chatter
        LEFT JOIN people p ON p.room = r.n AND p.chatter = c.n
        LEFT JOIN memberships s ON s.chatter = c.n AND s.room = r.n
        LEFT JOIN messages known ON known.chatter = c.n AND known.key = a.key
        LEFT JOIN messages q ON q.room = coalesce(known.room, r.n)
            AND q.seq = CASE WHEN known.id IS NULL THEN a.reply ELSE known.reply_to END
        LEFT JOIN chatters qc ON qc.n = q.chatter
        LEFT JOIN memberships qs ON qs.chatter = q.chatter AND qs.room = q.room),
    -- The first with a key among those that are not refused.
    judged AS MATERIALIZED (
        SELECT a.*, first_value(a.o) OVER (
            PARTITION BY a.chatter, coalesce(a.key, a.o::text), a.key IS NULL, a.decided IS NULL ORDER BY a.o) AS first
        FROM asked a),
    -- Of several messages of a person to a slow room, the first.
    paced AS MATERIALIZED (
        SELECT j.*, j.is_slow AND j.decided IS NULL AND j.first = j.o AND row_number() OVER (
            PARTITION BY j.room, j.chatter, j.is_slow AND j.decided IS NULL AND j.first = j.o ORDER BY j.o) > 1 AS is_too_soon
        FROM judged j),
    fresh AS MATERIALIZED (
        SELECT f.*, row_number() OVER (ORDER BY f.o) AS place, row_number() OVER (PARTITION BY f.room ORDER BY f.o) AS place_in_room
        FROM paced f WHERE f.decided IS NULL AND f.first = f.o AND NOT f.is_too_soon),
    ends AS MATERIALIZED (SELECT f.room, last_seq(f.room) AS seq FROM (SELECT DISTINCT room FROM fresh) f),
    placed AS MATERIALIZED (
        SELECT f.o, clock.last + f.place AS id, f.room, ends.seq + f.place_in_room AS seq, f.chatter, f.kind, f.content, f.count,
            clock.wall AS sent_at, clock.hub AS sent_hub, f.key, f.reply_to, f.mentions, f.is_slow
        FROM fresh f JOIN ends ON ends.room = f.room, clock),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, reply_to, mentions)
        SELECT p.id, p.room, p.seq, p.chatter, p.kind, p.content, p.count, p.sent_at, p.sent_hub, p.key, p.reply_to, p.mentions
        FROM placed p),
    noted AS (
        UPDATE memberships s SET said_hub = p.sent_hub FROM placed p
        WHERE s.chatter = p.chatter AND s.room = p.room AND p.is_slow)
    SELECT coalesce(a.decided, CASE WHEN b.is_too_soon THEN 'slow_mode' WHEN a.first = a.o THEN 'said' ELSE 'repeated' END),
        coalesce(a.known_id, p.id), coalesce(a.known_seq, p.seq), coalesce(a.known_kind, p.kind),
        coalesce(a.known_content, p.content), p.count, coalesce(a.known_at, p.sent_at), a.taken_back,
        a.nickname, a.created_at, a.left_at, CASE WHEN a.known_id IS NULL THEN b.mentions ELSE a.known_mentions END,
        b.reply_to, b.quoted, b.quoted_back, b.quoted_id, b.quoted_name, b.quoted_at, b.quoted_left,
        a.reactions, a.mine, CASE WHEN b.is_too_soon THEN b.every ELSE a.said_hub + a.every - clock.hub END
    FROM paced a JOIN paced b ON b.o = a.first LEFT JOIN placed p ON p.o = a.first, clock
    ORDER BY a.o
$$;
