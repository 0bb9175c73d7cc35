-- What is no longer there, and why.

-- Everything of a room up to and with this place has been pruned; 0: nothing.
ALTER TABLE rooms ADD COLUMN pruned INTEGER NOT NULL DEFAULT 0;

-- Each time that something acknowledged was lost: a damaged file, or a copy put in its place.
CREATE TABLE losses (
    n        INTEGER PRIMARY KEY,
    at       INTEGER NOT NULL, -- wall time
    at_hub   INTEGER NOT NULL,
    cause    TEXT    NOT NULL, -- what was wrong, for the host
    kept_as  TEXT    NOT NULL, -- the damaged file's name now
    copy     TEXT,             -- the copy that the hub went on from; NULL: none; '': not needed
    copied   INTEGER,          -- wall time of the newest in that copy
    salvaged INTEGER NOT NULL  -- newer messages that could still be read in the damaged file
) STRICT;
