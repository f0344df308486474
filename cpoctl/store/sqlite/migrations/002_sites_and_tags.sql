-- Sites, what the operator writes about chargers, and what decides about a tag. Lists and labels are JSON text.

CREATE TABLE site (
    site_id TEXT PRIMARY KEY COLLATE NOCASE,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    address TEXT,
    note TEXT,
    added_at TEXT NOT NULL
) STRICT;

ALTER TABLE charger ADD COLUMN name TEXT;
ALTER TABLE charger ADD COLUMN note TEXT;
ALTER TABLE charger ADD COLUMN site_id TEXT COLLATE NOCASE;
ALTER TABLE charger ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';

ALTER TABLE tag ADD COLUMN sessions_most INTEGER CHECK (sessions_most > 0);
ALTER TABLE tag ADD COLUMN sites TEXT NOT NULL DEFAULT '[]';

CREATE TABLE unknown_tag (
    tag_id TEXT PRIMARY KEY COLLATE NOCASE,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Anybody can hold a card to a reader: the 500 ids that were seen last are kept.
CREATE TRIGGER unknown_tag_newest AFTER INSERT ON unknown_tag
WHEN (SELECT count(*) FROM unknown_tag) > 500 BEGIN
    DELETE FROM unknown_tag WHERE tag_id = (SELECT tag_id FROM unknown_tag ORDER BY last_seen_at, tag_id LIMIT 1);
END;
