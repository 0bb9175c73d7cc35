-- What the host has prepared to ask.

CREATE TABLE prepared_polls (
    id       uuid     PRIMARY KEY, -- the poll has it once it is asked
    place    bigint   NOT NULL,    -- in the list
    room     bigint   REFERENCES rooms ON DELETE CASCADE, -- NULL: all rooms
    question text     NOT NULL,
    answers  text     NOT NULL,    -- two to eight, a line each
    multiple boolean  NOT NULL,    -- several may be chosen
    results  smallint NOT NULL,    -- seen 0 at once, 1 after voting, 2 at the end
    minutes  bigint                -- how long it runs; NULL: until the host closes it
);
CREATE INDEX prepared_polls_by_room ON prepared_polls (room) WHERE room IS NOT NULL;

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 25 poll prepared, 26 a prepared one dropped, 27 poll made, 28 voted in it, 29 poll closed (its id is in `chatter`), 30 all was wiped, 31 a wall changed, 32 the event set; the others are in 0001';

-- Prepares a poll for a room, or with NULL for all; without `is_new` it changes one that is prepared.
CREATE FUNCTION prepare_poll(is_new boolean, its_id uuid, its_place bigint, of_room uuid, its_question text, its_answers text,
    is_multiple boolean, its_results smallint, its_minutes bigint, most bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE r rooms; t bigint := hub_now();
BEGIN
    IF of_room IS NOT NULL THEN
        SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
        IF r.n IS NULL THEN RETURN 'no_such_room'; END IF;
        IF r.expires_hub <= t THEN RETURN 'expired'; END IF;
    END IF;
    IF is_new THEN
        DELETE FROM prepared_polls q USING rooms k WHERE k.n = q.room AND (k.deleted OR k.expires_hub <= t);
        IF (SELECT count(*) FROM prepared_polls) >= most THEN RETURN 'too_many_prepared'; END IF;
        INSERT INTO prepared_polls VALUES
            (its_id, its_place, r.n, its_question, its_answers, is_multiple, its_results, its_minutes);
    ELSE
        UPDATE prepared_polls q SET place = its_place, room = r.n, question = its_question, answers = its_answers,
            multiple = is_multiple, results = its_results, minutes = its_minutes WHERE q.id = its_id;
        IF NOT FOUND THEN RETURN 'no_such_poll'; END IF;
    END IF;
    PERFORM append(25::smallint, room => r.n, chatter => its_id);
    PERFORM remember('poll prepare', what);
    RETURN 'done';
END $$;

CREATE FUNCTION drop_prepared(its_id uuid, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM prepared_polls q WHERE q.id = its_id;
    IF NOT FOUND THEN RETURN 'no_such_poll'; END IF;
    PERFORM append(26::smallint, chatter => its_id);
    PERFORM remember('poll drop', what);
    RETURN 'done';
END $$;

-- As `make_poll`, of a poll that is prepared and has this id; then it is prepared no more.
CREATE FUNCTION ask_prepared(its_id uuid, of_room uuid, its_question text, its_answers text, is_multiple boolean, its_results smallint,
    at bigint, until_then bigint, most_open bigint, most_closed bigint, host_id uuid, host_name text, its_text text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM prepared_polls q WHERE q.id = its_id) THEN
        outcome := 'no_such_poll'; RETURN NEXT; RETURN;
    END IF;
    RETURN QUERY SELECT * FROM make_poll(its_id, of_room, its_question, its_answers, is_multiple, its_results, at, until_then,
        most_open, most_closed, host_id, host_name, its_text, what);
    DELETE FROM prepared_polls q WHERE q.id = its_id AND EXISTS (SELECT 1 FROM polls p WHERE p.id = its_id);
END $$;

-- Removes everything that was said, and all rooms or, with `keep_rooms`, all but the living ones that hosts have made. The keys of hosts stay. All
-- hubs read everything again, under a new epoch. Only under the log's lock. The rows count what there was; `export` is
-- what `meta` has about the last export, and `said_since` how many messages came after it.
CREATE OR REPLACE FUNCTION wipe(keep_rooms boolean, OUT said bigint, OUT browsers bigint, OUT all_rooms bigint, OUT host_rooms bigint,
    OUT wall bigint, OUT export text, OUT said_since bigint) LANGUAGE plpgsql AS $$
DECLARE last bigint := log_end(); t bigint := hub_now();
BEGIN
    SELECT w.said, w.browsers, w.all_rooms, w.host_rooms, w.export, w.said_since
        INTO said, browsers, all_rooms, host_rooms, export, said_since FROM survey_wipe() w;
    wall := wall_now();
    TRUNCATE messages, reactions, reports, held_questions, announcements, polls, poll_votes, prepared_polls, walls, memberships, people,
        stays, names, chatters, bans, mutes, host_actions, events;
    IF keep_rooms THEN
        DELETE FROM rooms WHERE deleted OR NOT by_host OR expires_hub <= t;
        UPDATE rooms SET pruned = 0 WHERE pruned > 0;
    ELSE
        TRUNCATE rooms CASCADE;
    END IF;
    DELETE FROM meta WHERE key = 'export';
    UPDATE meta SET value = (random() * 4294967295)::bigint::text WHERE key = 'epoch';
    -- The numbers of the log go on.
    INSERT INTO events (n, at_hub, what) VALUES (last + 1, t, 30);
    INSERT INTO commits (last, run, number, at_hub) VALUES (last + 1, 0, last + 1, t);
END $$;
