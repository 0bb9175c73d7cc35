-- Messages that people have told the host of. No hub keeps them in memory, so nothing of this is in the log.
CREATE TABLE reports (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message bigint NOT NULL REFERENCES messages ON DELETE CASCADE,
    chatter bigint NOT NULL REFERENCES chatters, -- who has reported it
    reason  text,
    at      bigint NOT NULL,
    done_at bigint,                              -- NULL until the host is done with it
    UNIQUE (message, chatter)
);
CREATE INDEX reports_by_chatter ON reports (chatter);
CREATE INDEX reports_open ON reports (id) WHERE done_at IS NULL;

-- Somebody tells the host of a message of somebody else: 'before' if they have done so already. The newest 10,000 are kept.
CREATE FUNCTION report_message(of_room uuid, by_chatter uuid, its_seq bigint, its_reason text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE m messages; r bigint; c bigint; newest bigint;
BEGIN
    SELECT n INTO r FROM rooms WHERE rooms.id = of_room AND NOT deleted;
    IF r IS NULL THEN RETURN 'no_such_room'; END IF;
    SELECT k.n INTO c FROM chatters k WHERE k.id = by_chatter;
    SELECT k.* INTO m FROM messages k WHERE k.room = r AND k.seq = its_seq AND k.kind IN (0, 1)
        AND k.seq >= (SELECT s.first_seq FROM memberships s WHERE s.chatter = c AND s.room = r);
    IF m.id IS NULL THEN RETURN 'no_message'; END IF;
    IF m.chatter = c THEN RETURN 'own_message'; END IF;
    IF EXISTS (SELECT 1 FROM reports x WHERE x.message = m.id AND x.chatter = c) THEN RETURN 'before'; END IF;
    IF m.taken_back THEN RETURN 'no_message'; END IF;
    INSERT INTO reports (message, chatter, reason, at) VALUES (m.id, c, its_reason, wall_now()) RETURNING id INTO newest;
    DELETE FROM reports WHERE id <= newest - 10000;
    RETURN 'reported';
END $$;

-- The host is done with a report. Said again, it changes nothing.
CREATE FUNCTION report_done(of_report bigint, what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    UPDATE reports SET done_at = wall_now() WHERE id = of_report AND done_at IS NULL;
    IF FOUND THEN
        PERFORM remember('report done', what);
    ELSIF NOT EXISTS (SELECT 1 FROM reports WHERE id = of_report) THEN
        RETURN 'no_such_report';
    END IF;
    RETURN 'done';
END $$;
