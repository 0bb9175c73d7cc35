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
