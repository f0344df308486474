-- What is or was broken: one row as long as it is the same alert, also when it recovers shortly in between.

CREATE TABLE alert (
    alert_id INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    severity TEXT NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER, -- NULL: the charger and its connection
    opened_at TEXT NOT NULL, -- the first time
    since TEXT NOT NULL, -- broken this time
    what TEXT NOT NULL,
    openings INTEGER NOT NULL, -- how often it broke within short recoveries
    acked_at TEXT,
    acked_by TEXT,
    comment TEXT,
    resolved_at TEXT
) STRICT;
CREATE INDEX alert_of_charger ON alert (charger_id, since);
CREATE INDEX alert_open ON alert (alert_id) WHERE resolved_at IS NULL;
