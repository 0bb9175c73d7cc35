-- What guests may read and do.

-- From where those who join read: 0 from their own first message on, 1 from the room's beginning.
ALTER TABLE rooms ADD COLUMN history INTEGER NOT NULL DEFAULT 0;

-- The place in the room of the message that it answers.
ALTER TABLE messages ADD COLUMN reply_to INTEGER;

-- Whom it names: the ids of chatters, 16 bytes each.
ALTER TABLE messages ADD COLUMN mentions BLOB;

-- How many have reacted with each of the six, as 32-bit numbers, little-endian, and when the last of them did.
ALTER TABLE messages ADD COLUMN reactions BLOB;
ALTER TABLE messages ADD COLUMN reacted INTEGER;

CREATE INDEX messages_reacted ON messages (room, reacted) WHERE reacted IS NOT NULL;

-- Who has reacted. A chatter is deleted only after the messages of their rooms.
CREATE TABLE reactions (
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    chatter INTEGER NOT NULL,
    chosen  INTEGER NOT NULL, -- a bit for each of the six, the first the lowest
    PRIMARY KEY (message, chatter)
) STRICT, WITHOUT ROWID;
