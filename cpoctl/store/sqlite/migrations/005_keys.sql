-- Operators elsewhere: their keys, and who was turned away.
-- Of a key only the SHA-256 is kept: it is 256 random bits, which nobody guesses however quick the hash is.

CREATE TABLE key (
    key_id TEXT PRIMARY KEY,
    name TEXT NOT NULL COLLATE NOCASE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    digest TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    revoked_by TEXT,
    used_at TEXT,
    used_from TEXT
) STRICT;
CREATE UNIQUE INDEX key_in_use ON key (name) WHERE revoked_at IS NULL;

-- Attempts that were denied: the like of each other share a row, and only the newest thousand rows stay.
CREATE TABLE denial (
    denial_id INTEGER PRIMARY KEY,
    actor TEXT NOT NULL,
    address TEXT NOT NULL,
    operation TEXT NOT NULL,
    reason TEXT NOT NULL,
    request TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    UNIQUE (actor, address, operation, reason)
) STRICT;
CREATE TRIGGER denial_bounded AFTER INSERT ON denial BEGIN
    DELETE FROM denial WHERE denial_id <= NEW.denial_id - 1000;
END;
