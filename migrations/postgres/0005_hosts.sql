-- Hosts with keys of their own.

-- A key by which somebody acts as the host over the network. Its secret is derived from the hubs' signing key and the id.
CREATE TABLE host_keys (
    id      uuid    PRIMARY KEY, -- drawn at random: the key of one that was revoked never comes back
    name    text    NOT NULL UNIQUE,
    helper  boolean NOT NULL,
    made_at bigint  NOT NULL,
    number  bigint  NOT NULL DEFAULT 0, -- of the last request
    browser text                        -- the one that it belongs to; NULL until it was used
);

-- Whose key it was done with; NULL: on a hub's own machine.
ALTER TABLE host_actions ADD COLUMN by text;

-- An entry in the log of the host's actions, which keeps the newest 10,000. Behind chr(31), which no text for the log
-- has, `what` names the key.
CREATE OR REPLACE FUNCTION remember(deed text, what text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE newest bigint;
BEGIN
    INSERT INTO host_actions (at, deed, what, by)
    VALUES (wall_now(), $1, split_part($2, chr(31), 1), nullif(split_part($2, chr(31), 2), '')) RETURNING n INTO newest;
    DELETE FROM host_actions WHERE n <= newest - 10000;
END $$;

CREATE FUNCTION add_host_key(new_id uuid, new_name text, is_helper boolean, at bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO host_keys (id, name, helper, made_at) VALUES (new_id, new_name, is_helper, at) ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        -- It was added before the connection was lost, or another has its name.
        IF EXISTS (SELECT 1 FROM host_keys WHERE id = new_id) THEN RETURN 'done'; END IF;
        RETURN 'key_name_taken';
    END IF;
    PERFORM remember('host add', what);
    RETURN 'done';
END $$;

CREATE FUNCTION revoke_host_key(its_name text, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM host_keys WHERE name = its_name;
    IF NOT FOUND THEN RETURN 'no_such_key'; END IF;
    PERFORM remember('host revoke', what);
    RETURN 'done';
END $$;

-- Takes the next number of a key, if it is above every number before and comes from the browser that the key belongs to.
-- All hubs decide this under the log's lock, so no two of them take one number.
CREATE FUNCTION use_host_key(its_id uuid, its_number bigint, by_browser text,
    OUT outcome text, OUT name text, OUT helper boolean, OUT made_at bigint) LANGUAGE plpgsql AS $$
DECLARE k host_keys;
BEGIN
    SELECT * INTO k FROM host_keys h WHERE h.id = its_id;
    IF k.id IS NULL THEN outcome := 'bad_signature'; RETURN; END IF;
    IF k.browser <> by_browser THEN outcome := 'other_browser'; RETURN; END IF;
    IF its_number <= k.number THEN outcome := 'replayed'; RETURN; END IF;
    UPDATE host_keys h SET number = its_number, browser = by_browser WHERE h.id = its_id;
    outcome := 'used';
    name := k.name;
    helper := k.helper;
    made_at := k.made_at;
END $$;
