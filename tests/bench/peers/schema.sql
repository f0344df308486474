CREATE TABLE IF NOT EXISTS session (
    session_id     INTEGER PRIMARY KEY,
    charger_id     TEXT NOT NULL,
    evse_id        INTEGER NOT NULL,
    tag_id         TEXT NOT NULL,
    started_at     TEXT NOT NULL,
    meter_start_wh INTEGER NOT NULL,
    stopped_at     TEXT,
    meter_stop_wh  INTEGER,
    reason         TEXT
) STRICT;

CREATE TABLE IF NOT EXISTS meter_value (
    charger_id    TEXT NOT NULL,
    evse_id       INTEGER NOT NULL,
    session_id    INTEGER,
    timestamp_raw TEXT NOT NULL,
    measurand     TEXT,
    unit          TEXT,
    value         TEXT NOT NULL  -- where there is no measurand: all sampled values of that time, as JSON
) STRICT;

CREATE INDEX IF NOT EXISTS meter_value_of_session ON meter_value (session_id);

CREATE TABLE IF NOT EXISTS tag (tag_id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT;
