-- What the host tells a room, or all.

CREATE TABLE announcements (
    id      BLOB    PRIMARY KEY, -- drawn at random
    room    INTEGER REFERENCES rooms (n) ON DELETE CASCADE, -- NULL: all rooms
    text    TEXT    NOT NULL,
    made_at INTEGER NOT NULL,
    until   INTEGER              -- up to this time of the hub's own; NULL: until it is taken down
) STRICT, WITHOUT ROWID;

CREATE INDEX announcements_by_room ON announcements (room) WHERE room IS NOT NULL;
