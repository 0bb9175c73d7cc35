-- What guests may read and do.

-- From where those who join read: 0 from their own first message on, 1 from the room's beginning.
ALTER TABLE rooms ADD COLUMN history INTEGER NOT NULL DEFAULT 0;

-- The place in the room of the message that it answers.
ALTER TABLE messages ADD COLUMN reply_to INTEGER;

-- Whom it names: the ids of chatters, 16 bytes each.
ALTER TABLE messages ADD COLUMN mentions BLOB;
