-- One chat for several hubs.
--
-- All that the hubs must agree on is one log without gaps: messages and events share one numbering, and each commit
-- takes one lock, decides against these tables, and appends. So every hub sees every change in one order, and knows by
-- counting whether it misses any.
--
-- Times called `…_hub` decide: ms of the database's own clock since `meta.born`, never going back (`hub_now`). Times
-- called `…_at` are wall time (ms since 1970), only to be shown. No hub's clock decides anything.

CREATE TABLE meta (
    key   text PRIMARY KEY, -- version, born, epoch, identity_key
    value text NOT NULL
);

-- A row is a lease: the run of a hub that lives.
CREATE TABLE hubs (
    run   bigint PRIMARY KEY, -- drawn at the start
    hub   uuid   NOT NULL,
    name  text   NOT NULL,
    url   text   NOT NULL,
    seen  bigint NOT NULL,    -- hub time of its last sign of life
    heard bigint NOT NULL     -- how far it has read the log: what is older may be pruned
);

-- A row a commit: the log's end after it, whose it was (a hub that lost its connection asks whether its commit was
-- done), and when. Append-only: a counter that is updated slows down while anybody holds a snapshot, as pg_dump does.
CREATE TABLE commits (
    last   bigint PRIMARY KEY,
    run    bigint NOT NULL,
    number bigint NOT NULL,
    at_hub bigint NOT NULL,
    UNIQUE (run, number)
);

CREATE TABLE rooms (
    n           bigint  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id          uuid    NOT NULL UNIQUE,
    code        text    NOT NULL UNIQUE,
    title       text    NOT NULL,
    namespace   text    NOT NULL,
    capacity    bigint  NOT NULL, -- 0: no limit
    lock        text,             -- Argon2id, PHC form; NULL: open
    created_at  bigint  NOT NULL,
    created_hub bigint  NOT NULL,
    lifetime    bigint  NOT NULL, -- ms
    expires_hub bigint  NOT NULL GENERATED ALWAYS AS (created_hub + lifetime) STORED,
    pruned      bigint  NOT NULL DEFAULT 0, -- everything up to and with this place is gone
    deleted     boolean NOT NULL DEFAULT false,
    shut        boolean NOT NULL,
    by_host     boolean NOT NULL
);
CREATE INDEX rooms_by_expiry ON rooms (expires_hub);
CREATE INDEX rooms_deleted ON rooms (n) WHERE deleted;

CREATE TABLE chatters (
    n          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id         uuid   NOT NULL UNIQUE,
    identity   uuid   NOT NULL, -- the browser that owns it
    nickname   text   NOT NULL,
    looks      text[] NOT NULL, -- names that share one of these look alike
    created_at bigint NOT NULL
);

-- One identity is one chatter in a room.
CREATE TABLE memberships (
    room      bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    identity  uuid   NOT NULL,
    chatter   bigint NOT NULL REFERENCES chatters,
    first_seq bigint NOT NULL, -- the first message they may read
    left_at   bigint,
    PRIMARY KEY (room, identity)
);
CREATE INDEX memberships_by_chatter ON memberships (chatter, room);

-- Who is present, once a room.
CREATE TABLE people (
    room     bigint NOT NULL REFERENCES rooms ON DELETE CASCADE,
    identity uuid   NOT NULL,
    chatter  bigint NOT NULL REFERENCES chatters,
    PRIMARY KEY (room, identity),
    UNIQUE (chatter, room)
);
CREATE INDEX people_by_identity ON people (identity);

-- Through which runs of hubs they are present.
CREATE TABLE stays (
    room      bigint NOT NULL,
    identity  uuid   NOT NULL,
    run       bigint NOT NULL,
    peer      inet   NOT NULL,
    until_hub bigint,          -- their hub is dead: how long their place is kept
    PRIMARY KEY (room, identity, run),
    FOREIGN KEY (room, identity) REFERENCES people ON DELETE CASCADE
);
CREATE INDEX stays_by_run ON stays (run);
CREATE INDEX stays_to_end ON stays (until_hub) WHERE until_hub IS NOT NULL;

-- The names of who is present. Who came with a name that somebody else had has none here until they are told apart.
CREATE TABLE names (
    room    bigint NOT NULL,
    look    text   NOT NULL,
    chatter bigint NOT NULL,
    PRIMARY KEY (room, look),
    FOREIGN KEY (chatter, room) REFERENCES people (chatter, room) ON DELETE CASCADE
);
CREATE INDEX names_by_chatter ON names (chatter, room);

CREATE TABLE messages (
    id         bigint   PRIMARY KEY,
    room       bigint   NOT NULL REFERENCES rooms ON DELETE CASCADE,
    seq        bigint   NOT NULL,
    chatter    bigint   NOT NULL REFERENCES chatters,
    kind       smallint NOT NULL, -- 0 said, 1 note, 2 joined, 3 left, 4 renamed
    content    text     NOT NULL,
    count      bigint,            -- joined, left: how many
    was        text,              -- renamed: the name before
    now        text,              -- renamed: the name after
    sent_at    bigint   NOT NULL,
    sent_hub   bigint   NOT NULL,
    key        text,              -- the client's, for exactly once
    taken_back boolean  NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX messages_by_place ON messages (room, seq);
CREATE UNIQUE INDEX messages_by_key ON messages (chatter, key) WHERE key IS NOT NULL;
CREATE INDEX messages_by_chatter ON messages (chatter);
CREATE INDEX messages_taken_back ON messages (room, seq) WHERE taken_back;

-- What is no message and the other hubs must hear. `n` counts on with `messages.id`.
CREATE TABLE events (
    n         bigint   PRIMARY KEY,
    at_hub    bigint   NOT NULL,
    what      smallint NOT NULL, -- 1 room made, 2 shut or opened, 3 ended, 4 entered, 5 left, 6 kicked, 7 renamed,
                                 -- 8 banned, 9 unbanned, 10 taken back, 11 access granted
    room      bigint,
    chatter   uuid,
    identity  uuid,
    run       bigint,
    message   bigint,
    address   inet,
    until_hub bigint,
    detail    smallint           -- 2: 1 shut, 0 open; 3: 1 silent, 2 closed, 3 deleted
);

CREATE TABLE bans (
    chatter   uuid PRIMARY KEY,
    identity  uuid NOT NULL,
    nickname  text NOT NULL,
    address   inet,
    until_hub bigint
);
CREATE INDEX bans_by_identity ON bans (identity);
CREATE INDEX bans_by_address ON bans (address) WHERE address IS NOT NULL;

CREATE TABLE host_actions (
    n    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at   bigint NOT NULL,
    deed text   NOT NULL,
    what text   NOT NULL
);

CREATE FUNCTION wall_now() RETURNS bigint LANGUAGE sql AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;

CREATE FUNCTION hub_now() RETURNS bigint LANGUAGE sql AS $$
    SELECT greatest(
        wall_now() - (SELECT value::bigint FROM meta WHERE key = 'born'),
        (SELECT at_hub FROM commits ORDER BY last DESC LIMIT 1), 0)
$$;

-- The log's end, with the rows of the transaction under way. Only under the lock.
CREATE FUNCTION log_end() RETURNS bigint LANGUAGE sql AS $$
    SELECT greatest(0, (SELECT max(id) FROM messages), (SELECT max(n) FROM events), (SELECT max(last) FROM commits))
$$;

CREATE FUNCTION last_seq(of_room bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT coalesce((SELECT max(seq) FROM messages WHERE room = of_room), (SELECT pruned FROM rooms WHERE n = of_room))
$$;

-- Fences: nothing that a run does takes effect once it was declared dead.
CREATE FUNCTION fence(of_run bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM hubs WHERE run = of_run;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this run of the hub was declared dead' USING ERRCODE = 'CH001';
    END IF;
END $$;

CREATE FUNCTION append(what smallint, room bigint = NULL, chatter uuid = NULL, identity uuid = NULL, run bigint = NULL,
    message bigint = NULL, address inet = NULL, until_hub bigint = NULL, detail smallint = NULL)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO events (n, at_hub, what, room, chatter, identity, run, message, address, until_hub, detail)
    SELECT log_end() + 1, hub_now(), $1, $2, $3, $4, $5, $6, $7, $8, $9
$$;

-- A notice of the hub itself.
CREATE FUNCTION notice(in_room bigint, about bigint, its_kind smallint, text_of text, how_many bigint, name_was text, name_now text,
    OUT id bigint, OUT seq bigint, OUT sent_at bigint) LANGUAGE plpgsql AS $$
BEGIN
    id := log_end() + 1;
    seq := last_seq(in_room) + 1;
    sent_at := wall_now();
    INSERT INTO messages (id, room, seq, chatter, kind, content, count, was, now, sent_at, sent_hub)
    VALUES (notice.id, in_room, notice.seq, about, its_kind, text_of, how_many, name_was, name_now, notice.sent_at, hub_now());
END $$;

-- An entry in the log of the host's actions, which keeps the newest 10,000.
CREATE FUNCTION remember(deed text, what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE newest bigint;
BEGIN
    INSERT INTO host_actions (at, deed, what) VALUES (wall_now(), $1, $2) RETURNING n INTO newest;
    DELETE FROM host_actions WHERE n <= newest - 10000;
END $$;

CREATE FUNCTION make_room(new_id uuid, new_code text, new_title text, new_namespace text, new_capacity bigint, new_lock text,
    at bigint, at_hub bigint, lives bigint, is_shut boolean, of_host boolean, is_first boolean, most bigint, what text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE made bigint; t bigint := hub_now();
BEGIN
    IF is_first AND EXISTS (SELECT 1 FROM rooms WHERE expires_hub > t AND NOT deleted AND lock IS NULL AND (by_host OR capacity = 0)) THEN
        RETURN 'unavailable';
    END IF;
    IF NOT of_host AND (SELECT count(*) FROM rooms WHERE expires_hub > t AND NOT deleted AND NOT by_host) >= most THEN
        RETURN 'too_many_rooms';
    END IF;
    INSERT INTO rooms (id, code, title, namespace, capacity, lock, created_at, created_hub, lifetime, shut, by_host)
    VALUES (new_id, new_code, new_title, new_namespace, new_capacity, new_lock, at, at_hub, lives, is_shut, of_host)
    ON CONFLICT DO NOTHING RETURNING n INTO made;
    IF made IS NULL THEN RETURN 'unavailable'; END IF;
    PERFORM append(1::smallint, room => made);
    IF what IS NOT NULL THEN PERFORM remember('room create', what); END IF;
    RETURN 'done';
END $$;

-- Ends a room now, unless it has ended.
CREATE FUNCTION end_room(of_room uuid, why smallint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE ended bigint;
BEGIN
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

CREATE FUNCTION shut_room(of_room uuid, is_shut boolean, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE it bigint;
BEGIN
    UPDATE rooms SET shut = is_shut WHERE id = of_room AND NOT deleted RETURNING n INTO it;
    IF it IS NULL THEN RETURN 'no_such_room'; END IF;
    PERFORM append(2::smallint, room => it, detail => is_shut::int::smallint);
    PERFORM remember(CASE WHEN is_shut THEN 'room lock' ELSE 'room unlock' END, what);
    RETURN 'done';
END $$;

-- Somebody joins through a run of a hub. `note` is the notice's text, with chr(1) for the name; NULL for none.
CREATE FUNCTION join_room(by_run bigint, of_room uuid, who uuid, wanted uuid, fresh_id uuid, fresh_name text, fresh_looks text[],
    fresh_at bigint, admitted boolean, note text, from_peer inet,
    OUT outcome text, OUT chatter uuid, OUT nickname text, OUT created_at bigint, OUT first_seq bigint, OUT was_pruned boolean,
    OUT last bigint, OUT alert_id bigint, OUT alert_seq bigint, OUT alert_at bigint, OUT alert_text text)
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
        INSERT INTO memberships VALUES (r.n, who, c.n, last_seq(r.n) + 1, NULL) RETURNING * INTO m;
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
END $$;

-- Somebody leaves a room through a run of a hub. Who is still there through another stays. With `everywhere` the host has
-- removed them before (`kick`, `ban`): the room is told, unless they are back.
CREATE FUNCTION leave_room(by_run bigint, of_room uuid, of_chatter uuid, everywhere boolean, note text,
    OUT still_here boolean, OUT nickname text, OUT created_at bigint, OUT left_at bigint,
    OUT alert_id bigint, OUT alert_seq bigint, OUT alert_at bigint, OUT alert_text text)
LANGUAGE plpgsql AS $$
DECLARE r bigint; c chatters; was_there boolean;
BEGIN
    still_here := false;
    SELECT n INTO r FROM rooms WHERE id = of_room;
    SELECT * INTO c FROM chatters k WHERE k.id = of_chatter;
    IF r IS NULL OR c.n IS NULL THEN RETURN; END IF;
    nickname := c.nickname;
    created_at := c.created_at;
    IF NOT everywhere THEN
        DELETE FROM stays s WHERE s.room = r AND s.identity = c.identity AND s.run = by_run;
        IF NOT FOUND THEN RETURN; END IF;
        PERFORM append(5::smallint, room => r, chatter => c.id, identity => c.identity, run => by_run);
    END IF;
    still_here := EXISTS (SELECT 1 FROM stays s WHERE s.room = r AND s.identity = c.identity);
    IF still_here THEN RETURN; END IF;
    DELETE FROM people p WHERE p.room = r AND p.identity = c.identity;
    left_at := wall_now();
    UPDATE memberships s SET left_at = leave_room.left_at WHERE s.room = r AND s.identity = c.identity;
    IF note IS NOT NULL THEN
        alert_text := replace(note, chr(1), c.nickname);
        SELECT a.id, a.seq, a.sent_at INTO alert_id, alert_seq, alert_at
        FROM notice(r, c.n, 3::smallint, alert_text, 1, NULL, NULL) a;
    END IF;
END $$;

-- Another name, free in every room where they are present. `note` has chr(1) for the name before.
CREATE FUNCTION rename_chatter(of_chatter uuid, by_owner uuid, new_name text, new_looks text[], note_room uuid, note text,
    OUT outcome text, OUT was text, OUT created_at bigint, OUT alert_id bigint, OUT alert_seq bigint, OUT alert_at bigint, OUT alert_text text)
LANGUAGE plpgsql AS $$
DECLARE c chatters; r bigint;
BEGIN
    SELECT * INTO c FROM chatters k WHERE k.id = of_chatter;
    IF c.n IS NULL THEN outcome := 'no_such_chatter'; RETURN; END IF;
    IF by_owner IS NOT NULL AND by_owner <> c.identity THEN outcome := 'not_yours'; RETURN; END IF;
    IF EXISTS (SELECT 1 FROM people p JOIN names o ON o.room = p.room
               WHERE p.chatter = c.n AND o.look = ANY (new_looks) AND o.chatter <> c.n) THEN
        outcome := 'name_taken'; RETURN;
    END IF;
    DELETE FROM names o WHERE o.chatter = c.n;
    INSERT INTO names SELECT p.room, l, c.n FROM people p, (SELECT DISTINCT unnest(new_looks) AS l) AS looks WHERE p.chatter = c.n;
    UPDATE chatters k SET nickname = new_name, looks = new_looks WHERE k.n = c.n;
    PERFORM append(7::smallint, chatter => c.id);
    SELECT n INTO r FROM rooms WHERE id = note_room AND NOT deleted;
    IF r IS NOT NULL THEN
        alert_text := replace(note, chr(1), c.nickname);
        SELECT a.id, a.seq, a.sent_at INTO alert_id, alert_seq, alert_at
        FROM notice(r, c.n, 4::smallint, alert_text, NULL, c.nickname, new_name) a;
    END IF;
    outcome := 'renamed';
    was := c.nickname;
    created_at := c.created_at;
END $$;

-- Messages, in their order: a row for each, with what became of it. Refusals are rows, not errors.
CREATE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[])
RETURNS TABLE (outcome text, id bigint, seq bigint, kind smallint, content text, count bigint, sent_at bigint, taken_back boolean,
    nickname text, created_at bigint, left_at bigint) LANGUAGE sql AS $$
    WITH clock AS MATERIALIZED (SELECT log_end() AS last, wall_now() AS wall, hub_now() AS hub),
    asked AS MATERIALIZED (
        SELECT a.o, r.n AS room, c.n AS chatter, a.kind, a.content, a.count, a.key, c.nickname, c.created_at, s.left_at,
            known.id AS known_id, known.seq AS known_seq, known.kind AS known_kind, known.content AS known_content,
            known.sent_at AS known_at, coalesce(known.taken_back, false) AS taken_back,
            CASE WHEN known.id IS NOT NULL THEN 'repeated'
                WHEN r.n IS NULL THEN 'no_such_room'
                WHEN c.n IS NULL THEN 'no_such_chatter'
                WHEN a.kind > 1 THEN NULL
                WHEN r.expires_hub <= clock.hub THEN 'expired'
                WHEN p.room IS NULL THEN 'not_joined' END AS decided,
            first_value(a.o) OVER (PARTITION BY c.n, coalesce(a.key, a.o::text), a.key IS NULL ORDER BY a.o) AS first
        FROM clock, unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY AS a (room, chatter, kind, content, count, key, o)
        LEFT JOIN rooms r ON r.id = a.room AND NOT r.deleted
        LEFT JOIN chatters c ON c.id = a.chatter
        LEFT JOIN people p ON p.room = r.n AND p.chatter = c.n
        LEFT JOIN memberships s ON s.chatter = c.n AND s.room = r.n
        LEFT JOIN messages known ON known.chatter = c.n AND known.key = a.key),
    fresh AS MATERIALIZED (
        SELECT f.*, row_number() OVER (ORDER BY f.o) AS place, row_number() OVER (PARTITION BY f.room ORDER BY f.o) AS place_in_room
        FROM asked f WHERE f.decided IS NULL AND f.first = f.o),
    ends AS MATERIALIZED (SELECT f.room, last_seq(f.room) AS seq FROM (SELECT DISTINCT room FROM fresh) f),
    placed AS MATERIALIZED (
        SELECT f.o, clock.last + f.place AS id, f.room, ends.seq + f.place_in_room AS seq, f.chatter, f.kind, f.content, f.count,
            clock.wall AS sent_at, clock.hub AS sent_hub, f.key
        FROM fresh f JOIN ends ON ends.room = f.room, clock),
    stored AS (
        INSERT INTO messages (id, room, seq, chatter, kind, content, count, sent_at, sent_hub, key)
        SELECT p.id, p.room, p.seq, p.chatter, p.kind, p.content, p.count, p.sent_at, p.sent_hub, p.key FROM placed p)
    SELECT coalesce(a.decided, CASE WHEN a.first = a.o THEN 'said' ELSE 'repeated' END),
        coalesce(a.known_id, p.id), coalesce(a.known_seq, p.seq), coalesce(a.known_kind, p.kind),
        coalesce(a.known_content, p.content), p.count, coalesce(a.known_at, p.sent_at), a.taken_back,
        a.nickname, a.created_at, a.left_at
    FROM asked a LEFT JOIN placed p ON p.o = a.first
    ORDER BY a.o
$$;

-- Takes messages back: all of them or, where one cannot be, none. Then `id` is NULL in that one's row.
CREATE FUNCTION take_back(of_room uuid, seqs bigint[], what text) RETURNS TABLE (seq bigint, id bigint) LANGUAGE plpgsql AS $$
DECLARE r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    RETURN QUERY SELECT s, NULL::bigint FROM unnest(seqs) AS s
        WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.room = r AND m.seq = s AND m.kind IN (0, 1)) LIMIT 1;
    IF FOUND THEN RETURN; END IF;
    FOREACH seq IN ARRAY seqs LOOP
        UPDATE messages AS m SET content = '', taken_back = true
        WHERE m.room = r AND m.seq = take_back.seq AND NOT m.taken_back RETURNING m.id INTO id;
        IF FOUND THEN
            PERFORM append(10::smallint, room => r, message => take_back.id);
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM remember('message delete', what);
END $$;

CREATE FUNCTION ban(of_chatter uuid, of_identity uuid, name text, from_address inet, until_then bigint, what text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO bans VALUES (of_chatter, of_identity, name, from_address, until_then)
    ON CONFLICT (chatter) DO UPDATE SET identity = excluded.identity, nickname = excluded.nickname,
        address = excluded.address, until_hub = excluded.until_hub;
    DELETE FROM people WHERE identity = of_identity;
    SELECT append(8::smallint, chatter => of_chatter);
    SELECT remember('chatter ban', what)
$$;

CREATE FUNCTION unban(of_chatter uuid, what text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM bans WHERE chatter = of_chatter;
    SELECT append(9::smallint, chatter => of_chatter);
    SELECT remember('chatter unban', what)
$$;

CREATE FUNCTION kick(of_chatter uuid, what text) RETURNS void LANGUAGE sql AS $$
    DELETE FROM people WHERE chatter = (SELECT n FROM chatters WHERE id = of_chatter);
    SELECT append(6::smallint, chatter => of_chatter);
    SELECT remember('chatter kick', what)
$$;

-- A run of a hub begins: it hears the log from its end on. An earlier run of the same hub that was killed ends when it
-- has given no sign of life for some seconds, as any other: this may be another hub, on a copied card.
CREATE FUNCTION begin_run(new_run bigint, of_hub uuid, its_name text, its_url text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE last bigint := log_end();
BEGIN
    INSERT INTO hubs VALUES (new_run, of_hub, its_name, its_url, hub_now(), last);
    RETURN last;
END $$;

-- A run is over: its people keep their places for a time.
CREATE FUNCTION end_run(of_run bigint, kept bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM hubs WHERE run = of_run;
    UPDATE stays SET until_hub = hub_now() + kept WHERE run = of_run AND until_hub IS NULL
$$;

-- Ends the runs that have given no sign of life, and the stays whose time is over. `note` has chr(1) for the name,
-- `note_many` for the number of people.
CREATE FUNCTION sweep(dead_after bigint, kept bigint, note text, note_many text) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE t bigint := hub_now(); dead bigint; over record; gone bigint; about bigint; its_name text;
BEGIN
    FOR dead IN SELECT run FROM hubs WHERE seen < t - dead_after LOOP
        PERFORM end_run(dead, kept);
        RETURN NEXT dead;
    END LOOP;
    FOR over IN SELECT DISTINCT s.room FROM stays s WHERE s.until_hub <= t LIMIT 50 LOOP
        gone := 0;
        FOR about, its_name IN
            SELECT l.chatter, l.name FROM end_stays(over.room, t) l
        LOOP
            gone := gone + 1;
        END LOOP;
        IF gone = 1 THEN
            PERFORM notice(over.room, about, 3::smallint, replace(note, chr(1), its_name), 1, NULL, NULL);
        ELSIF gone > 1 THEN
            PERFORM notice(over.room, about, 3::smallint, replace(note_many, chr(1), gone::text), gone, NULL, NULL);
        END IF;
    END LOOP;
END $$;

-- Ends the stays in a room whose time is over; returns who is gone from the room.
CREATE FUNCTION end_stays(in_room bigint, t bigint) RETURNS TABLE (chatter bigint, name text) LANGUAGE plpgsql AS $$
DECLARE over record;
BEGIN
    FOR over IN
        SELECT s.identity, s.run, c.n, c.id, c.nickname FROM stays s
        JOIN people p ON p.room = s.room AND p.identity = s.identity JOIN chatters c ON c.n = p.chatter
        WHERE s.room = in_room AND s.until_hub <= t
    LOOP
        DELETE FROM stays s WHERE s.room = in_room AND s.identity = over.identity AND s.run = over.run;
        PERFORM append(5::smallint, room => in_room, chatter => over.id, identity => over.identity, run => over.run);
        IF NOT EXISTS (SELECT 1 FROM stays s WHERE s.room = in_room AND s.identity = over.identity) THEN
            DELETE FROM people p WHERE p.room = in_room AND p.identity = over.identity;
            UPDATE memberships s SET left_at = wall_now() WHERE s.room = in_room AND s.identity = over.identity;
            chatter := over.n;
            name := over.nickname;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

-- Does one step of pruning, if no other hub is at it: events and commits from before `log_before`, messages and ended
-- rooms from before `old` (NULL: for ever), those of a room beyond `per_room` (0: no limit). Nothing that a living hub
-- has not heard yet.
CREATE FUNCTION prune(log_before bigint, old bigint, per_room bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE heard_by_all bigint; t bigint := hub_now(); last_kept bigint; r record; gone bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('colahub.prune')) THEN RETURN; END IF;
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
    PERFORM prune_messages((SELECT max(id) FROM (SELECT id FROM messages WHERE sent_hub <= old AND id <= heard_by_all
        AND id <= (SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT most) AS oldest)) AS older));
    IF per_room > 0 THEN
        FOR r IN SELECT n, last_seq(n) - per_room AS beyond, pruned FROM rooms WHERE last_seq(n) - pruned > per_room LIMIT 10 LOOP
            PERFORM prune_room(r.n, least(r.beyond, r.pruned + most), heard_by_all);
        END LOOP;
    END IF;
    FOR r IN SELECT n, pruned, deleted FROM rooms WHERE deleted OR expires_hub <= old LIMIT 1 LOOP
        gone := prune_room(r.n, r.pruned + most, heard_by_all);
        IF gone = 0 AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.n)
            AND NOT EXISTS (SELECT 1 FROM events WHERE room = r.n AND n > heard_by_all) THEN
            PERFORM delete_members(r.n, most);
            DELETE FROM rooms WHERE n = r.n AND NOT EXISTS (SELECT 1 FROM memberships WHERE room = r.n);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION prune_messages(up_to bigint) RETURNS void LANGUAGE sql AS $$
    UPDATE rooms SET pruned = gone.seq
    FROM (SELECT room, max(seq) AS seq FROM messages WHERE id <= up_to GROUP BY room) AS gone
    WHERE rooms.n = gone.room AND rooms.pruned < gone.seq;
    DELETE FROM messages WHERE id <= up_to
$$;

-- Deletes a room's messages up to a place, as far as all hubs have heard them. Returns how many.
CREATE FUNCTION prune_room(of_room bigint, up_to bigint, heard_by_all bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE last bigint; gone bigint;
BEGIN
    SELECT max(seq) INTO last FROM messages WHERE room = of_room AND seq <= up_to AND id <= heard_by_all;
    IF last IS NULL THEN RETURN 0; END IF;
    UPDATE rooms SET pruned = greatest(pruned, last) WHERE n = of_room;
    DELETE FROM messages WHERE room = of_room AND seq <= last;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- Deletes some members of an ended room, and chatters that are in no other room and have said nothing that is kept.
CREATE FUNCTION delete_members(of_room bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE it record;
BEGIN
    FOR it IN SELECT identity, chatter FROM memberships WHERE room = of_room ORDER BY identity LIMIT most LOOP
        DELETE FROM memberships WHERE room = of_room AND identity = it.identity;
        DELETE FROM chatters c WHERE c.n = it.chatter
            AND NOT EXISTS (SELECT 1 FROM memberships s WHERE s.chatter = c.n)
            AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.chatter = c.n);
    END LOOP;
END $$;
