-- A step of pruning is bounded by what goes with messages, too: reactions and reports.

-- How many rows go with a message, itself among them; counted up to `most` of each kind.
CREATE FUNCTION rows_of(of_message bigint, most bigint) RETURNS bigint LANGUAGE sql AS $$
    SELECT 1 + (SELECT count(*) FROM (SELECT 1 FROM reactions WHERE message = of_message LIMIT most) AS r)
        + (SELECT count(*) FROM (SELECT 1 FROM reports WHERE message = of_message LIMIT most) AS t)
$$;

-- Deletes some of what belongs to a message that is about to be deleted: its reactions, then its reports.
CREATE FUNCTION prune_part(of_message bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM reactions WHERE message = of_message
        AND chatter IN (SELECT chatter FROM reactions WHERE message = of_message LIMIT most);
    IF NOT FOUND THEN
        DELETE FROM reports WHERE id IN (SELECT id FROM reports WHERE message = of_message LIMIT most);
    END IF;
END $$;

-- The last of these messages, in their order, up to which one step deletes them. NULL if there is none, or if the first of
-- them is too much for one step: then some of what belongs to it is deleted.
CREATE FUNCTION last_of_step(these bigint[], most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE it bigint; its_rows bigint; taken bigint := 0; last bigint;
BEGIN
    FOREACH it IN ARRAY coalesce(these, '{}') LOOP
        its_rows := rows_of(it, most);
        IF last IS NULL AND its_rows > most THEN
            PERFORM prune_part(it, most);
            RETURN NULL;
        END IF;
        taken := taken + its_rows;
        IF taken > most THEN EXIT; END IF;
        last := it;
    END LOOP;
    RETURN last;
END $$;

-- Deletes a room's messages up to a place, as far as all hubs have heard them and one step goes. Returns how many.
DROP FUNCTION prune_room;
CREATE FUNCTION prune_room(of_room bigint, up_to bigint, heard_by_all bigint, most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE last_id bigint; last bigint; gone bigint;
BEGIN
    last_id := last_of_step(ARRAY(SELECT id FROM messages WHERE room = of_room AND seq <= up_to AND id <= heard_by_all
        ORDER BY seq LIMIT most), most);
    SELECT seq INTO last FROM messages WHERE id = last_id;
    IF last IS NULL THEN RETURN 0; END IF;
    UPDATE rooms SET pruned = greatest(pruned, last) WHERE n = of_room;
    DELETE FROM messages WHERE room = of_room AND seq <= last;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- As before, but for the bounds.
CREATE OR REPLACE FUNCTION prune(log_before bigint, old bigint, per_room bigint, most bigint) RETURNS void LANGUAGE plpgsql AS $$
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
    PERFORM prune_messages(last_of_step(ARRAY(SELECT id FROM messages WHERE sent_hub <= old AND id <= heard_by_all
        AND id <= (SELECT max(id) FROM (SELECT id FROM messages ORDER BY id LIMIT most) AS oldest) ORDER BY id), most));
    IF per_room > 0 THEN
        FOR r IN SELECT n, last_seq(n) - per_room AS beyond, pruned FROM rooms WHERE last_seq(n) - pruned > per_room LIMIT 10 LOOP
            PERFORM prune_room(r.n, least(r.beyond, r.pruned + most), heard_by_all, most);
        END LOOP;
    END IF;
    FOR r IN SELECT n, pruned, deleted FROM rooms WHERE deleted OR expires_hub <= old LIMIT 1 LOOP
        gone := prune_room(r.n, r.pruned + most, heard_by_all, most);
        IF gone = 0 AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.n)
            AND NOT EXISTS (SELECT 1 FROM events WHERE room = r.n AND n > heard_by_all) THEN
            PERFORM delete_members(r.n, most);
            DELETE FROM rooms WHERE n = r.n AND NOT EXISTS (SELECT 1 FROM memberships WHERE room = r.n);
        END IF;
    END LOOP;
END $$;
