-- Every invocation of an operation, with one result per target. `given` and `plan` are JSON without secrets.

CREATE TABLE task (
    task_id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation TEXT NOT NULL,
    given TEXT NOT NULL,
    repeatable INTEGER NOT NULL,
    plan TEXT NOT NULL,
    actor TEXT NOT NULL,
    retry_of INTEGER,
    state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cancelled')),
    started_at TEXT NOT NULL,
    finished_at TEXT
) STRICT;
CREATE INDEX task_unfinished ON task (task_id) WHERE state = 'running';

CREATE TABLE task_target (
    task_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    target TEXT NOT NULL,
    charger_id TEXT COLLATE NOCASE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'waiting', 'sent', 'done')),
    expires_at TEXT,
    ok INTEGER,
    status TEXT,
    latency_ms REAL,
    command_id INTEGER,
    error TEXT,
    result TEXT,
    sent_at TEXT,
    finished_at TEXT,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_target_of_charger ON task_target (charger_id, task_id);
CREATE INDEX task_target_waiting ON task_target (state) WHERE state = 'waiting';
