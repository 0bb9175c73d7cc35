-- The author of a question that the host drops is told, through whichever hub.

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 25 poll prepared, 26 a prepared one dropped, 27 poll made, 28 voted in it, 29 poll closed (its id is in `chatter`), 30 all was wiped, 31 a wall changed, 32 the event set, 33 a waiting question dropped (its number is in `message`, its author in `identity`); the others are in 0001';

DROP FUNCTION drop_question;

-- As before, and tells whose question it was.
CREATE FUNCTION drop_question(its_id bigint, what text,
    OUT outcome text, OUT its_room uuid, OUT who uuid, OUT its_key text) LANGUAGE plpgsql AS $$
DECLARE of_room bigint;
BEGIN
    SELECT h.room, r.id, c.identity, h.key INTO of_room, its_room, who, its_key
    FROM held_questions h JOIN rooms r ON r.n = h.room JOIN chatters c ON c.n = h.chatter WHERE h.id = its_id AND NOT h.dropped;
    IF drop_held(ARRAY[its_id]) = 0 THEN outcome := 'no_such_held'; RETURN; END IF;
    PERFORM append(33::smallint, room => of_room, identity => who, message => its_id);
    PERFORM remember('question drop', what);
    outcome := 'done';
END $$;
