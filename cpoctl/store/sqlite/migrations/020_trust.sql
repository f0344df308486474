-- What sessions can be trusted for: values that a meter has signed, what people corrected or left out, chargers' clocks.

-- Kept byte for byte, and for ever: the law wants them for as long as a bill can be disputed.
CREATE TABLE signed_value (
    signed_value_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL, -- 0: outside any session
    taken_raw TEXT NOT NULL,
    nature TEXT NOT NULL CHECK (nature IN ('Start', 'End', 'Intermediate', 'Whole')),
    encoding TEXT NOT NULL, -- as told, or as its content shows; '' when nobody knows
    signing_method TEXT,
    public_key TEXT, -- as told with it
    raw BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    pagination TEXT,
    page INTEGER, -- its number, of a page of transactions
    meter_serial TEXT,
    doubts TEXT, -- JSON list
    received_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX signed_value_once ON signed_value (session_id, charger_id, sha256);
CREATE INDEX signed_value_of_meter ON signed_value (charger_id, meter_serial, page, session_id) WHERE page IS NOT NULL;
CREATE INDEX signed_value_doubtful ON signed_value (session_id) WHERE doubts IS NOT NULL;
CREATE TRIGGER signed_value_is_as_it_was BEFORE UPDATE ON signed_value BEGIN
    SELECT RAISE(ABORT, 'a signed value is never changed');
END;
CREATE TRIGGER signed_value_stays BEFORE DELETE ON signed_value BEGIN
    SELECT RAISE(ABORT, 'a signed value is never deleted');
END;

-- What a session was before somebody corrected it, and what it became.
CREATE TABLE session_correction (
    correction_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    corrected_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    was TEXT NOT NULL, -- JSON: the columns that have changed
    became TEXT NOT NULL
) STRICT;
CREATE INDEX session_correction_of_session ON session_correction (session_id);
CREATE TRIGGER session_correction_is_as_it_was BEFORE UPDATE ON session_correction BEGIN
    SELECT RAISE(ABORT, 'a correction is corrected by another one');
END;
CREATE TRIGGER session_correction_stays BEFORE DELETE ON session_correction BEGIN
    SELECT RAISE(ABORT, 'a correction is corrected by another one');
END;

-- Who left what out of bills and reports, or took it in again. The newest row of an item says how it stands.
CREATE TABLE item_drop (
    drop_id INTEGER PRIMARY KEY,
    item TEXT NOT NULL COLLATE NOCASE,
    dropped INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE INDEX item_drop_of_item ON item_drop (item);
CREATE TRIGGER item_drop_is_as_it_was BEFORE UPDATE ON item_drop BEGIN SELECT RAISE(ABORT, 'it is undone by another row'); END;
CREATE TRIGGER item_drop_stays BEFORE DELETE ON item_drop BEGIN SELECT RAISE(ABORT, 'it is undone by another row'); END;

-- How far the thinning of old meter values has come.
CREATE TABLE thinned (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    stopped_at TEXT NOT NULL,
    session_id INTEGER NOT NULL,
    loose_raw TEXT NOT NULL
) STRICT;
INSERT INTO thinned (one, stopped_at, session_id, loose_raw) VALUES (1, '', 0, '');

ALTER TABLE charger ADD COLUMN clock_ahead_s REAL; -- NULL: nobody knows
ALTER TABLE session ADD COLUMN dropped_at TEXT; -- left out of bills and reports since then
ALTER TABLE orphan ADD COLUMN dropped_at TEXT;
