-- Everything that people have said, and who they were, is removed for good.

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 27 poll made, 28 voted in it, 29 poll closed (its id is in `chatter`), 30 all was wiped; the others are in 0001';

-- Removes it, and all rooms or, with `keep_rooms`, all but the living ones that hosts have made. The keys of hosts stay. All
-- hubs read everything again, under a new epoch. Only under the log's lock. The rows count what there was; `export` is
-- what `meta` has about the last export, and `said_since` how many messages came after it.
CREATE FUNCTION wipe(keep_rooms boolean, OUT said bigint, OUT browsers bigint, OUT all_rooms bigint, OUT host_rooms bigint,
    OUT wall bigint, OUT export text, OUT said_since bigint) LANGUAGE plpgsql AS $$
DECLARE last bigint := log_end(); t bigint := hub_now();
BEGIN
    SELECT w.said, w.browsers, w.all_rooms, w.host_rooms, w.export, w.said_since
        INTO said, browsers, all_rooms, host_rooms, export, said_since FROM survey_wipe() w;
    wall := wall_now();
    TRUNCATE messages, reactions, reports, held_questions, announcements, polls, poll_votes, walls, memberships, people, stays,
        names, chatters, bans, mutes, host_actions, events;
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

-- What a wipe would remove. What is said: by people, by hosts, and notes; no notices of the hub.
CREATE FUNCTION survey_wipe(OUT said bigint, OUT browsers bigint, OUT all_rooms bigint, OUT host_rooms bigint, OUT export text,
    OUT said_since bigint) LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM messages WHERE kind IN (0, 1, 5)),
        -- The host's own chatter belongs to no browser.
        (SELECT count(DISTINCT identity) FROM chatters WHERE id <> 'c01a0000-0000-8000-8000-000000000001'),
        (SELECT count(*) FROM rooms),
        (SELECT count(*) FROM rooms WHERE by_host AND NOT deleted AND expires_hub > hub_now()),
        (SELECT value FROM meta WHERE key = 'export'),
        (SELECT count(*) FROM messages WHERE kind IN (0, 1, 5)
            AND id > coalesce((SELECT (value::json ->> 'newest')::bigint FROM meta WHERE key = 'export'), 0))
$$;
