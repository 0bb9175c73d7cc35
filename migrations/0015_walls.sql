-- What is shown of a room on a projector or a television.
CREATE TABLE walls (
    room  INTEGER PRIMARY KEY REFERENCES rooms (n) ON DELETE CASCADE,
    view  INTEGER NOT NULL, -- 0 messages, 1 questions, 2 the poll, 3 off
    delay INTEGER NOT NULL, -- ms: how old a message is before it is shown
    link  BLOB              -- the id of the link that reads it in any room; NULL: there is no link
) STRICT;

-- Banned people's messages are not shown there.
CREATE INDEX bans_by_identity ON bans (identity);
