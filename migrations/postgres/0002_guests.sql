-- What guests may read and do.

-- From where those who join read: 0 from their own first message on, 1 from the room's beginning.
ALTER TABLE rooms ADD COLUMN history smallint NOT NULL DEFAULT 0;

COMMENT ON COLUMN events.what IS '12 history changed; the others are in 0001';
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

-- As before, but for the first message that a newcomer may read.
CREATE OR REPLACE FUNCTION join_room(by_run bigint, of_room uuid, who uuid, wanted uuid, fresh_id uuid, fresh_name text, fresh_looks text[],
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
END $$;
