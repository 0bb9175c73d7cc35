-- As before, but no plan of it can read more than it needs. A hub's session plans it once, usually while the tables are nearly
-- empty, and then the server sees no harm in reading all messages of an author to find one by its key, or all rooms to find one.
-- A subquery with its own limit is always looked up by everything that it is given.
CREATE OR REPLACE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[],
    replies bigint[], mentioned text[], questions boolean[])
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
            r.last_seq + cardinality(array_positions(rooms[:a.o], a.room)) AS seq,
            (a.reply IS NULL AND k.id IS NULL AND (a.kind > 1 OR p.room IS NOT NULL AND r.expires_hub > t
                AND (r.mode = 0 OR (r.mode_until <= t) IS TRUE) AND (r.every = 0 OR NOT r.shut))) IS TRUE
                AND r.n IS NOT NULL AND c.n IS NOT NULL AS is_plain
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
            AS a (room, chatter, kind, content, count, key, reply, mentions, is_question, o)
        LEFT JOIN LATERAL (SELECT x.n, x.expires_hub, x.mode, x.mode_until, x.every, x.shut,
                coalesce((SELECT max(m.seq) FROM messages m WHERE m.room = x.n), x.pruned) AS last_seq
            FROM rooms x WHERE x.id = a.room AND NOT x.deleted LIMIT 1) r ON true
        LEFT JOIN LATERAL (SELECT x.n, x.nickname, x.created_at FROM chatters x WHERE x.id = a.chatter LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT x.room FROM people x WHERE x.chatter = c.n AND x.room = r.n LIMIT 1) p ON true
        LEFT JOIN LATERAL (SELECT x.left_at FROM memberships x WHERE x.chatter = c.n AND x.room = r.n LIMIT 1) s ON true
        LEFT JOIN LATERAL (SELECT x.id FROM messages x WHERE x.chatter = c.n AND x.key = a.key LIMIT 1) k ON true),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, mentions, votes)
        SELECT last_id + a.o, a.room, a.seq, a.chatter, a.kind, a.content, a.count, wall_ms, t, a.key, a.mentions, a.votes
        FROM asked a WHERE NOT EXISTS (SELECT FROM asked b WHERE NOT b.is_plain))
    SELECT 'said', last_id + a.o, a.seq, a.kind, a.content, a.count, wall_ms, false, a.nickname, a.created_at, a.left_at, a.mentions,
        NULL::bigint, NULL::text, NULL::boolean, NULL::uuid, NULL::text, NULL::bigint, NULL::bigint, NULL::bigint[], NULL::smallint,
        NULL::bigint, a.votes, false
    FROM asked a WHERE NOT EXISTS (SELECT FROM asked b WHERE NOT b.is_plain) ORDER BY a.o;
    IF NOT FOUND THEN
        RETURN QUERY SELECT * FROM say_any($1, $2, $3, $4, $5, $6, $7, $8, $9);
    END IF;
END $$;

-- Likewise; otherwise as in 0013.
CREATE OR REPLACE FUNCTION say_any(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
    mentioned text[], questions boolean[])
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint, mentions uuid[], reply_to bigint, quoted text, quoted_back boolean,
    quoted_id uuid, quoted_name text, quoted_at bigint, quoted_left bigint, reactions bigint[], mine smallint, wait bigint,
    votes bigint, answered boolean) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH clock AS MATERIALIZED (SELECT log_end() AS last, wall_now() AS wall, hub_now() AS hub),
    asked AS MATERIALIZED (
        SELECT a.o, r.n AS room, c.n AS chatter, a.kind, a.content, a.count, a.key, c.nickname, c.created_at, s.left_at,
            known.id AS known_id, known.seq AS known_seq, known.kind AS known_kind, known.content AS known_content,
            known.sent_at AS known_at, coalesce(known.taken_back, false) AS taken_back,
            known.mentions AS known_mentions, string_to_array(a.mentions, ',')::uuid[] AS mentions,
            CASE WHEN known.id IS NULL THEN a.reply ELSE known.reply_to END AS reply_to,
            q.content AS quoted, q.taken_back AS quoted_back, qc.id AS quoted_id, qc.nickname AS quoted_name,
            qc.created_at AS quoted_at, qs.left_at AS quoted_left, known.reactions,
            a.is_question, known.votes, coalesce(known.answered, false) AS answered,
            CASE WHEN known.reactions IS NOT NULL OR known.votes IS NOT NULL THEN chosen_by(c.n, known.id) END AS mine,
            a.kind <= 1 AND mode_at(r.whole, clock.hub) = 1 AS is_slow, r.every * 1000 AS every, s.said_hub, c.identity,
            CASE WHEN known.id IS NOT NULL THEN 'repeated'
                WHEN r.n IS NULL THEN 'no_such_room'
                WHEN c.n IS NULL THEN 'no_such_chatter'
                WHEN a.kind > 1 THEN NULL
                WHEN r.expires_hub <= clock.hub THEN 'expired'
                WHEN p.room IS NULL THEN 'not_joined'
                WHEN mode_at(r.whole, clock.hub) = 2 THEN 'room_read_only'
                WHEN is_shut(r.whole, clock.hub) AND r.every > 0 AND came(c.identity) + r.every * 1000 > clock.hub THEN 'too_new'
                WHEN mode_at(r.whole, clock.hub) = 1 AND s.said_hub + r.every * 1000 > clock.hub THEN 'slow_mode'
                WHEN a.reply IS NOT NULL AND (q.kind = 0 AND NOT q.taken_back AND q.seq >= s.first_seq) IS NOT TRUE
                    THEN 'no_message' END AS decided
        FROM clock, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
            AS a (room, chatter, kind, content, count, key, reply, mentions, is_question, o)
        LEFT JOIN LATERAL (SELECT x AS whole, x.* FROM rooms x WHERE x.id = a.room AND NOT x.deleted LIMIT 1) r ON true
        LEFT JOIN LATERAL (SELECT * FROM chatters x WHERE x.id = a.chatter LIMIT 1) c ON true
        LEFT JOIN LATERAL (SELECT * FROM people x WHERE x.room = r.n AND x.chatter = c.n LIMIT 1) p ON true
        LEFT JOIN LATERAL (SELECT * FROM memberships x WHERE x.chatter = c.n AND x.room = r.n LIMIT 1) s ON true
        LEFT JOIN LATERAL (SELECT * FROM messages x WHERE x.chatter = c.n AND x.key = a.key LIMIT 1) known ON true
        LEFT JOIN LATERAL (SELECT * FROM messages x WHERE x.room = coalesce(known.room, r.n)
            AND x.seq = CASE WHEN known.id IS NULL THEN a.reply ELSE known.reply_to END LIMIT 1) q ON true
        LEFT JOIN chatters qc ON qc.n = q.chatter
        LEFT JOIN LATERAL (SELECT * FROM memberships x WHERE x.chatter = q.chatter AND x.room = q.room LIMIT 1) qs ON true),
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
            clock.wall AS sent_at, clock.hub AS sent_hub, f.key, f.reply_to, f.mentions, f.is_slow,
            CASE WHEN f.is_question THEN 0 END AS votes
        FROM fresh f JOIN ends ON ends.room = f.room, clock),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key, reply_to, mentions, votes)
        SELECT p.id, p.room, p.seq, p.chatter, p.kind, p.content, p.count, p.sent_at, p.sent_hub, p.key, p.reply_to, p.mentions, p.votes
        FROM placed p),
    noted AS (
        UPDATE memberships s SET said_hub = p.sent_hub FROM placed p
        WHERE s.chatter = p.chatter AND s.room = p.room AND p.is_slow)
    SELECT coalesce(a.decided, CASE WHEN b.is_too_soon THEN 'slow_mode' WHEN a.first = a.o THEN 'said' ELSE 'repeated' END),
        coalesce(a.known_id, p.id), coalesce(a.known_seq, p.seq), coalesce(a.known_kind, p.kind),
        coalesce(a.known_content, p.content), p.count, coalesce(a.known_at, p.sent_at), a.taken_back,
        a.nickname, a.created_at, a.left_at, CASE WHEN a.known_id IS NULL THEN b.mentions ELSE a.known_mentions END,
        b.reply_to, b.quoted, b.quoted_back, b.quoted_id, b.quoted_name, b.quoted_at, b.quoted_left,
        a.reactions, a.mine, CASE WHEN b.is_too_soon THEN b.every WHEN a.decided = 'too_new' THEN came(a.identity) + a.every - clock.hub
            ELSE a.said_hub + a.every - clock.hub END,
        CASE WHEN a.known_id IS NULL THEN p.votes ELSE a.votes END, a.answered
    FROM paced a JOIN paced b ON b.o = a.first LEFT JOIN placed p ON p.o = a.first, clock
    ORDER BY a.o;
END $$;
