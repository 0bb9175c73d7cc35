-- What the host changes about a room after it was made.

-- The order of rooms in the lobby: those with a position come first, from 1 on. 0 has none.
ALTER TABLE rooms ADD COLUMN position bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited; the others are in 0001';

-- Changes a room. NULL leaves a value as it is; the password's hash is set, or with NULL removed, if `is_lock`.
CREATE FUNCTION edit_room(of_room uuid, new_title text, new_capacity bigint, is_lock boolean, new_lock text, new_history smallint,
    new_position bigint, what text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE r rooms;
BEGIN
    SELECT * INTO r FROM rooms WHERE id = of_room AND NOT deleted;
    IF r.n IS NULL THEN RETURN 'no_such_room'; END IF;
    IF r.expires_hub <= hub_now() THEN RETURN 'expired'; END IF;
    UPDATE rooms SET title = coalesce(new_title, title), capacity = coalesce(new_capacity, capacity),
        lock = CASE WHEN is_lock THEN new_lock ELSE lock END, history = coalesce(new_history, history),
        position = coalesce(new_position, position)
    WHERE n = r.n;
    PERFORM append(24::smallint, room => r.n);
    PERFORM remember('room edit', what);
    RETURN 'done';
END $$;
