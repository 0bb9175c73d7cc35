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

-- As before, but the log refers to the message.
CREATE OR REPLACE FUNCTION host_say(of_room uuid, host_id uuid, host_name text, its_text text, what text,
    OUT outcome text, OUT id bigint, OUT seq bigint, OUT sent_at bigint, OUT host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint;
BEGIN
    SELECT * INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    IF r.expires_hub <= hub_now() THEN outcome := 'expired'; RETURN; END IF;
    host := host_chatter(host_id, host_name);
    SELECT a.id, a.seq, a.sent_at INTO id, seq, sent_at FROM notice(r.n, host, 0::smallint, its_text, NULL, NULL, NULL) a;
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
