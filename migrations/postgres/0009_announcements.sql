-- What the host tells a room, or all.

CREATE TABLE announcements (
    id        uuid   PRIMARY KEY,
    room      bigint REFERENCES rooms ON DELETE CASCADE, -- NULL: all rooms
    text      text   NOT NULL,
    made_at   bigint NOT NULL,
    until_hub bigint                                     -- NULL: until it is taken down
);
CREATE INDEX announcements_by_room ON announcements (room) WHERE room IS NOT NULL;

COMMENT ON COLUMN messages.kind IS '5 an announcement of the host; the others are in 0001';
COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`); the others are in 0001';

-- The chatter as whom the host speaks in all rooms. No browser owns it, and it is in no room.
CREATE FUNCTION host_chatter(its_id uuid, its_name text) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO chatters AS c (id, identity, nickname, looks, created_at) VALUES ($1, $1, $2, '{}', wall_now())
    ON CONFLICT (id) DO UPDATE SET nickname = excluded.nickname RETURNING n
$$;

-- The host says something in a room: a row with the message, or with why not.
CREATE FUNCTION host_say(of_room uuid, host_id uuid, host_name text, its_text text, what text,
    OUT outcome text, OUT id bigint, OUT seq bigint, OUT sent_at bigint, OUT host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint;
BEGIN
    SELECT * INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    IF r.expires_hub <= hub_now() THEN outcome := 'expired'; RETURN; END IF;
    host := host_chatter(host_id, host_name);
    SELECT a.id, a.seq, a.sent_at INTO id, seq, sent_at FROM notice(r.n, host, 0::smallint, its_text, NULL, NULL, NULL) a;
    SELECT created_at INTO host_since FROM chatters WHERE n = host;
    PERFORM remember('message say', what);
    outcome := 'said';
END $$;

-- An announcement to a room, or with NULL to all: a row for each room's notice of it, or one with why not.
CREATE FUNCTION announce(new_id uuid, of_room uuid, its_text text, at bigint, until_then bigint, most bigint, host_id uuid,
    host_name text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint; t bigint := hub_now();
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
        RETURN NEXT;
    END LOOP;
    PERFORM remember('announce add', what);
    -- Where no room lives there is no notice.
    IF room IS NULL THEN RETURN NEXT; END IF;
END $$;

CREATE FUNCTION take_down(its_id uuid, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM announcements WHERE id = its_id;
    IF NOT FOUND THEN RETURN 'no_such_announcement'; END IF;
    PERFORM append(23::smallint, identity => its_id);
    PERFORM remember('announce done', what);
    RETURN 'done';
END $$;

-- As before, with announcements. Takes messages back: all of them or, where one cannot be, none. Then `id` is NULL in that one's row.
CREATE OR REPLACE FUNCTION take_back(of_room uuid, seqs bigint[], what text) RETURNS TABLE (seq bigint, id bigint) LANGUAGE plpgsql AS $$
DECLARE r bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    RETURN QUERY SELECT s, NULL::bigint FROM unnest(seqs) AS s
        WHERE NOT EXISTS (SELECT 1 FROM messages m WHERE m.room = r AND m.seq = s AND m.kind IN (0, 1, 5)) LIMIT 1;
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
