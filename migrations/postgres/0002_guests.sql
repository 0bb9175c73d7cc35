-- What guests may read and do.

-- From where those who join read: 0 from their own first message on, 1 from the room's beginning.
ALTER TABLE rooms ADD COLUMN history smallint NOT NULL DEFAULT 0;

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted; the others are in 0001';
COMMENT ON COLUMN events.detail IS '12: the history';

DROP FUNCTION make_room;
CREATE FUNCTION make_room(new_id uuid, new_code text, new_title text, new_namespace text, new_capacity bigint, new_lock text,
    at bigint, at_hub bigint, lives bigint, is_shut boolean, of_host boolean, new_history smallint, is_first boolean, most bigint,
    what text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE made bigint; t bigint := hub_now();
BEGIN
    IF is_first AND EXISTS (SELECT 1 FROM rooms WHERE expires_hub > t AND NOT deleted AND lock IS NULL AND (by_host OR capacity = 0)) THEN
        RETURN 'unavailable';
    END IF;
    IF NOT of_host AND (SELECT count(*) FROM rooms WHERE expires_hub > t AND NOT deleted AND NOT by_host) >= most THEN
        RETURN 'too_many_rooms';
    END IF;
    INSERT INTO rooms (id, code, title, namespace, capacity, lock, created_at, created_hub, lifetime, shut, by_host, history)
    VALUES (new_id, new_code, new_title, new_namespace, new_capacity, new_lock, at, at_hub, lives, is_shut, of_host, new_history)
    ON CONFLICT DO NOTHING RETURNING n INTO made;
    IF made IS NULL THEN RETURN 'unavailable'; END IF;
    PERFORM append(1::smallint, room => made);
    IF what IS NOT NULL THEN PERFORM remember('room create', what); END IF;
    RETURN 'done';
END $$;

CREATE FUNCTION set_history(of_room uuid, new_history smallint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE it bigint;
BEGIN
    UPDATE rooms SET history = new_history WHERE id = of_room AND NOT deleted RETURNING n INTO it;
    IF it IS NULL THEN RETURN 'no_such_room'; END IF;
    PERFORM append(12::smallint, room => it, detail => new_history);
    PERFORM remember('room history', what);
    RETURN 'done';
END $$;

-- As before, but for the first message that a newcomer may read, and the time.
DROP FUNCTION join_room;
CREATE FUNCTION join_room(by_run bigint, of_room uuid, who uuid, wanted uuid, fresh_id uuid, fresh_name text, fresh_looks text[],
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
        IF r.shut THEN outcome := 'shut'; RETURN; END IF;
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

-- The place in the room of the message that it answers, and the chatters whom it names; how many have reacted with each
-- of the six, and when the last of them did.
ALTER TABLE messages ADD COLUMN reply_to bigint, ADD COLUMN mentions uuid[], ADD COLUMN reactions bigint[], ADD COLUMN reacted bigint;
CREATE INDEX messages_reacted ON messages (room, reacted) WHERE reacted IS NOT NULL;

-- Who has reacted.
CREATE TABLE reactions (
    message bigint   NOT NULL REFERENCES messages ON DELETE CASCADE,
    chatter bigint   NOT NULL,
    chosen  smallint NOT NULL, -- a bit for each of the six, the first the lowest
    PRIMARY KEY (message, chatter)
);

CREATE FUNCTION chosen_by(by_chatter bigint, of_message bigint) RETURNS smallint LANGUAGE sql AS $$
    SELECT chosen FROM reactions WHERE message = of_message AND chatter = by_chatter
$$;

DROP FUNCTION say;
-- Messages, in their order: a row for each, with what became of it. Refusals are rows, not errors.
CREATE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
    mentioned text[])
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint, mentions uuid[], reply_to bigint, quoted text, quoted_back boolean,
    quoted_id uuid, quoted_name text, quoted_at bigint, quoted_left bigint, reactions bigint[], mine smallint) LANGUAGE sql AS $$
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
            CASE WHEN known.id IS NOT NULL THEN 'repeated'
                WHEN r.n IS NULL THEN 'no_such_room'
                WHEN c.n IS NULL THEN 'no_such_chatter'
                WHEN a.kind > 1 THEN NULL
                WHEN r.expires_hub <= clock.hub THEN 'expired'
                WHEN p.room IS NULL THEN 'not_joined'
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
    fresh AS MATERIALIZED (
        SELECT f.*, row_number() OVER (ORDER BY f.o) AS place, row_number() OVER (PARTITION BY f.room ORDER BY f.o) AS place_in_room
        FROM judged f WHERE f.decided IS NULL AND f.first = f.o),
    ends AS MATERIALIZED (SELECT f.room, last_seq(f.room) AS seq FROM (SELECT DISTINCT room FROM fresh) f),
    placed AS MATERIALIZED (
        SELECT f.o, clock.last + f.place AS id, f.room, ends.seq + f.place_in_room AS seq, f.chatter, f.kind, f.content, f.count,
            clock.wall AS sent_at, clock.hub AS sent_hub, f.key, f.reply_to, f.mentions
        FROM fresh f JOIN ends ON ends.room = f.room, clock),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, reply_to, mentions)
        SELECT p.id, p.room, p.seq, p.chatter, p.kind, p.content, p.count, p.sent_at, p.sent_hub, p.key, p.reply_to, p.mentions
        FROM placed p)
    SELECT coalesce(a.decided, CASE WHEN a.first = a.o THEN 'said' ELSE 'repeated' END),
        coalesce(a.known_id, p.id), coalesce(a.known_seq, p.seq), coalesce(a.known_kind, p.kind),
        coalesce(a.known_content, p.content), p.count, coalesce(a.known_at, p.sent_at), a.taken_back,
        a.nickname, a.created_at, a.left_at, CASE WHEN a.known_id IS NULL THEN b.mentions ELSE a.known_mentions END,
        b.reply_to, b.quoted, b.quoted_back, b.quoted_id, b.quoted_name, b.quoted_at, b.quoted_left,
        a.reactions, a.mine
    FROM judged a JOIN judged b ON b.o = a.first LEFT JOIN placed p ON p.o = a.first
    ORDER BY a.o
$$;

-- Takes messages back: all of them or, where one cannot be, none. Then `id` is NULL in that one's row.
CREATE OR REPLACE FUNCTION take_back(of_room uuid, seqs bigint[], what text) RETURNS TABLE (seq bigint, id bigint) LANGUAGE plpgsql AS $$
DECLARE r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    RETURN QUERY SELECT s, NULL::bigint FROM unnest(seqs) AS s
        WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.room = r AND m.seq = s AND m.kind IN (0, 1)) LIMIT 1;
    IF FOUND THEN RETURN; END IF;
    FOREACH seq IN ARRAY seqs LOOP
        UPDATE messages AS m SET content = '', taken_back = true, reply_to = NULL, mentions = NULL, reactions = NULL, reacted = NULL
        WHERE m.room = r AND m.seq = take_back.seq AND NOT m.taken_back RETURNING m.id INTO id;
        IF FOUND THEN
            DELETE FROM reactions x WHERE x.message = take_back.id;
            PERFORM append(10::smallint, room => r, message => take_back.id);
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM remember('message delete', what);
END $$;

-- Somebody takes back a message of their own: NULL in `id` if it was taken back before.
CREATE FUNCTION take_back_own(of_room uuid, by_chatter uuid, its_seq bigint, within bigint, OUT outcome text, OUT id bigint)
LANGUAGE plpgsql AS $$
DECLARE m messages; r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    SELECT * INTO m FROM messages k WHERE k.room = r AND k.seq = its_seq AND k.kind = 0
        AND k.chatter = (SELECT c.n FROM chatters c WHERE c.id = by_chatter);
    IF m.id IS NULL THEN outcome := 'not_your_message'; RETURN; END IF;
    outcome := 'taken_back';
    IF m.taken_back THEN RETURN; END IF;
    IF hub_now() - m.sent_hub > within THEN outcome := 'too_late'; RETURN; END IF;
    UPDATE messages k SET content = '', taken_back = true, reply_to = NULL, mentions = NULL, reactions = NULL, reacted = NULL
    WHERE k.id = m.id;
    DELETE FROM reactions x WHERE x.message = m.id;
    PERFORM append(10::smallint, room => r, message => m.id);
    id := m.id;
END $$;

-- Somebody reacts to a message, or no more: `flag` is the bit of the emoji, `place` its place in the counts.
CREATE FUNCTION react(of_room uuid, by_chatter uuid, its_seq bigint, flag smallint, place int, is_on boolean,
    OUT outcome text, OUT counts bigint[], OUT mine smallint, OUT at_hub bigint) LANGUAGE plpgsql AS $$
DECLARE m messages; r bigint; c bigint; before smallint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    SELECT k.n INTO c FROM chatters k WHERE k.id = by_chatter;
    SELECT k.* INTO m FROM messages k WHERE k.room = r AND k.seq = its_seq AND k.kind = 0 AND NOT k.taken_back
        AND k.seq >= (SELECT s.first_seq FROM memberships s WHERE s.chatter = c AND s.room = r);
    IF m.id IS NULL THEN outcome := 'no_message'; RETURN; END IF;
    before := coalesce(chosen_by(c, m.id), 0::smallint);
    mine := CASE WHEN is_on THEN before | flag ELSE before & ~flag END;
    counts := coalesce(m.reactions, ARRAY[0, 0, 0, 0, 0, 0]);
    at_hub := coalesce(m.reacted, 0);
    outcome := 'before';
    IF mine = before THEN RETURN; END IF;
    outcome := 'reacted';
    at_hub := hub_now();
    counts[place] := greatest(0, counts[place] + CASE WHEN is_on THEN 1 ELSE -1 END);
    IF mine = 0 THEN
        DELETE FROM reactions x WHERE x.message = m.id AND x.chatter = c;
    ELSE
        INSERT INTO reactions VALUES (m.id, c, mine) ON CONFLICT (message, chatter) DO UPDATE SET chosen = excluded.chosen;
    END IF;
    UPDATE messages k SET reactions = counts, reacted = at_hub WHERE k.id = m.id;
    PERFORM append(13::smallint, room => r, message => m.id);
END $$;

-- Ends a room now, unless it has ended. One that gives its place up (1) is empty, whatever its hub has heard.
CREATE OR REPLACE FUNCTION end_room(of_room uuid, why smallint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ended bigint;
BEGIN
    IF why = 1 AND EXISTS (SELECT 1 FROM people p JOIN rooms r ON r.n = p.room WHERE r.id = of_room) THEN
        RETURN 'unavailable';
    END IF;
    UPDATE rooms SET lifetime = greatest(0, least(lifetime, hub_now() - created_hub)), deleted = (why = 3)
    WHERE id = of_room AND NOT deleted RETURNING n INTO ended;
    IF ended IS NULL THEN RETURN 'no_such_room'; END IF;
    DELETE FROM people WHERE room = ended;
    PERFORM append(3::smallint, room => ended, detail => why);
    IF what IS NOT NULL THEN
        PERFORM remember(CASE why WHEN 3 THEN 'room delete' ELSE 'room close' END, what);
    END IF;
    RETURN 'done';
END $$;
