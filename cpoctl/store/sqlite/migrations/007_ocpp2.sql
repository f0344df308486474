-- OCPP 2.0.1 and 2.1: EVSEs with several connectors, transactions told event by event, reports told part by part.

CREATE TABLE connector (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    connector_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (charger_id, evse_id, connector_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE status_change ADD COLUMN connector_id INTEGER;

ALTER TABLE session ADD COLUMN remote_start_id INTEGER;
-- How often its charger had given its transaction's id to another one before.
ALTER TABLE session ADD COLUMN uses INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX session_told ON session (charger_id, transaction_id, uses) WHERE issued = 0;

-- What tells repeats and holes; the rest of a step stands in the journal. Short, because nearly every message is a row.
CREATE TABLE transaction_event (
    session_id INTEGER NOT NULL,
    seq_no INTEGER NOT NULL,
    event_type TEXT NOT NULL,
    timestamp_raw TEXT NOT NULL,
    charging_state TEXT,
    PRIMARY KEY (session_id, seq_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE report_part (
    report_part_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    action TEXT NOT NULL,
    request_id INTEGER NOT NULL,
    seq_no INTEGER,
    last INTEGER NOT NULL,
    received_at TEXT NOT NULL,
    payload TEXT NOT NULL
) STRICT;
CREATE INDEX report_part_of_request ON report_part (charger_id, action, request_id);
-- Nobody reads them twice: each charger keeps its newest thousand.
CREATE TRIGGER report_part_newest AFTER INSERT ON report_part BEGIN
    DELETE FROM report_part WHERE report_part_id = (
        SELECT report_part_id FROM report_part WHERE charger_id = NEW.charger_id
        ORDER BY report_part_id DESC LIMIT 1 OFFSET 1000
    );
END;
CREATE INDEX report_part_of_charger ON report_part (charger_id, report_part_id);
