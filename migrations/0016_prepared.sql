-- What the host has prepared to ask.
CREATE TABLE prepared_polls (
    id       BLOB    PRIMARY KEY, -- drawn at random; the poll has it once it is asked
    place    INTEGER NOT NULL,    -- in the list
    room     INTEGER REFERENCES rooms (n) ON DELETE CASCADE, -- NULL: all rooms
    question TEXT    NOT NULL,
    answers  TEXT    NOT NULL,    -- two to eight, a line each
    multiple INTEGER NOT NULL,    -- 1: several may be chosen
    results  INTEGER NOT NULL,    -- seen 0 at once, 1 after voting, 2 at the end
    minutes  INTEGER              -- how long it runs; NULL: until the host closes it
) STRICT, WITHOUT ROWID;

CREATE INDEX prepared_polls_by_room ON prepared_polls (room) WHERE room IS NOT NULL;
