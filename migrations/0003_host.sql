-- The host's hand.

-- Whether the host deleted the room: it is there for nobody any more, and its rows go step by step.
ALTER TABLE rooms ADD COLUMN deleted INTEGER NOT NULL DEFAULT 0;

CREATE INDEX rooms_deleted ON rooms (n) WHERE deleted <> 0;

-- What the host did, the newest of it.
CREATE TABLE host_actions (
    n      INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL, -- wall time
    at_hub INTEGER NOT NULL,
    deed   TEXT    NOT NULL, -- as on the command line: 'room close'
    what   TEXT    NOT NULL  -- what it was done to, as it was called then
) STRICT;

-- Who may not come in.
CREATE TABLE bans (
    chatter  BLOB PRIMARY KEY,  -- as whom they were banned
    identity BLOB    NOT NULL,  -- the browser
    nickname TEXT    NOT NULL,  -- as it was then, for the host
    address  TEXT,              -- an address that is kept out too, …
    until    INTEGER            -- … up to this time of the hub's own
) STRICT, WITHOUT ROWID;
