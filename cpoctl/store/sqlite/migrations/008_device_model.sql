-- Variables of the device model of OCPP 2.x beside the keys of 1.6: which component a variable is of, and what it may be.
-- Names match whatever their case; of two spellings the one that was read last stays.

CREATE TABLE told_variable (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    name TEXT NOT NULL COLLATE NOCASE,
    value TEXT,
    mutability TEXT,
    read_at TEXT NOT NULL,
    component TEXT,
    data_type TEXT,
    unit TEXT,
    min_limit REAL,
    max_limit REAL,
    allowed TEXT,
    report_id INTEGER,
    PRIMARY KEY (charger_id, name)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO told_variable (charger_id, name, value, mutability, read_at)
SELECT charger_id, name, value, CASE readonly WHEN 1 THEN 'ReadOnly' WHEN 0 THEN 'ReadWrite' END, read_at
FROM variable ORDER BY read_at DESC;

DROP TABLE variable;
ALTER TABLE told_variable RENAME TO variable;
