-- A function in SQL is planned at each call, one in PL/pgSQL once for each connection. These are called for each message
-- and return the same as before. (So is `say`, which the next migration makes again in PL/pgSQL: with its planning it took
-- 3.8 ms for a message, without it less than one.)
CREATE OR REPLACE FUNCTION wall_now() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (extract(epoch FROM clock_timestamp()) * 1000)::bigint;
END $$;

CREATE OR REPLACE FUNCTION hub_now() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN greatest(
        wall_now() - (SELECT value::bigint FROM meta WHERE key = 'born'),
        (SELECT at_hub FROM commits ORDER BY last DESC LIMIT 1), 0);
END $$;

CREATE OR REPLACE FUNCTION log_end() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN greatest(0, (SELECT max(id) FROM messages), (SELECT max(n) FROM events), (SELECT max(last) FROM commits));
END $$;

CREATE OR REPLACE FUNCTION last_seq(of_room bigint) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN coalesce((SELECT max(seq) FROM messages WHERE room = of_room), (SELECT pruned FROM rooms WHERE n = of_room));
END $$;

CREATE OR REPLACE FUNCTION came(who uuid) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT min(k.created_hub) FROM chatters k WHERE k.identity = $1);
END $$;

CREATE OR REPLACE FUNCTION chosen_by(by_chatter bigint, of_message bigint) RETURNS smallint LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT chosen FROM reactions WHERE message = of_message AND chatter = by_chatter);
END $$;

CREATE OR REPLACE FUNCTION append(what smallint, room bigint = NULL, chatter uuid = NULL, identity uuid = NULL, run bigint = NULL,
    message bigint = NULL, address inet = NULL, until_hub bigint = NULL, detail smallint = NULL)
RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    INSERT INTO events (n, at_hub, what, room, chatter, identity, run, message, address, until_hub, detail)
    VALUES (log_end() + 1, hub_now(), $1, $2, $3, $4, $5, $6, $7, $8, $9);
END $$;
