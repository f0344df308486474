-- The energy of the sessions of a day, among years of them.
CREATE INDEX session_ended ON session (stopped_at) WHERE stopped_at IS NOT NULL;
