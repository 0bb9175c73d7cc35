-- The ladder of a room: who may come in, who may write, and how often. `shut` stays: members only.

-- 0 none of the others, 1 slow, 2 reading only.
ALTER TABLE rooms ADD COLUMN mode INTEGER NOT NULL DEFAULT 0;

-- Slow: how many seconds a person waits between two messages.
ALTER TABLE rooms ADD COLUMN every INTEGER NOT NULL DEFAULT 0;

-- When the room goes back to open by itself, in hub time; NULL: it does not. From then on `shut` and `mode` do not count.
ALTER TABLE rooms ADD COLUMN mode_until INTEGER;

-- When they last wrote in the room, in hub time. Kept while the room is slow, and filled in when it becomes so.
ALTER TABLE memberships ADD COLUMN said_hub INTEGER;
