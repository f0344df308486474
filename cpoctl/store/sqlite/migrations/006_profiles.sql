-- What we gave chargers and they cannot, or need not, tell us again: local lists and charging profiles.

-- The local list that a charger has by what it accepted. certain 0: a part was sent and its end is not known.
CREATE TABLE local_list (
    charger_id TEXT PRIMARY KEY COLLATE NOCASE,
    version INTEGER NOT NULL,
    entries TEXT NOT NULL,
    certain INTEGER NOT NULL,
    accepted_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Charging profiles by name, to be set again and again. profile is JSON as the standard has it.
CREATE TABLE profile (
    name TEXT PRIMARY KEY COLLATE NOCASE,
    profile TEXT NOT NULL,
    note TEXT,
    added_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Our memory of the profiles that chargers were given: 1.6 has no way to ask for them. The last answer of each
-- kind for a place, which the standard makes of EVSE, purpose and stack level (1.6 §3.13.2).
CREATE TABLE installed_profile (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    purpose TEXT NOT NULL,
    stack_level INTEGER NOT NULL,
    status TEXT NOT NULL,
    profile_id INTEGER NOT NULL,
    name TEXT,
    profile TEXT NOT NULL,
    set_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (charger_id, evse_id, purpose, stack_level, status)
) STRICT, WITHOUT ROWID;
