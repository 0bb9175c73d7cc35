-- What guests may read and do.

-- From where those who join read: 0 from their own first message on, 1 from the room's beginning.
ALTER TABLE rooms ADD COLUMN history INTEGER NOT NULL DEFAULT 0;
