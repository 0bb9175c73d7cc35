-- What an event file makes is made once, however often and through whichever hubs the file is applied.

-- A poll is prepared once for a room, or for all; of two the one that stands first in the list stays.
DELETE FROM prepared_polls q USING prepared_polls o
    WHERE coalesce(o.room, 0) = coalesce(q.room, 0) AND o.question = q.question AND (o.place, o.id) < (q.place, q.id);
CREATE UNIQUE INDEX prepared_polls_once ON prepared_polls (coalesce(room, 0), question);

-- As before, but a poll is prepared once, and not while one of its room and question is kept that was asked. A change that
-- changes nothing is not logged.
CREATE OR REPLACE FUNCTION prepare_poll(is_new boolean, its_id uuid, its_place bigint, of_room uuid, its_question text, its_answers text,
    is_multiple boolean, its_results smallint, its_minutes bigint, most bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r rooms; was prepared_polls; now_is prepared_polls; t bigint := hub_now();
BEGIN
    IF of_room IS NOT NULL THEN
        SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
        IF r.n IS NULL THEN RETURN 'no_such_room'; END IF;
        IF r.expires_hub <= t THEN RETURN 'expired'; END IF;
    END IF;
    IF EXISTS (SELECT 1 FROM prepared_polls q
               WHERE coalesce(q.room, 0) = coalesce(r.n, 0) AND q.question = its_question AND q.id <> its_id)
        OR is_new AND EXISTS (SELECT 1 FROM polls p WHERE p.room IS NOT DISTINCT FROM r.n AND p.question = its_question) THEN
        RETURN 'already_there';
    END IF;
    IF is_new THEN
        DELETE FROM prepared_polls q USING rooms k WHERE k.n = q.room AND (k.deleted OR k.expires_hub <= t);
        IF (SELECT count(*) FROM prepared_polls) >= most THEN RETURN 'too_many_prepared'; END IF;
        INSERT INTO prepared_polls VALUES
            (its_id, its_place, r.n, its_question, its_answers, is_multiple, its_results, its_minutes);
    ELSE
        SELECT * INTO was FROM prepared_polls q WHERE q.id = its_id;
        IF was.id IS NULL THEN RETURN 'no_such_poll'; END IF;
        UPDATE prepared_polls q SET place = its_place, room = r.n, question = its_question, answers = its_answers,
            multiple = is_multiple, results = its_results, minutes = its_minutes WHERE q.id = its_id
        RETURNING * INTO now_is;
        IF now_is IS NOT DISTINCT FROM was THEN RETURN 'done'; END IF;
    END IF;
    PERFORM append(25::smallint, room => r.n, chatter => its_id);
    PERFORM remember('poll prepare', what);
    RETURN 'done';
END $$;

-- Makes a room of the host, unless a living one of the host has its channel and title.
CREATE FUNCTION make_room_once(new_id uuid, new_code text, new_title text, new_namespace text, new_capacity bigint, new_lock text,
    at bigint, at_hub bigint, lives bigint, is_shut boolean, new_history smallint, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM rooms r WHERE r.by_host AND NOT r.deleted AND r.expires_hub > hub_now()
               AND r.namespace = new_namespace AND r.title = new_title) THEN
        RETURN 'already_there';
    END IF;
    RETURN make_room(new_id, new_code, new_title, new_namespace, new_capacity, new_lock, at, at_hub, lives, is_shut, true,
        new_history, false, 0, what);
END $$;

-- As `announce`, unless the same text is up for the same room, or for all.
CREATE FUNCTION announce_once(new_id uuid, of_room uuid, its_text text, at bigint, until_then bigint, most bigint, host_id uuid,
    host_name text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM announcements a LEFT JOIN rooms k ON k.n = a.room
               WHERE k.id IS NOT DISTINCT FROM of_room AND a.text = its_text AND (a.until_hub IS NULL OR a.until_hub > hub_now())) THEN
        outcome := 'already_there'; RETURN NEXT; RETURN;
    END IF;
    RETURN QUERY SELECT * FROM announce(new_id, of_room, its_text, at, until_then, most, host_id, host_name, what);
END $$;

-- As before, but an edit that changes nothing is not logged.
CREATE OR REPLACE FUNCTION edit_room(of_room uuid, new_title text, new_capacity bigint, is_lock boolean, new_lock text,
    new_history smallint, new_position bigint, new_hold boolean, what text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE r rooms; was rooms;
BEGIN
    SELECT * INTO r FROM rooms WHERE id = of_room AND NOT deleted;
    IF r.n IS NULL THEN RETURN 'no_such_room'; END IF;
    IF r.expires_hub <= hub_now() THEN RETURN 'expired'; END IF;
    was := r;
    UPDATE rooms SET title = coalesce(new_title, title), capacity = coalesce(new_capacity, capacity),
        lock = CASE WHEN is_lock THEN new_lock ELSE lock END, history = coalesce(new_history, history),
        position = coalesce(new_position, position), hold_questions = coalesce(new_hold, hold_questions)
    WHERE n = r.n RETURNING * INTO r;
    IF r IS NOT DISTINCT FROM was THEN RETURN 'done'; END IF;
    PERFORM append(24::smallint, room => r.n);
    PERFORM remember('room edit', what);
    RETURN 'done';
END $$;

-- As before, but a room that is in the mode already stays as it is, and where none changes nothing is logged.
CREATE OR REPLACE FUNCTION set_mode(of_rooms uuid[], is_shut boolean, new_mode smallint, new_every bigint, until bigint, most bigint,
    deed text, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE one uuid; r rooms; is_any boolean := false; is_new boolean := false;
BEGIN
    FOREACH one IN ARRAY of_rooms LOOP
        SELECT * INTO r FROM rooms WHERE id = one AND NOT deleted;
        IF r.n IS NULL THEN CONTINUE; END IF;
        is_any := true;
        IF (r.shut, r.mode, r.every, r.mode_until) IS NOT DISTINCT FROM (is_shut, new_mode, new_every, until) THEN CONTINUE; END IF;
        is_new := true;
        UPDATE rooms SET shut = is_shut, mode = new_mode, every = new_every, mode_until = until WHERE n = r.n;
        IF new_mode = 1 THEN PERFORM fill_said(r.n, hub_now() - new_every * 1000, most); END IF;
        PERFORM append(14::smallint, room => r.n);
    END LOOP;
    IF NOT is_any THEN RETURN 'no_such_room'; END IF;
    IF is_new THEN PERFORM remember(deed, what); END IF;
    RETURN 'done';
END $$;

-- As before, but a value that is set already is not logged.
CREATE OR REPLACE FUNCTION set_event(its_key text, its_value text, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    IF its_value IS NOT DISTINCT FROM (SELECT value FROM meta WHERE key = its_key) THEN RETURN 'done'; END IF;
    DELETE FROM meta WHERE key = its_key;
    INSERT INTO meta SELECT its_key, its_value WHERE its_value IS NOT NULL;
    PERFORM append(32::smallint);
    PERFORM remember('event apply', what);
    RETURN 'done';
END $$;
