-- Questions: messages that others vote up and the host answers.

-- How many people have voted for the question; NULL: it is none. Who has is bit 64 of `reactions.chosen`.
ALTER TABLE messages ADD COLUMN votes INTEGER;

-- Whether the host has marked the question as answered.
ALTER TABLE messages ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;

CREATE INDEX questions_by_votes ON messages (room, answered, votes, seq) WHERE votes IS NOT NULL;
CREATE INDEX questions_by_time ON messages (room, seq) WHERE votes IS NOT NULL;

-- Whether the host reads a room's questions first.
ALTER TABLE rooms ADD COLUMN hold_questions INTEGER NOT NULL DEFAULT 0;

-- The questions that wait for the host. One becomes a message, with its place in the room, when it is let through. A row that
-- is dropped keeps its key, so that a retry does not ask the question again. `chatter` refers to `chatters`, which are deleted
-- after these rows.
CREATE TABLE held_questions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
    chatter INTEGER NOT NULL,
    nickname TEXT NOT NULL,
    content TEXT NOT NULL,
    key TEXT,
    reply_to INTEGER,
    mentions BLOB,
    asked_at INTEGER NOT NULL,
    dropped INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX held_by_key ON held_questions (chatter, key) WHERE key IS NOT NULL;
CREATE INDEX held_by_room ON held_questions (room, dropped, chatter);
