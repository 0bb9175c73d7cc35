-- The host's hand on people.

-- Browsers that may read and not speak.
CREATE TABLE mutes (
    identity BLOB PRIMARY KEY,
    chatter  BLOB NOT NULL, -- as whom they were muted
    nickname TEXT NOT NULL, -- as it was then, for the host
    until    INTEGER        -- up to this time of the hub's own; NULL: until the host lifts it
) STRICT, WITHOUT ROWID;

CREATE INDEX mutes_by_end ON mutes (until) WHERE until IS NOT NULL;

-- Who has left, the last first, and who else a browser has been.
CREATE INDEX memberships_left ON memberships (left_at) WHERE left_at IS NOT NULL;
CREATE INDEX chatters_by_identity ON chatters (identity);
