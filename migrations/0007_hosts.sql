-- Hosts with keys of their own.

-- A key by which somebody acts as the host over the network. Its secret is derived from the hub's signing key and the id.
CREATE TABLE host_keys (
    id      BLOB    PRIMARY KEY, -- drawn at random: the key of one that was revoked never comes back
    name    TEXT    NOT NULL UNIQUE,
    helper  INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    number  INTEGER NOT NULL DEFAULT 0, -- of the last request
    browser TEXT                        -- the one that it belongs to; NULL until it was used
) STRICT, WITHOUT ROWID;

-- Whose key it was done with; NULL: on the hub's own machine.
ALTER TABLE host_actions ADD COLUMN by TEXT;
