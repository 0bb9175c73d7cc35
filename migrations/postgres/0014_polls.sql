-- What the host asks a room, or all.

CREATE TABLE polls (
    id        uuid     PRIMARY KEY,
    room      bigint   REFERENCES rooms ON DELETE CASCADE, -- NULL: all rooms
    question  text     NOT NULL,
    answers   text     NOT NULL,                           -- two to eight, a line each
    multiple  boolean  NOT NULL,                           -- several may be chosen
    results   smallint NOT NULL,                           -- seen 0 at once, 1 after voting, 2 at the end
    made_at   bigint   NOT NULL,
    until_hub bigint,                                      -- NULL: until the host closes it
    closed_at bigint,                                      -- NULL while it is open
    voters    bigint   NOT NULL DEFAULT 0,
    counts    bigint[] NOT NULL DEFAULT '{0, 0, 0, 0, 0, 0, 0, 0}'
);
CREATE INDEX polls_by_room ON polls (room) WHERE room IS NOT NULL;

-- Who has voted, so that each person counts once and can change their mind. Deleted when the poll closes.
CREATE TABLE poll_votes (
    poll     uuid     NOT NULL REFERENCES polls ON DELETE CASCADE,
    identity uuid     NOT NULL,
    chosen   smallint NOT NULL, -- a bit for each answer, the first the lowest
    PRIMARY KEY (poll, identity)
);

-- Events of kind 27: a poll made; 28: voted, by `identity`, until the poll closes; 29: a poll closed. All have the poll's id
-- in `chatter`.
CREATE INDEX events_of_votes ON events (chatter) WHERE what = 28;

-- A notice of the host in a living room, or with NULL in all: a row for each.
CREATE FUNCTION host_tells(of_room uuid, host bigint, its_text text)
RETURNS TABLE (room uuid, id bigint, seq bigint, sent_at bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; t bigint := hub_now();
BEGIN
    FOR r IN SELECT * FROM rooms k WHERE NOT k.deleted AND k.expires_hub > t AND (of_room IS NULL OR k.id = of_room) ORDER BY k.n LOOP
        room := r.id;
        SELECT a.id, a.seq, a.sent_at INTO host_tells.id, host_tells.seq, host_tells.sent_at
        FROM notice(r.n, host, 5::smallint, its_text, NULL, NULL, NULL) a;
        RETURN NEXT;
    END LOOP;
END $$;

-- A poll for a room, or with NULL for all: a row for each room's notice of it, or one with why not.
CREATE FUNCTION make_poll(new_id uuid, of_room uuid, its_question text, its_answers text, is_multiple boolean, its_results smallint,
    at bigint, until_then bigint, most_open bigint, most_closed bigint, host_id uuid, host_name text, its_text text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint) LANGUAGE plpgsql AS $$
DECLARE r rooms; host bigint; first bigint;
BEGIN
    outcome := 'made';
    IF of_room IS NOT NULL THEN
        SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
        IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN NEXT; RETURN; END IF;
        IF r.expires_hub <= hub_now() THEN outcome := 'expired'; RETURN NEXT; RETURN; END IF;
    END IF;
    IF (SELECT count(*) FROM polls p WHERE p.closed_at IS NULL) >= most_open THEN
        outcome := 'too_many_polls'; RETURN NEXT; RETURN;
    END IF;
    DELETE FROM polls p WHERE p.closed_at IS NOT NULL AND p.id NOT IN
        (SELECT k.id FROM polls k WHERE k.closed_at IS NOT NULL ORDER BY k.made_at DESC, k.id DESC LIMIT most_closed);
    INSERT INTO polls (id, room, question, answers, multiple, results, made_at, until_hub)
    VALUES (new_id, r.n, its_question, its_answers, is_multiple, its_results, at, until_then);
    PERFORM append(27::smallint, room => r.n, chatter => new_id);
    host := host_chatter(host_id, host_name);
    SELECT c.created_at INTO host_since FROM chatters c WHERE c.n = host;
    FOR room, id, seq, sent_at IN SELECT * FROM host_tells(of_room, host, its_text) LOOP
        first := coalesce(first, id);
        RETURN NEXT;
    END LOOP;
    PERFORM remember('poll add', what, first);
    -- Where no room lives there is no notice.
    IF first IS NULL THEN RETURN NEXT; END IF;
END $$;

-- Somebody votes: an earlier vote is replaced, and with 0 taken back.
CREATE FUNCTION vote_poll(of_poll uuid, who uuid, its_chosen smallint,
    OUT outcome text, OUT voted bigint, OUT tally bigint[]) LANGUAGE plpgsql AS $$
DECLARE p polls; before smallint;
BEGIN
    SELECT * INTO p FROM polls k WHERE k.id = of_poll;
    IF p.id IS NULL THEN outcome := 'no_such_poll'; RETURN; END IF;
    IF p.closed_at IS NOT NULL OR p.until_hub <= hub_now() THEN outcome := 'poll_closed'; RETURN; END IF;
    IF NOT EXISTS (SELECT 1 FROM people k WHERE k.identity = who AND (p.room IS NULL OR k.room = p.room)) THEN
        outcome := 'not_joined'; RETURN;
    END IF;
    before := coalesce((SELECT v.chosen FROM poll_votes v WHERE v.poll = of_poll AND v.identity = who), 0);
    voted := p.voters;
    tally := p.counts;
    outcome := 'before';
    IF its_chosen = before THEN RETURN; END IF;
    outcome := 'voted';
    voted := greatest(0, voted + (its_chosen <> 0)::int - (before <> 0)::int);
    FOR i IN 1..8 LOOP
        tally[i] := greatest(0, tally[i] + ((its_chosen >> (i - 1)) & 1) - ((before >> (i - 1)) & 1));
    END LOOP;
    IF its_chosen = 0 THEN
        DELETE FROM poll_votes v WHERE v.poll = of_poll AND v.identity = who;
    ELSE
        INSERT INTO poll_votes VALUES (of_poll, who, its_chosen)
        ON CONFLICT (poll, identity) DO UPDATE SET chosen = excluded.chosen;
    END IF;
    UPDATE polls k SET voters = voted, counts = tally WHERE k.id = of_poll;
    PERFORM append(28::smallint, room => p.room, chatter => of_poll, identity => who);
END $$;

-- Closes a poll: a row for each living room's notice of the result, or one with why not. The notice has the place of an
-- answer between chr(1) where its votes come, and 0 for how many have voted. `what` is NULL where it closes by itself.
CREATE FUNCTION close_poll(of_poll uuid, host_id uuid, host_name text, its_text text, what text)
RETURNS TABLE (outcome text, room uuid, id bigint, seq bigint, sent_at bigint, host_since bigint, closed bigint, voted bigint,
    tally bigint[], content text) LANGUAGE plpgsql AS $$
DECLARE p polls; of_room uuid; host bigint; first bigint;
BEGIN
    SELECT * INTO p FROM polls k WHERE k.id = of_poll;
    IF p.id IS NULL THEN outcome := 'no_such_poll'; RETURN NEXT; RETURN; END IF;
    IF p.closed_at IS NOT NULL THEN outcome := 'poll_closed'; RETURN NEXT; RETURN; END IF;
    outcome := 'closed';
    closed := wall_now();
    voted := p.voters;
    tally := p.counts;
    UPDATE polls k SET closed_at = closed WHERE k.id = of_poll;
    DELETE FROM poll_votes v WHERE v.poll = of_poll;
    UPDATE events e SET identity = NULL WHERE e.what = 28 AND e.chatter = of_poll;
    PERFORM append(29::smallint, room => p.room, chatter => of_poll);
    content := replace(its_text, chr(1) || '0' || chr(1), voted::text);
    FOR i IN 1..8 LOOP
        content := replace(content, chr(1) || i || chr(1), tally[i]::text);
    END LOOP;
    SELECT k.id INTO of_room FROM rooms k WHERE k.n = p.room;
    host := host_chatter(host_id, host_name);
    SELECT c.created_at INTO host_since FROM chatters c WHERE c.n = host;
    FOR room, id, seq, sent_at IN SELECT * FROM host_tells(of_room, host, content) LOOP
        first := coalesce(first, id);
        RETURN NEXT;
    END LOOP;
    IF what IS NOT NULL THEN PERFORM remember('poll close', what, first); END IF;
    IF first IS NULL THEN RETURN NEXT; END IF;
END $$;
