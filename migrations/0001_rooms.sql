-- Rooms, the people in them and what they said.
--
-- `n` is a row's number inside this file: small, so that a message costs few bytes. The public
-- identifiers are UUIDs in `id`. Times called `…_at` are wall time (ms since 1970, for people's
-- eyes); times called `…_hub` are the hub's own time (ms it has been running), which decides.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rooms (
    n           INTEGER PRIMARY KEY,
    id          BLOB    NOT NULL UNIQUE,
    code        TEXT    NOT NULL UNIQUE,
    title       TEXT    NOT NULL,
    namespace   TEXT    NOT NULL,
    capacity    INTEGER NOT NULL, -- 0: no limit
    lock        TEXT,             -- Argon2id, PHC form; NULL: open
    created_at  INTEGER NOT NULL,
    created_hub INTEGER NOT NULL,
    lifetime    INTEGER NOT NULL, -- ms
    expires_hub INTEGER NOT NULL GENERATED ALWAYS AS (created_hub + lifetime) STORED
) STRICT;

CREATE INDEX rooms_by_expiry ON rooms (expires_hub);

CREATE TABLE chatters (
    n          INTEGER PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE,
    identity   BLOB    NOT NULL, -- the browser that owns it, as its token names it
    nickname   TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- One identity is one chatter in a room.
CREATE TABLE memberships (
    room      INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    identity  BLOB    NOT NULL,
    chatter   INTEGER NOT NULL REFERENCES chatters (n),
    first_seq INTEGER NOT NULL, -- the first message they may read
    left_at   INTEGER,          -- NULL while they are present
    PRIMARY KEY (room, identity)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_chatter ON memberships (chatter, room);

CREATE TABLE messages (
    -- AUTOINCREMENT: an id is never given twice, not even after the newest were pruned.
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    room     INTEGER NOT NULL REFERENCES rooms (n) ON DELETE CASCADE,
    seq      INTEGER NOT NULL,
    chatter  INTEGER NOT NULL REFERENCES chatters (n),
    kind     INTEGER NOT NULL, -- 0 said, 1 note, 2 joined, 3 left, 4 renamed
    content  TEXT    NOT NULL,
    count    INTEGER,          -- joined, left: how many
    was      TEXT,             -- renamed: the name before
    now      TEXT,             -- renamed: the name after
    sent_at  INTEGER NOT NULL,
    sent_hub INTEGER NOT NULL,
    key      TEXT              -- the client's, for exactly once
) STRICT;

CREATE UNIQUE INDEX messages_by_place ON messages (room, seq);
CREATE UNIQUE INDEX messages_by_key ON messages (chatter, key) WHERE key IS NOT NULL;
