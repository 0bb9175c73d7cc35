-- What an event file makes is made once, however often and from wherever the file is applied.

-- A poll is prepared once for a room, or for all; of two the one that stands first in the list stays.
DELETE FROM prepared_polls AS q WHERE EXISTS
    (SELECT 1 FROM prepared_polls o WHERE coalesce(o.room, 0) = coalesce(q.room, 0) AND o.question = q.question
     AND (o.place, o.id) < (q.place, q.id));

CREATE UNIQUE INDEX prepared_polls_once ON prepared_polls (coalesce(room, 0), question);
