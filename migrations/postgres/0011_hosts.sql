-- What the log of the host's actions keeps of their words.

-- The message that the host said, or an announcement's first notice. The log shows an excerpt of it while it can be read.
ALTER TABLE host_actions ADD COLUMN said bigint;

-- Excerpts stood in the log itself, and stayed there when the message was taken back.
UPDATE host_actions SET what = rtrim(split_part(what, '"', 1)) WHERE deed IN ('message say', 'announce add', 'announce done');

-- As before, with the message of which the log shows an excerpt.
DROP FUNCTION remember;
CREATE FUNCTION remember(deed text, what text, said bigint = NULL) RETURNS void LANGUAGE plpgsql AS $$
DECLARE newest bigint;
BEGIN
    INSERT INTO host_actions (at, deed, what, by, said)
    VALUES (wall_now(), $1, split_part($2, chr(31), 1), nullif(split_part($2, chr(31), 2), ''), $3) RETURNING n INTO newest;
    DELETE FROM host_actions WHERE n <= newest - 10000;
END $$;

-- As before, but the log refers to the message, and a key that was used before stands for the message of then.
DROP FUNCTION host_say;
CREATE FUNCTION host_say(of_room uuid, host_id uuid, host_name text, its_text text, its_key text, what text,
    OUT outcome text, OUT id bigint, OUT seq bigint, OUT sent_at bigint, OUT host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint;
BEGIN
    host := host_chatter(host_id, host_name);
    IF EXISTS (SELECT 1 FROM messages m WHERE m.chatter = host AND m.key = its_key) THEN outcome := 'repeated'; RETURN; END IF;
    SELECT * INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    IF r.expires_hub <= hub_now() THEN outcome := 'expired'; RETURN; END IF;
    SELECT a.id, a.seq, a.sent_at INTO id, seq, sent_at FROM notice(r.n, host, 0::smallint, its_text, NULL, NULL, NULL) a;
    UPDATE messages m SET key = its_key WHERE m.id = host_say.id AND its_key IS NOT NULL;
    SELECT created_at INTO host_since FROM chatters WHERE n = host;
    PERFORM remember('message say', what, id);
    outcome := 'said';
END $$;

-- As before, but the log refers to the first notice.
CREATE OR REPLACE FUNCTION announce(new_id uuid, of_room uuid, its_text text, at bigint, until_then bigint, most bigint, host_id uuid,
    host_name text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint; first bigint; t bigint := hub_now();
BEGIN
    outcome := 'announced';
    IF of_room IS NOT NULL THEN
        SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
        IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN NEXT; RETURN; END IF;
        IF r.expires_hub <= t THEN outcome := 'expired'; RETURN NEXT; RETURN; END IF;
    END IF;
    DELETE FROM announcements a WHERE a.until_hub <= t
        OR EXISTS (SELECT 1 FROM rooms k WHERE k.n = a.room AND (k.deleted OR k.expires_hub <= t));
    IF (SELECT count(*) FROM announcements) >= most THEN outcome := 'too_many_announcements'; RETURN NEXT; RETURN; END IF;
    INSERT INTO announcements VALUES (new_id, r.n, its_text, at, until_then);
    PERFORM append(22::smallint, room => r.n, identity => new_id);
    host := host_chatter(host_id, host_name);
    SELECT c.created_at INTO host_since FROM chatters c WHERE c.n = host;
    FOR r IN SELECT * FROM rooms k WHERE NOT k.deleted AND k.expires_hub > t AND (of_room IS NULL OR k.id = of_room) ORDER BY k.n LOOP
        room := r.id;
        SELECT a.id, a.seq, a.sent_at INTO announce.id, announce.seq, announce.sent_at
        FROM notice(r.n, host, 5::smallint, its_text, NULL, NULL, NULL) a;
        first := coalesce(first, announce.id);
        RETURN NEXT;
    END LOOP;
    PERFORM remember('announce add', what, first);
    -- Where no room lives there is no notice.
    IF room IS NULL THEN RETURN NEXT; END IF;
END $$;

-- Whether the host gave them their name, so that they cannot change it.
ALTER TABLE chatters ADD COLUMN held boolean NOT NULL DEFAULT false;

-- As before, but a name that the host gave is changed only by the host, or by the hub to tell two people apart (`may_held`).
DROP FUNCTION rename_chatter;
CREATE FUNCTION rename_chatter(of_chatter uuid, by_owner uuid, new_name text, new_looks text[], note_room uuid, note text, may_held boolean,
    OUT outcome text, OUT was text, OUT created_at bigint, OUT alert_id bigint, OUT alert_seq bigint, OUT alert_at bigint, OUT alert_text text)
LANGUAGE plpgsql AS $$
DECLARE c chatters; r bigint;
BEGIN
    SELECT * INTO c FROM chatters k WHERE k.id = of_chatter;
    IF c.n IS NULL THEN outcome := 'no_such_chatter'; RETURN; END IF;
    IF by_owner IS NOT NULL AND by_owner <> c.identity THEN outcome := 'not_yours'; RETURN; END IF;
    IF c.held AND NOT may_held THEN outcome := 'name_held'; RETURN; END IF;
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

-- As before, but the name is theirs to change only where `hold` is false. Where it stays the same, no room is told.
DROP FUNCTION rename_by_host;
CREATE FUNCTION rename_by_host(of_chatter uuid, new_name text, new_looks text[], told uuid[], note text, hold boolean, what text)
RETURNS TABLE (outcome text, was text, created_at bigint, room uuid, alert_id bigint, alert_seq bigint, alert_at bigint, alert_text text)
LANGUAGE plpgsql AS $$
DECLARE it record; about bigint;
BEGIN
    SELECT a.outcome, a.was, a.created_at INTO outcome, was, created_at
    FROM rename_chatter(of_chatter, NULL, new_name, new_looks, NULL, NULL, true) a;
    IF outcome = 'renamed' THEN
        UPDATE chatters k SET held = hold WHERE k.id = of_chatter RETURNING k.n INTO about;
        FOR it IN SELECT o.n, o.id FROM rooms o WHERE o.id = ANY (told) AND NOT o.deleted AND was <> new_name ORDER BY o.n LOOP
            room := it.id;
            alert_text := replace(note, chr(1), was);
            SELECT a.id, a.seq, a.sent_at INTO alert_id, alert_seq, alert_at
            FROM notice(it.n, about, 4::smallint, alert_text, NULL, was, new_name) a;
            RETURN NEXT;
        END LOOP;
        PERFORM remember('chatter rename', what);
    END IF;
    room := NULL;
    alert_id := NULL;
    RETURN NEXT;
END $$;

-- When they came into their first room. The first chatter of a browser says since when it is here; those of before count
-- as here since ever.
ALTER TABLE chatters ADD COLUMN created_hub bigint NOT NULL DEFAULT 0;
ALTER TABLE chatters ALTER COLUMN created_hub SET DEFAULT hub_now();

COMMENT ON COLUMN rooms.every IS 'slow: how many seconds a person waits between two messages; shut: how many seconds people must have been here, 0: nobody new';

CREATE FUNCTION came(who uuid) RETURNS bigint LANGUAGE sql AS $$
    SELECT min(k.created_hub) FROM chatters k WHERE k.identity = $1
$$;

CREATE FUNCTION is_shut(r rooms, t bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT r.shut AND (r.mode_until > t) IS NOT FALSE
$$;

-- As before, but into a shut room comes, where the host says so, whoever has been here for some time.
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
        IF is_shut(r, t) AND (r.every = 0 OR NOT coalesce(came(who) + r.every * 1000 <= t, false)) THEN outcome := 'shut'; RETURN; END IF;
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

-- As before, but in a shut room, where the host says so, only those write who have been here for some time.
CREATE OR REPLACE FUNCTION say(rooms uuid[], chatters uuid[], kinds smallint[], contents text[], counts bigint[], keys text[], replies bigint[],
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
        a.reactions, a.mine, CASE WHEN b.is_too_soon THEN b.every WHEN a.decided = 'too_new' THEN came(a.identity) + a.every - clock.hub
            ELSE a.said_hub + a.every - clock.hub END
    FROM paced a JOIN paced b ON b.o = a.first LEFT JOIN placed p ON p.o = a.first, clock
    ORDER BY a.o
$$;
