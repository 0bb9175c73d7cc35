-- What the host asks a room, or all.

CREATE TABLE polls (
    id        BLOB    PRIMARY KEY, -- drawn at random
    room      INTEGER REFERENCES rooms (n) ON DELETE CASCADE, -- NULL: all rooms
    question  TEXT    NOT NULL,
    answers   TEXT    NOT NULL,    -- two to eight, a line each
    multiple  INTEGER NOT NULL,    -- 1: several may be chosen
    results   INTEGER NOT NULL,    -- seen 0 at once, 1 after voting, 2 at the end
    made_at   INTEGER NOT NULL,
    until     INTEGER,             -- closes at this time of the hub's own; NULL: when the host closes it
    closed_at INTEGER,             -- NULL while it is open
    voters    INTEGER NOT NULL DEFAULT 0,
    counts    BLOB                 -- how many have chosen each answer, as eight 32-bit numbers, little-endian; NULL: nobody has
) STRICT, WITHOUT ROWID;

CREATE INDEX polls_by_room ON polls (room) WHERE room IS NOT NULL;

-- Who has voted, so that each person counts once and can change their mind. Deleted when the poll closes.
CREATE TABLE poll_votes (
    poll     BLOB    NOT NULL REFERENCES polls (id) ON DELETE CASCADE,
    identity BLOB    NOT NULL,
    chosen   INTEGER NOT NULL, -- a bit for each answer, the first the lowest
    PRIMARY KEY (poll, identity)
) STRICT, WITHOUT ROWID;
