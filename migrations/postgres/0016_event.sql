-- What the host sets for the event, over the hubs' configurations: two entries of `meta`, `event_title` and
-- `event_language` (ko or en), which are missing unless set.

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 27 poll made, 28 voted in it, 29 poll closed (its id is in `chatter`), 30 all was wiped, 32 the event set; the others are in 0001';

-- Sets one of them; NULL unsets it.
CREATE FUNCTION set_event(its_key text, its_value text, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM meta WHERE key = its_key;
    INSERT INTO meta SELECT its_key, its_value WHERE its_value IS NOT NULL;
    PERFORM append(32::smallint);
    PERFORM remember('event apply', what);
    RETURN 'done';
END $$;
