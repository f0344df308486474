-- Reservations as OCPP 2.x has them: for a kind of connector, and ended by the charger with a word of its own.

ALTER TABLE reservation RENAME TO reservation_before;
CREATE TABLE reservation (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    reservation_id INTEGER NOT NULL,
    evse_id INTEGER NOT NULL, -- 0: the charger chooses
    connector_type TEXT, -- where it chooses among those of a kind
    tag_id TEXT NOT NULL,
    parent_id TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('active', 'refused', 'unknown', 'cancelled', 'used', 'expired', 'removed', 'unused')),
    answer TEXT, -- the charger's word to the reservation
    asked_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT, -- who cancelled it
    session_id INTEGER, -- what used it
    PRIMARY KEY (charger_id, reservation_id)
) STRICT, WITHOUT ROWID;
INSERT INTO reservation (charger_id, reservation_id, evse_id, tag_id, parent_id, state, answer, asked_at, expires_at, actor,
    ended_at, ended_by, session_id)
SELECT charger_id, reservation_id, evse_id, tag_id, parent_id, state, answer, asked_at, expires_at, actor,
    ended_at, ended_by, session_id FROM reservation_before;
DROP TABLE reservation_before;
