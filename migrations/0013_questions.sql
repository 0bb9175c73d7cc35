-- Questions: messages that others vote up and the host answers.

-- How many people have voted for the question; NULL: it is none. Who has is bit 64 of `reactions.chosen`.
ALTER TABLE messages ADD COLUMN votes INTEGER;

-- Whether the host has marked the question as answered.
ALTER TABLE messages ADD COLUMN answered INTEGER NOT NULL DEFAULT 0;

CREATE INDEX questions_by_votes ON messages (room, answered, votes, seq) WHERE votes IS NOT NULL;
CREATE INDEX questions_by_time ON messages (room, seq) WHERE votes IS NOT NULL;
