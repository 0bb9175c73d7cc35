-- What the host sets for the event, over the hubs' configurations: two entries of `meta`, `event_title` and
-- `event_language` (ko or en), which are missing unless set.

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 32 the event set; the others are in 0001';

-- Sets both values; NULL is not set.
CREATE FUNCTION set_event(new_title text, new_language text, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM meta WHERE key IN ('event_title', 'event_language');
    INSERT INTO meta SELECT k, v FROM (VALUES ('event_title', new_title), ('event_language', new_language)) AS set_now (k, v)
        WHERE v IS NOT NULL;
    PERFORM append(32::smallint);
    PERFORM remember('event apply', what);
    RETURN 'done';
END $$;
