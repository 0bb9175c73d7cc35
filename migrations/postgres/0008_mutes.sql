-- The host's hand on people.

-- Browsers that may read and not speak.
CREATE TABLE mutes (
    identity  uuid PRIMARY KEY,
    chatter   uuid NOT NULL, -- as whom they were muted
    nickname  text NOT NULL, -- as it was then, for the host
    until_hub bigint         -- NULL: until the host lifts it
);
CREATE INDEX mutes_by_end ON mutes (until_hub) WHERE until_hub IS NOT NULL;

-- Who has left, the last first, and who else a browser has been.
CREATE INDEX memberships_left ON memberships (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX chatters_by_identity ON chatters (identity);

-- Events of kind 20: muted, with `until_hub`; 21: unmuted. Both name the browser in `identity`.

CREATE FUNCTION mute(of_chatter uuid, of_identity uuid, name text, until_then bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE t bigint := hub_now();
BEGIN
    DELETE FROM mutes WHERE until_hub <= t;
    INSERT INTO mutes VALUES (of_identity, of_chatter, name, until_then)
    ON CONFLICT (identity) DO UPDATE SET chatter = excluded.chatter, nickname = excluded.nickname, until_hub = excluded.until_hub;
    PERFORM append(20::smallint, chatter => of_chatter, identity => of_identity, until_hub => until_then);
    PERFORM remember('chatter mute', what);
    RETURN 'done';
END $$;

CREATE FUNCTION unmute(of_chatter uuid, of_identity uuid, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM mutes WHERE identity = of_identity;
    PERFORM append(21::smallint, chatter => of_chatter, identity => of_identity);
    PERFORM remember('chatter unmute', what);
    RETURN 'done';
END $$;

-- The host gives somebody another name: a row for each room that is told, and a last one without a room. `note` has
-- chr(1) for the name before.
CREATE FUNCTION rename_by_host(of_chatter uuid, new_name text, new_looks text[], told uuid[], note text, what text)
RETURNS TABLE (outcome text, was text, created_at bigint, room uuid, alert_id bigint, alert_seq bigint, alert_at bigint, alert_text text)
LANGUAGE plpgsql AS $$
DECLARE it record; about bigint;
BEGIN
    SELECT a.outcome, a.was, a.created_at INTO outcome, was, created_at
    FROM rename_chatter(of_chatter, NULL, new_name, new_looks, NULL, NULL) a;
    IF outcome = 'renamed' THEN
        SELECT k.n INTO about FROM chatters k WHERE k.id = of_chatter;
        FOR it IN SELECT o.n, o.id FROM rooms o WHERE o.id = ANY (told) AND NOT o.deleted ORDER BY o.n LOOP
            room := it.id;
            alert_text := replace(note, chr(1), was);
            SELECT a.id, a.seq, a.sent_at INTO alert_id, alert_seq, alert_at
            FROM notice(it.n, about, 4::smallint, alert_text, NULL, was, new_name) a;
            RETURN NEXT;
        END LOOP;
        PERFORM remember('chatter rename', what);
    END IF;
    room := NULL;
    alert_id := NULL;
    RETURN NEXT;
END $$;
