-- Messages that people have told the host of.

CREATE TABLE reports (
    -- AUTOINCREMENT: the host names a report by its id, so none is given twice.
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    chatter INTEGER NOT NULL REFERENCES chatters (n), -- who has reported it
    reason  TEXT,
    at      INTEGER NOT NULL,
    done_at INTEGER                                   -- NULL until the host is done with it
) STRICT;

CREATE UNIQUE INDEX reports_by_message ON reports (message, chatter);
CREATE INDEX reports_open ON reports (id) WHERE done_at IS NULL;
