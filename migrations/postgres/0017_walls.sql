-- What is shown of a room on a projector or a television.

CREATE TABLE walls (
    room  bigint   PRIMARY KEY REFERENCES rooms ON DELETE CASCADE,
    view  smallint NOT NULL, -- 0 messages, 1 questions, 2 the poll, 3 off
    delay bigint   NOT NULL, -- ms: how old a message is before it is shown
    link  uuid               -- the id of the link that reads it in any room; NULL: there is no link
);

COMMENT ON COLUMN events.what IS '12 history changed, 13 reacted, 22 announced, 23 announcement taken down (its id is in `identity`), 24 a room edited, 31 a wall changed; the others are in 0001';

-- Changes the wall of a room. NULL leaves a value as it is; where there is none yet, `first_delay` is its delay. With
-- `is_link` the link is revoked or, if there is none, `new_link` becomes it.
CREATE FUNCTION set_wall(of_room uuid, new_view smallint, new_delay bigint, first_delay bigint, is_link boolean, new_link uuid, what text,
    OUT outcome text, OUT its_view smallint, OUT its_delay bigint, OUT its_link uuid) LANGUAGE plpgsql AS $$
DECLARE r rooms;
BEGIN
    SELECT * INTO r FROM rooms k WHERE k.id = of_room AND NOT k.deleted;
    IF r.n IS NULL THEN outcome := 'no_such_room'; RETURN; END IF;
    IF r.expires_hub <= hub_now() THEN outcome := 'expired'; RETURN; END IF;
    INSERT INTO walls AS w (room, view, delay, link)
    VALUES (r.n, coalesce(new_view, 0::smallint), coalesce(new_delay, first_delay), CASE WHEN is_link THEN new_link END)
    ON CONFLICT (room) DO UPDATE SET view = coalesce(new_view, w.view), delay = coalesce(new_delay, w.delay),
        link = CASE WHEN NOT is_link THEN w.link WHEN new_link IS NULL THEN NULL ELSE coalesce(w.link, new_link) END
    RETURNING w.view, w.delay, w.link INTO its_view, its_delay, its_link;
    PERFORM append(31::smallint, room => r.n);
    PERFORM remember('wall set', what);
    outcome := 'set';
END $$;
