-- Campaigns: one operation for many chargers. `given` and `rules` are JSON; a member is on disk as sent before anything is.

CREATE TABLE campaign (
    campaign TEXT PRIMARY KEY COLLATE NOCASE,
    operation TEXT NOT NULL,
    given TEXT NOT NULL, -- the operation's parameters without the charger
    what TEXT NOT NULL, -- for a reader: the image, or how many settings
    goal TEXT, -- the firmware's version, where it is known
    rules TEXT NOT NULL,
    role TEXT NOT NULL, -- who may start it: what it does may want more than an operator
    state TEXT NOT NULL CHECK (state IN ('draft', 'running', 'paused', 'halted', 'aborted', 'finished')),
    why TEXT,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE campaign_member (
    campaign TEXT NOT NULL COLLATE NOCASE,
    position INTEGER NOT NULL,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    wave TEXT NOT NULL CHECK (wave IN ('canary', 'rest', '')), -- '' of one that is excluded
    state TEXT NOT NULL CHECK (
        state IN ('pending', 'sent', 'ok', 'failed', 'unknown', 'missed', 'excluded', 'aborted')
    ),
    status TEXT,
    why TEXT,
    had TEXT, -- the firmware that it told when the campaign was made
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before TEXT,
    forgiven INTEGER NOT NULL DEFAULT 0, -- 1: ended before somebody resumed, and counts for no threshold
    task_id INTEGER,
    sent_at TEXT,
    ended_at TEXT,
    PRIMARY KEY (campaign, position)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX campaign_member_charger ON campaign_member (charger_id, campaign);
