-- What somebody has decided a session to be stands until somebody decides otherwise; what its charger tells after that is kept beside it.

ALTER TABLE session ADD COLUMN decided INTEGER NOT NULL DEFAULT 0; -- how often somebody has
UPDATE session SET decided = 1 WHERE session_id IN (SELECT session_id FROM session_correction) AND flags LIKE '%"corrected"%';

CREATE TRIGGER session_is_as_decided
BEFORE UPDATE OF started_at, stopped_at, meter_start_wh, meter_stop_wh, energy_wh, tag_id, flags ON session
WHEN OLD.decided > 0 AND NEW.decided = OLD.decided AND (
    NEW.started_at IS NOT OLD.started_at OR NEW.stopped_at IS NOT OLD.stopped_at OR NEW.meter_start_wh IS NOT OLD.meter_start_wh
    OR NEW.meter_stop_wh IS NOT OLD.meter_stop_wh OR NEW.energy_wh IS NOT OLD.energy_wh OR NEW.tag_id IS NOT OLD.tag_id
    OR (instr(OLD.flags, '"corrected"') > 0 AND instr(NEW.flags, '"corrected"') = 0)
) BEGIN
    SELECT RAISE(ABORT, 'somebody has decided what this session was');
END;

-- What a charger has told of a session after that, as far as it says otherwise.
CREATE TABLE session_claim (
    session_id INTEGER PRIMARY KEY,
    told_at TEXT NOT NULL,
    decided INTEGER NOT NULL, -- the decision that it contradicts: a later one has known it
    says TEXT NOT NULL -- JSON: the columns
) STRICT;
