-- The order of rooms in the lobby: those with a position come first, from 1 on. 0 has none.
ALTER TABLE rooms ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
