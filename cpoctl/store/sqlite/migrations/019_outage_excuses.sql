-- What of an EVSE's outages was outside the operator's control. Append-only: an excuse is taken back by another row.
CREATE TABLE outage_excuse (
    excuse_id INTEGER PRIMARY KEY,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER, -- NULL: every EVSE of it
    begins_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('utility', 'vehicle', 'maintenance', 'vandalism', 'disaster', 'closed')),
    note TEXT NOT NULL,
    excused_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    revokes INTEGER -- the excuse that this row takes back; the rest of it repeats that one
) STRICT;
CREATE UNIQUE INDEX outage_excuse_revoked ON outage_excuse (revokes) WHERE revokes IS NOT NULL;
CREATE TRIGGER outage_excuse_stays BEFORE DELETE ON outage_excuse BEGIN
    SELECT RAISE(ABORT, 'an excuse is revoked, not deleted');
END;
CREATE TRIGGER outage_excuse_is_as_it_was BEFORE UPDATE ON outage_excuse BEGIN
    SELECT RAISE(ABORT, 'an excuse is revoked, not changed');
END;

-- The ended sessions that count without energy, among a million that do not.
CREATE INDEX session_of_unknown_energy ON session (stopped_at) WHERE energy_wh IS NULL AND stopped_at IS NOT NULL;
