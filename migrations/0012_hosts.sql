-- What the log of the host's actions keeps of their words.

-- The message that the host said, or an announcement's first notice. The log shows an excerpt of it while it can be read.
ALTER TABLE host_actions ADD COLUMN said INTEGER;

-- Excerpts stood in the log itself, and stayed there when the message was taken back.
UPDATE host_actions SET what = rtrim(substr(what, 1, instr(what || '"', '"') - 1))
WHERE deed IN ('message say', 'announce add', 'announce done');

-- Whether the host gave them their name, so that they cannot change it.
ALTER TABLE chatters ADD COLUMN held INTEGER NOT NULL DEFAULT 0;

-- When they came into their first room, in hub time. The first chatter of a browser says since when it is here; those of
-- before count as here since ever.
ALTER TABLE chatters ADD COLUMN created_hub INTEGER NOT NULL DEFAULT 0;

-- In a room that is shut, `every` is how many seconds people must have been here to come in and write; 0: nobody new.
