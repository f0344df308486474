-- What people decide about sessions, and reservations as we made them.

-- A session that an operator closed by hand. What was taken for its end is kept when the charger's own stop comes.
CREATE TABLE session_closing (
    session_id INTEGER PRIMARY KEY,
    closed_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    stopped_at TEXT NOT NULL,
    meter_stop_wh REAL,
    energy_wh REAL
) STRICT;

-- What somebody has looked at and let stand; other evidence than this brings it back.
CREATE TABLE review (
    item TEXT PRIMARY KEY COLLATE NOCASE,
    evidence TEXT NOT NULL,
    accepted_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE reservation (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    reservation_id INTEGER NOT NULL,
    evse_id INTEGER NOT NULL, -- 0: the charger chooses
    tag_id TEXT NOT NULL,
    parent_id TEXT,
    state TEXT NOT NULL CHECK (state IN ('active', 'refused', 'unknown', 'cancelled', 'used')),
    answer TEXT, -- the charger's word to the reservation
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT, -- who cancelled it
    session_id INTEGER, -- what used it
    PRIMARY KEY (charger_id, reservation_id)
) STRICT, WITHOUT ROWID;

-- What `session review` looks for, among a million sessions that are in order.
CREATE INDEX session_doubtful ON session (session_id) WHERE flags <> '[]' OR tag_status <> 'Accepted';
