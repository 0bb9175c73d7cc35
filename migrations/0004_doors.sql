-- The host's hand on doors, on messages, and with rooms of their own.

-- Whether the host has shut the room: nobody new comes in. (`lock` is its password.)
ALTER TABLE rooms ADD COLUMN shut INTEGER NOT NULL DEFAULT 0;

-- Whether the host made it: it does not count among those that people may make.
ALTER TABLE rooms ADD COLUMN by_host INTEGER NOT NULL DEFAULT 0;

-- Whether the host took it back: its place stays, and its key; its content is gone.
ALTER TABLE messages ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0;

CREATE INDEX messages_taken_back ON messages (room, seq) WHERE taken_back <> 0;
