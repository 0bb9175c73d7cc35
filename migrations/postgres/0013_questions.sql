-- Questions: messages that others vote up and the host answers.

-- How many people have voted for the question, NULL for a message that is none; and whether the host has marked it as answered.
ALTER TABLE messages ADD COLUMN votes bigint, ADD COLUMN answered boolean NOT NULL DEFAULT false;
CREATE INDEX questions_by_votes ON messages (room, answered, votes, seq) WHERE votes IS NOT NULL;
CREATE INDEX questions_by_time ON messages (room, seq) WHERE votes IS NOT NULL;

COMMENT ON COLUMN reactions.chosen IS 'a bit for each of the six, the first the lowest, and 64 for a vote';

DROP FUNCTION say;
-- As before, but for questions.
CREATE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
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
            a.kind <= 1 AND mode_at(r, clock.hub) = 1 AS is_slow, r.every * 1000 AS every, s.said_hub, c.identity,
            CASE WHEN known.id IS NOT NULL THEN 'repeated'
                WHEN r.n IS NULL THEN 'no_such_room'
                WHEN c.n IS NULL THEN 'no_such_chatter'
                WHEN a.kind > 1 THEN NULL
                WHEN r.expires_hub <= clock.hub THEN 'expired'
                WHEN p.room IS NULL THEN 'not_joined'
                WHEN mode_at(r, clock.hub) = 2 THEN 'room_read_only'
                WHEN is_shut(r, clock.hub) AND r.every > 0 AND came(c.identity) + r.every * 1000 > clock.hub THEN 'too_new'
                WHEN mode_at(r, clock.hub) = 1 AND s.said_hub + r.every * 1000 > clock.hub THEN 'slow_mode'
                WHEN a.reply IS NOT NULL AND (q.kind = 0 AND NOT q.taken_back AND q.seq >= s.first_seq) IS NOT TRUE
                    THEN 'no_message' END AS decided
        FROM clock, unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
            AS a (room, chatter, kind, content, count, key, reply, mentions, is_question, o)
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

-- Deletes what a message says, and who has reacted to it or voted for it. Its key stays.
CREATE FUNCTION empty_message(of_message bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE messages m SET content = '', taken_back = true, reply_to = NULL, mentions = NULL, reactions = NULL, reacted = NULL,
        votes = NULL, answered = false
    WHERE m.id = of_message;
    DELETE FROM reactions x WHERE x.message = of_message;
    PERFORM append(10::smallint, room => (SELECT m.room FROM messages m WHERE m.id = of_message), message => of_message);
END $$;

-- As before. Takes messages back: all of them or, where one cannot be, none. Then `id` is NULL in that one's row.
CREATE OR REPLACE FUNCTION take_back(of_room uuid, seqs bigint[], what text) RETURNS TABLE (seq bigint, id bigint) LANGUAGE plpgsql AS $$
DECLARE r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    RETURN QUERY SELECT s, NULL::bigint FROM unnest(seqs) AS s
        WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.room = r AND m.seq = s AND m.kind IN (0, 1, 5)) LIMIT 1;
    IF FOUND THEN RETURN; END IF;
    FOREACH seq IN ARRAY seqs LOOP
        SELECT m.id INTO id FROM messages m WHERE m.room = r AND m.seq = take_back.seq AND NOT m.taken_back;
        IF FOUND THEN
            PERFORM empty_message(id);
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM remember('message delete', what);
END $$;

-- As before. Somebody takes back a message of their own: NULL in `id` if it was taken back before.
CREATE OR REPLACE FUNCTION take_back_own(of_room uuid, by_chatter uuid, its_seq bigint, within bigint, OUT outcome text, OUT id bigint)
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
    PERFORM empty_message(m.id);
    id := m.id;
END $$;

-- Stores what somebody has chosen now for a message.
CREATE FUNCTION choose(of_message bigint, by_chatter bigint, now_chosen smallint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF now_chosen = 0 THEN
        DELETE FROM reactions x WHERE x.message = of_message AND x.chatter = by_chatter;
    ELSE
        INSERT INTO reactions VALUES (of_message, by_chatter, now_chosen)
        ON CONFLICT (message, chatter) DO UPDATE SET chosen = excluded.chosen;
    END IF;
END $$;

-- As before, with the votes. Somebody reacts to a message, or no more: `flag` is the bit of the emoji, `place` its place in
-- the counts.
DROP FUNCTION react;
CREATE FUNCTION react(of_room uuid, by_chatter uuid, its_seq bigint, flag smallint, place int, is_on boolean,
    OUT outcome text, OUT counts bigint[], OUT mine smallint, OUT at_hub bigint, OUT votes bigint, OUT answered boolean) LANGUAGE plpgsql AS $$
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
    votes := m.votes;
    answered := m.answered;
    outcome := 'before';
    IF mine = before THEN RETURN; END IF;
    outcome := 'reacted';
    at_hub := hub_now();
    counts[place] := greatest(0, counts[place] + CASE WHEN is_on THEN 1 ELSE -1 END);
    PERFORM choose(m.id, c, mine);
    UPDATE messages k SET reactions = counts, reacted = at_hub WHERE k.id = m.id;
    PERFORM append(13::smallint, room => r, message => m.id);
END $$;

-- Somebody votes for a question of somebody else, or no more. Other hubs learn of it as of reactions.
CREATE FUNCTION vote(of_room uuid, by_chatter uuid, its_seq bigint, is_on boolean,
    OUT outcome text, OUT counts bigint[], OUT mine smallint, OUT at_hub bigint, OUT votes bigint, OUT answered boolean) LANGUAGE plpgsql AS $$
DECLARE m messages; r bigint; c bigint; before smallint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    SELECT k.n INTO c FROM chatters k WHERE k.id = by_chatter;
    SELECT k.* INTO m FROM messages k WHERE k.room = r AND k.seq = its_seq AND k.kind = 0 AND NOT k.taken_back
        AND k.seq >= (SELECT s.first_seq FROM memberships s WHERE s.chatter = c AND s.room = r);
    IF m.id IS NULL THEN outcome := 'no_message'; RETURN; END IF;
    IF m.votes IS NULL THEN outcome := 'no_question'; RETURN; END IF;
    IF m.chatter = c THEN outcome := 'own_question'; RETURN; END IF;
    before := coalesce(chosen_by(c, m.id), 0::smallint);
    mine := CASE WHEN is_on THEN before | 64 ELSE before & ~64 END;
    counts := m.reactions;
    at_hub := coalesce(m.reacted, 0);
    votes := m.votes;
    answered := m.answered;
    outcome := 'before';
    IF mine = before THEN RETURN; END IF;
    outcome := 'reacted';
    at_hub := hub_now();
    votes := greatest(0, votes + CASE WHEN is_on THEN 1 ELSE -1 END);
    PERFORM choose(m.id, c, mine);
    UPDATE messages k SET votes = vote.votes, reacted = at_hub WHERE k.id = m.id;
    PERFORM append(13::smallint, room => r, message => m.id);
END $$;

-- The host marks a question as answered, or not. Said again, it changes nothing.
CREATE FUNCTION mark_answered(of_room uuid, its_seq bigint, is_answered boolean, what text,
    OUT outcome text, OUT counts bigint[], OUT mine smallint, OUT at_hub bigint, OUT votes bigint, OUT answered boolean) LANGUAGE plpgsql AS $$
DECLARE m messages; r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    SELECT k.* INTO m FROM messages k WHERE k.room = r AND k.seq = its_seq AND k.kind = 0 AND NOT k.taken_back;
    IF m.id IS NULL THEN outcome := 'no_message'; RETURN; END IF;
    IF m.votes IS NULL THEN outcome := 'no_question'; RETURN; END IF;
    counts := m.reactions;
    at_hub := coalesce(m.reacted, 0);
    votes := m.votes;
    answered := is_answered;
    outcome := 'before';
    IF m.answered = is_answered THEN RETURN; END IF;
    outcome := 'reacted';
    at_hub := hub_now();
    UPDATE messages k SET answered = is_answered, reacted = at_hub WHERE k.id = m.id;
    PERFORM append(13::smallint, room => r, message => m.id);
    PERFORM remember('question answered', what);
END $$;

-- Whether the host reads a room's questions first.
ALTER TABLE rooms ADD COLUMN hold_questions boolean NOT NULL DEFAULT false;

-- The questions that wait for the host. One becomes a message, with its place in the room, when it is let through; `message`
-- is that one until the transaction has read it. A row that is dropped keeps its key, so that a retry does not ask the question
-- again. `chatter` refers to `chatters`, which are deleted after these rows.
CREATE TABLE held_questions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    chatter bigint NOT NULL,
    nickname text NOT NULL,
    content text NOT NULL,
    key text,
    reply_to bigint,
    mentions uuid[],
    asked_at bigint NOT NULL,
    dropped boolean NOT NULL DEFAULT false,
    message bigint
);
CREATE UNIQUE INDEX held_by_key ON held_questions (chatter, key) WHERE key IS NOT NULL;
CREATE INDEX held_by_room ON held_questions (room, dropped, chatter);

-- Takes a question: as `say`, or lets it wait where the host reads questions first. A retry gives what became of it.
CREATE FUNCTION ask(of_room uuid, by_chatter uuid, its_text text, its_key text, reply bigint, mentioned text, each bigint, most bigint)
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint, mentions uuid[], reply_to bigint, quoted text, quoted_back boolean,
    quoted_id uuid, quoted_name text, quoted_at bigint, quoted_left bigint, reactions bigint[], mine smallint, wait bigint,
    votes bigint, answered boolean) LANGUAGE plpgsql AS $$
DECLARE r rooms; c chatters; s memberships; h held_questions; t bigint := hub_now(); is_slow boolean;
BEGIN
    SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
    SELECT * INTO c FROM chatters k WHERE k.id = by_chatter;
    SELECT * INTO h FROM held_questions k WHERE k.chatter = c.n AND k.key = its_key
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.chatter = c.n AND m.key = its_key);
    IF h.id IS NOT NULL THEN
        outcome := CASE WHEN h.dropped THEN 'not_let_through' ELSE 'held' END;
        id := h.id;
        content := h.content;
        sent_at := h.asked_at;
        RETURN NEXT;
        RETURN;
    END IF;
    IF r.hold_questions IS NOT TRUE OR EXISTS (SELECT 1 FROM messages m WHERE m.chatter = c.n AND m.key = its_key) THEN
        RETURN QUERY SELECT * FROM say(ARRAY[of_room], ARRAY[by_chatter], ARRAY[0::smallint], ARRAY[its_text], ARRAY[NULL::bigint],
            ARRAY[its_key], ARRAY[reply], ARRAY[mentioned], ARRAY[true]);
        RETURN;
    END IF;
    -- The same rules as in `say`.
    SELECT * INTO s FROM memberships k WHERE k.room = r.n AND k.chatter = c.n;
    is_slow := mode_at(r, t) = 1;
    outcome := CASE WHEN c.n IS NULL THEN 'no_such_chatter'
        WHEN r.expires_hub <= t THEN 'expired'
        WHEN NOT EXISTS (SELECT 1 FROM people p WHERE p.room = r.n AND p.chatter = c.n) THEN 'not_joined'
        WHEN mode_at(r, t) = 2 THEN 'room_read_only'
        WHEN is_shut(r, t) AND r.every > 0 AND came(c.identity) + r.every * 1000 > t THEN 'too_new'
        WHEN is_slow AND s.said_hub + r.every * 1000 > t THEN 'slow_mode'
        WHEN reply IS NOT NULL AND NOT EXISTS (SELECT 1 FROM messages q WHERE q.room = r.n AND q.seq = reply AND q.kind = 0
            AND NOT q.taken_back AND q.seq >= s.first_seq) THEN 'no_message'
        WHEN (SELECT count(*) FROM held_questions k WHERE k.room = r.n AND NOT k.dropped AND k.chatter = c.n) >= each
            OR (SELECT count(*) FROM held_questions k WHERE k.room = r.n AND NOT k.dropped) >= most THEN 'too_many_held'
        ELSE 'held' END;
    wait := CASE outcome WHEN 'too_new' THEN came(c.identity) ELSE s.said_hub END + r.every * 1000 - t;
    IF outcome = 'held' THEN
        INSERT INTO held_questions (room, chatter, nickname, content, key, reply_to, mentions, asked_at)
        VALUES (r.n, c.n, c.nickname, its_text, its_key, reply, string_to_array(mentioned, ',')::uuid[], wall_now())
        RETURNING * INTO h;
        IF is_slow THEN UPDATE memberships k SET said_hub = t WHERE k.room = r.n AND k.chatter = c.n; END IF;
        id := h.id;
        content := h.content;
        sent_at := h.asked_at;
    END IF;
    RETURN NEXT;
END $$;

-- Makes a message of a question that waits. Its row goes when the message is read.
CREATE FUNCTION let_through(its_id bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE h held_questions; r rooms; new_id bigint;
BEGIN
    SELECT * INTO h FROM held_questions k WHERE k.id = its_id AND NOT k.dropped;
    SELECT * INTO r FROM rooms k WHERE k.n = h.room AND NOT k.deleted;
    IF r.n IS NULL THEN RETURN 'no_such_held'; END IF;
    IF r.expires_hub <= hub_now() THEN RETURN 'expired'; END IF;
    SELECT a.id INTO new_id FROM notice(r.n, h.chatter, 0::smallint, h.content, NULL, NULL, NULL) a;
    -- The key may stand for another message by now, and the message that it answers may be gone.
    UPDATE messages m SET votes = 0, mentions = h.mentions,
        key = CASE WHEN NOT EXISTS (SELECT 1 FROM messages o WHERE o.chatter = h.chatter AND o.key = h.key) THEN h.key END,
        reply_to = (SELECT q.seq FROM messages q WHERE q.room = r.n AND q.seq = h.reply_to AND q.kind = 0 AND NOT q.taken_back)
    WHERE m.id = new_id;
    UPDATE held_questions k SET message = new_id WHERE k.id = its_id;
    PERFORM remember('question let-through', what);
    RETURN 'said';
END $$;

CREATE FUNCTION drop_held(ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE dropped_now bigint; newest bigint;
BEGIN
    UPDATE held_questions k SET content = '', nickname = '', reply_to = NULL, mentions = NULL, dropped = true
    WHERE k.id = ANY (ids) AND NOT k.dropped;
    GET DIAGNOSTICS dropped_now = ROW_COUNT;
    IF dropped_now > 0 THEN
        SELECT max(o.id) INTO newest FROM held_questions o;
        DELETE FROM held_questions k WHERE k.id <= newest - 10000 AND k.dropped;
    END IF;
    RETURN dropped_now;
END $$;

CREATE FUNCTION drop_question(its_id bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF drop_held(ARRAY[its_id]) = 0 THEN RETURN 'no_such_held'; END IF;
    PERFORM remember('question drop', what);
    RETURN 'done';
END $$;

-- The questions of a browser that wait.
CREATE FUNCTION held_of(who uuid) RETURNS bigint[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT h.id FROM chatters c JOIN memberships s ON s.chatter = c.n
        JOIN held_questions h ON h.room = s.room AND NOT h.dropped AND h.chatter = s.chatter WHERE c.identity = who)
$$;

-- As before, and the room's questions no longer wait.
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
    PERFORM drop_held(ARRAY(SELECT h.id FROM held_questions h WHERE h.room = ended AND NOT h.dropped));
    PERFORM append(3::smallint, room => ended, detail => why);
    IF what IS NOT NULL THEN
        PERFORM remember(CASE why WHEN 3 THEN 'room delete' ELSE 'room close' END, what);
    END IF;
    RETURN 'done';
END $$;

-- As before, and the browser's questions no longer wait.
CREATE OR REPLACE FUNCTION mute(of_chatter uuid, of_identity uuid, name text, until_then bigint, what text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE t bigint := hub_now();
BEGIN
    DELETE FROM mutes WHERE until_hub <= t;
    INSERT INTO mutes VALUES (of_identity, of_chatter, name, until_then)
    ON CONFLICT (identity) DO UPDATE SET chatter = excluded.chatter, nickname = excluded.nickname, until_hub = excluded.until_hub;
    PERFORM drop_held(held_of(of_identity));
    PERFORM append(20::smallint, chatter => of_chatter, identity => of_identity, until_hub => until_then);
    PERFORM remember('chatter mute', what);
    RETURN 'done';
END $$;

-- As before, and the browser's questions no longer wait.
CREATE OR REPLACE FUNCTION ban(of_chatter uuid, of_identity uuid, name text, from_address inet, until_then bigint, what text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO bans VALUES (of_chatter, of_identity, name, from_address, until_then)
    ON CONFLICT (chatter) DO UPDATE SET identity = excluded.identity, nickname = excluded.nickname,
        address = excluded.address, until_hub = excluded.until_hub;
    DELETE FROM people WHERE identity = of_identity;
    SELECT drop_held(held_of(of_identity));
    SELECT append(8::smallint, chatter => of_chatter);
    SELECT remember('chatter ban', what)
$$;

-- As before, with how the room takes questions.
DROP FUNCTION edit_room;
CREATE FUNCTION edit_room(of_room uuid, new_title text, new_capacity bigint, is_lock boolean, new_lock text, new_history smallint,
    new_position bigint, new_hold boolean, what text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE r rooms;
BEGIN
    SELECT * INTO r FROM rooms WHERE id = of_room AND NOT deleted;
    IF r.n IS NULL THEN RETURN 'no_such_room'; END IF;
    IF r.expires_hub <= hub_now() THEN RETURN 'expired'; END IF;
    UPDATE rooms SET title = coalesce(new_title, title), capacity = coalesce(new_capacity, capacity),
        lock = CASE WHEN is_lock THEN new_lock ELSE lock END, history = coalesce(new_history, history),
        position = coalesce(new_position, position), hold_questions = coalesce(new_hold, hold_questions)
    WHERE n = r.n;
    PERFORM append(24::smallint, room => r.n);
    PERFORM remember('room edit', what);
    RETURN 'done';
END $$;

-- As before, but first what waits in the room, or is dropped there.
CREATE OR REPLACE FUNCTION delete_members(of_room bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE it record;
BEGIN
    DELETE FROM held_questions h WHERE h.id IN (SELECT k.id FROM held_questions k WHERE k.room = of_room LIMIT most);
    IF FOUND THEN RETURN; END IF;
    FOR it IN SELECT identity, chatter FROM memberships WHERE room = of_room ORDER BY identity LIMIT most LOOP
        DELETE FROM memberships WHERE room = of_room AND identity = it.identity;
        DELETE FROM chatters c WHERE c.n = it.chatter
            AND NOT EXISTS (SELECT 1 FROM memberships s WHERE s.chatter = c.n)
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.chatter = c.n);
    END LOOP;
END $$;
