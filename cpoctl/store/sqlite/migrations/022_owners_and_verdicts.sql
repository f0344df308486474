-- Whose a site is, from which day on: who sells it keeps what came before. And which signed values are what a meter has signed.

-- Never changed: of rows from the same day the newest holds, until the day of the next one.
CREATE TABLE site_owner (
    site_owner_id INTEGER PRIMARY KEY,
    site_id TEXT NOT NULL COLLATE NOCASE,
    owner_id TEXT COLLATE NOCASE, -- NULL: nobody
    valid_from TEXT NOT NULL, -- a day, in the time of the site
    begins_at TEXT NOT NULL, -- when that day begins there, as site.time_zone has it; '' for always
    set_at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX site_owner_of_site ON site_owner (site_id, begins_at, site_owner_id, owner_id);
CREATE INDEX site_owner_of_owner ON site_owner (owner_id, site_id);

INSERT INTO site_owner (site_id, owner_id, valid_from, begins_at, set_at, actor)
SELECT site_id, owner_id, '0001-01-01', '', added_at, 'migration' FROM site WHERE owner_id IS NOT NULL ORDER BY site_id;

ALTER TABLE site DROP COLUMN owner_id;

-- What holds of them, each up to the next one.
CREATE VIEW site_owned AS
SELECT site_owner_id, site_id, owner_id, valid_from, valid_to, begins_at, ends_at, set_at, actor FROM (
    SELECT *, lead(valid_from) OVER following AS valid_to, lead(begins_at) OVER following AS ends_at
    FROM site_owner WINDOW following AS (PARTITION BY site_id ORDER BY begins_at, site_owner_id)
) WHERE valid_to IS NULL OR valid_to > valid_from;

-- What was found of each signed value, once.
CREATE TABLE signed_verdict (
    signed_value_id INTEGER PRIMARY KEY,
    good INTEGER, -- NULL: nobody knows
    checked_at TEXT NOT NULL
) STRICT;
CREATE INDEX signed_verdict_bad ON signed_verdict (signed_value_id) WHERE good = 0;
