-- What every hub's host has set, as far as all hubs should have it alike: JSON, a text for each key. NULL for a hub that does
-- not tell.
ALTER TABLE hubs ADD COLUMN settings text;
