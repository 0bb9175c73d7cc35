-- The author of a question is also told where it is dropped by a mute, a ban or the end of its room.

-- Drops those of these questions that wait, and tells the other hubs whose they were.
CREATE FUNCTION drop_waiting(ids bigint[]) RETURNS TABLE (its_id bigint, its_room uuid, who uuid, its_key text) LANGUAGE plpgsql AS $$
DECLARE of_room bigint;
BEGIN
    FOR its_id, of_room, its_room, who, its_key IN
        SELECT h.id, h.room, r.id, c.identity, h.key FROM held_questions h JOIN rooms r ON r.n = h.room
        JOIN chatters c ON c.n = h.chatter WHERE h.id = ANY (ids) AND NOT h.dropped ORDER BY h.id
    LOOP
        PERFORM append(33::smallint, room => of_room, identity => who, message => its_id);
        RETURN NEXT;
    END LOOP;
    PERFORM drop_held(ids);
END $$;

-- The questions of a room that wait.
CREATE FUNCTION held_in(of_room uuid) RETURNS bigint[] LANGUAGE sql AS $$
    SELECT ARRAY(SELECT h.id FROM held_questions h WHERE h.room = (SELECT r.n FROM rooms r WHERE r.id = of_room) AND NOT h.dropped)
$$;
