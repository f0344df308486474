-- Instants are ISO 8601 UTC text with Z; *_raw is what the charger sent; lists are JSON text.
-- A charger_id is always written as the table charger has it; only ids that people type need NOCASE.

CREATE TABLE run (
    run_id INTEGER PRIMARY KEY,
    started_at TEXT NOT NULL,
    alive_at TEXT NOT NULL,
    stopped_at TEXT,
    version TEXT NOT NULL,
    pid INTEGER NOT NULL
) STRICT;

CREATE TABLE charger (
    charger_id TEXT PRIMARY KEY COLLATE NOCASE,
    registration TEXT NOT NULL CHECK (registration IN ('Accepted', 'Pending', 'Rejected')),
    known INTEGER NOT NULL,
    added_at TEXT NOT NULL,
    removed_at TEXT,
    vendor TEXT,
    model TEXT,
    serial TEXT,
    box_serial TEXT,
    firmware TEXT,
    iccid TEXT,
    imsi TEXT,
    meter_type TEXT,
    meter_serial TEXT,
    booted_at TEXT,
    last_seen_at TEXT,
    version TEXT,
    ponged INTEGER NOT NULL DEFAULT 0,
    password_hash TEXT,
    password_next_hash TEXT
) STRICT;

CREATE TABLE evse (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT,
    info TEXT,
    vendor_id TEXT,
    vendor_error_code TEXT,
    since TEXT NOT NULL,
    PRIMARY KEY (charger_id, evse_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE status_change (
    status_change_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code TEXT,
    info TEXT,
    vendor_id TEXT,
    vendor_error_code TEXT,
    happened_at TEXT NOT NULL,
    timestamp_raw TEXT NOT NULL,
    received_at TEXT NOT NULL
) STRICT;
CREATE INDEX status_change_of_evse ON status_change (charger_id, evse_id, received_at);

CREATE TABLE connection (
    connection_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    close_code INTEGER,
    close_reason TEXT,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    auth TEXT NOT NULL
) STRICT;
CREATE INDEX connection_of_charger ON connection (charger_id, opened_at);

CREATE TABLE variable (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    name TEXT NOT NULL,
    value TEXT,
    readonly INTEGER,
    read_at TEXT NOT NULL,
    PRIMARY KEY (charger_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
    tag_id TEXT PRIMARY KEY COLLATE NOCASE,
    status TEXT NOT NULL CHECK (status IN ('Accepted', 'Blocked')),
    parent_id TEXT,
    expires_at TEXT,
    note TEXT,
    added_at TEXT NOT NULL
) STRICT;

CREATE TABLE session (
    session_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    connector_id INTEGER,
    transaction_id TEXT NOT NULL,
    issued INTEGER NOT NULL,
    tag_id TEXT NOT NULL,
    tag_status TEXT NOT NULL,
    reservation_id INTEGER,
    started_at TEXT NOT NULL,
    started_raw TEXT NOT NULL,
    start_received_at TEXT NOT NULL,
    meter_start_wh REAL,
    meter_start_raw TEXT NOT NULL,
    keyed INTEGER NOT NULL,
    stopped_at TEXT,
    stopped_raw TEXT,
    stop_received_at TEXT,
    meter_stop_wh REAL,
    meter_stop_raw TEXT,
    energy_wh REAL CHECK (energy_wh >= 0),
    stop_reason TEXT,
    stop_tag_id TEXT,
    stop_tag_status TEXT,
    flags TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE UNIQUE INDEX session_business_key
    ON session (charger_id, evse_id, tag_id, started_raw, meter_start_raw) WHERE keyed = 1;
CREATE UNIQUE INDEX session_issued_id ON session (transaction_id) WHERE issued = 1;
CREATE INDEX session_of_transaction ON session (charger_id, transaction_id);
CREATE INDEX session_open ON session (charger_id) WHERE stopped_at IS NULL;

CREATE TABLE meter_value (
    charger_id TEXT NOT NULL,
    evse_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    timestamp_raw TEXT NOT NULL,
    context TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    energy_wh REAL,
    power_w REAL,
    current_a REAL,
    voltage_v REAL,
    soc_percent REAL,
    other TEXT,
    flags TEXT,
    conflicts TEXT,
    -- The session first: its samples lie together, and running sessions near each other, which halves the commit.
    PRIMARY KEY (session_id, timestamp_raw, context, charger_id, evse_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE orphan (
    orphan_id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER,
    action TEXT NOT NULL,
    transaction_id TEXT,
    reason TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX orphan_once ON orphan (charger_id, action, payload);

CREATE TABLE stop_conflict (
    stop_conflict_id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    session_id INTEGER NOT NULL,
    payload TEXT NOT NULL,
    UNIQUE (session_id, payload)
) STRICT;

CREATE TABLE violation (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    action TEXT NOT NULL,
    path TEXT NOT NULL,
    rule TEXT NOT NULL,
    message TEXT NOT NULL,
    sample TEXT NOT NULL,
    count INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (charger_id, action, path, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE security_event (
    security_event_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    type TEXT NOT NULL,
    timestamp_raw TEXT NOT NULL,
    tech_info TEXT NOT NULL,
    happened_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    source TEXT NOT NULL,
    UNIQUE (charger_id, type, timestamp_raw, tech_info)
) STRICT;
CREATE INDEX security_event_of_charger ON security_event (charger_id, security_event_id);
-- Chargers that nobody has accepted may send them too: each charger keeps its newest thousand.
CREATE TRIGGER security_event_newest AFTER INSERT ON security_event BEGIN
    DELETE FROM security_event WHERE security_event_id = (
        SELECT security_event_id FROM security_event WHERE charger_id = NEW.charger_id
        ORDER BY security_event_id DESC LIMIT 1 OFFSET 1000
    );
END;

CREATE TABLE signing_request (
    signing_request_id INTEGER PRIMARY KEY,
    received_at TEXT NOT NULL,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    csr TEXT NOT NULL,
    status TEXT NOT NULL
) STRICT;

CREATE TABLE journal (
    journal_id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    charger_id TEXT NOT NULL,
    connection_id INTEGER NOT NULL,
    sender TEXT NOT NULL,
    action TEXT NOT NULL,
    message_id TEXT NOT NULL,
    request TEXT NOT NULL,
    answer TEXT,
    outcome TEXT NOT NULL,
    latency_ms REAL,
    violations TEXT
) STRICT;
-- The journal by charger. It is written for thousands of rows at once and lags behind the journal: rows after the
-- mark are found by walking. Kept up to date by SQLite, an index cost each commit a page a charger.
CREATE TABLE journal_of_charger (
    charger_id TEXT NOT NULL,
    journal_id INTEGER NOT NULL,
    PRIMARY KEY (charger_id, journal_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal_mark (
    mark_id INTEGER PRIMARY KEY CHECK (mark_id = 1),
    journal_id INTEGER NOT NULL
) STRICT;
INSERT INTO journal_mark (mark_id, journal_id) VALUES (1, 0);
-- What to ask for the rows of one charger: `WHERE charger_id = ?`, newest first, stops early with a LIMIT.
CREATE VIEW charger_journal AS
SELECT x.charger_id, x.journal_id, j.at, j.connection_id, j.sender, j.action, j.message_id, j.request, j.answer, j.outcome,
       j.latency_ms, j.violations
FROM journal_of_charger x CROSS JOIN journal j ON j.journal_id = x.journal_id
UNION ALL
SELECT charger_id, journal_id, at, connection_id, sender, action, message_id, request, answer, outcome, latency_ms, violations
FROM journal WHERE journal_id > (SELECT journal_id FROM journal_mark);
CREATE TABLE event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    charger_id TEXT COLLATE NOCASE,
    data TEXT NOT NULL
) STRICT;

CREATE TABLE command (
    command_id INTEGER PRIMARY KEY AUTOINCREMENT,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    action TEXT NOT NULL,
    request TEXT NOT NULL,
    actor TEXT NOT NULL,
    state TEXT NOT NULL,
    message_id TEXT,
    queued_at TEXT NOT NULL,
    sent_at TEXT,
    answered_at TEXT,
    answer TEXT
) STRICT;
CREATE INDEX command_of_charger ON command (charger_id, command_id);
CREATE INDEX command_unfinished ON command (state) WHERE state IN ('queued', 'sent');

CREATE TABLE knock (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    reason TEXT NOT NULL,
    address TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (charger_id, reason)
) STRICT, WITHOUT ROWID;
-- Anybody on the network can knock: the 200 ids that knocked last are kept.
CREATE TRIGGER knock_newest AFTER INSERT ON knock
WHEN (SELECT count(DISTINCT charger_id) FROM knock) > 200 BEGIN
    DELETE FROM knock WHERE charger_id = (
        SELECT charger_id FROM knock GROUP BY charger_id ORDER BY max(last_seen_at) LIMIT 1
    );
END;

-- Rewritten to find out whether the disk takes writes again; the filler spans some pages.
CREATE TABLE probe (
    probe_id INTEGER PRIMARY KEY CHECK (probe_id = 1),
    at TEXT NOT NULL,
    filler BLOB NOT NULL
) STRICT;
