-- What charging costs: tariffs, where they hold, what sessions came to, prices of the day, subscriptions.
-- Money is whole ten-thousandths of the currency's unit (..._e4), so that sums are exact; prices are decimals in text.

-- A tariff is never changed: another content is another version of it.
CREATE TABLE tariff (
    tariff_id TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL, -- a hash of the content
    currency TEXT NOT NULL,
    content TEXT NOT NULL, -- OCPI JSON
    series TEXT COLLATE NOCASE, -- of which its price of energy is made
    note TEXT,
    added_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (tariff_id, version)
) STRICT, WITHOUT ROWID;

-- Which version holds where, and since when. A row is never changed or deleted, it is only ended, once.
CREATE TABLE tariff_assignment (
    assignment_id INTEGER PRIMARY KEY,
    tariff_id TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('default', 'site', 'charger', 'evse', 'group')),
    target TEXT NOT NULL COLLATE NOCASE, -- '' of the default, 'HQ-07:2' of an EVSE
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    assigned_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT
) STRICT;
CREATE INDEX tariff_assignment_of_tariff ON tariff_assignment (tariff_id, version);
CREATE TRIGGER tariff_assignment_stays BEFORE DELETE ON tariff_assignment BEGIN
    SELECT RAISE(ABORT, 'an assignment is ended, not deleted');
END;
CREATE TRIGGER tariff_assignment_is_as_it_was
BEFORE UPDATE OF tariff_id, version, scope, target, valid_from, assigned_at, actor ON tariff_assignment BEGIN
    SELECT RAISE(ABORT, 'an assignment is ended, not changed');
END;

-- What a session came to. The row that was not superseded counts; the others tell what it was before.
CREATE TABLE session_price (
    price_id INTEGER PRIMARY KEY,
    session_id INTEGER NOT NULL,
    net_e4 INTEGER NOT NULL,
    vat_e4 INTEGER NOT NULL,
    gross_e4 INTEGER NOT NULL,
    currency TEXT NOT NULL,
    tariff_id TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL,
    priced_at TEXT NOT NULL,
    actor TEXT NOT NULL, -- 'automatic': after the end of the session
    reason TEXT,
    superseded_at TEXT,
    subscription_id INTEGER, -- whose included energy it used
    included_wh INTEGER NOT NULL DEFAULT 0,
    bill TEXT NOT NULL -- JSON: every line, and what they were made of
) STRICT;
CREATE UNIQUE INDEX session_price_that_counts ON session_price (session_id) WHERE superseded_at IS NULL;
CREATE INDEX session_price_of_session ON session_price (session_id);
CREATE INDEX session_price_of_subscription ON session_price (subscription_id) WHERE subscription_id IS NOT NULL;

-- Prices of energy that change by the hour or quarter of an hour, per kWh.
CREATE TABLE price_series (
    series TEXT PRIMARY KEY COLLATE NOCASE,
    currency TEXT NOT NULL,
    note TEXT,
    added_at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE price_point (
    series TEXT NOT NULL COLLATE NOCASE,
    begins_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    price TEXT NOT NULL,
    PRIMARY KEY (series, begins_at)
) STRICT, WITHOUT ROWID;

-- A fee a month, and energy that is included in it, for a tag or a group of tags.
CREATE TABLE subscription (
    subscription_id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('tag', 'group')),
    target TEXT NOT NULL COLLATE NOCASE,
    fee_e4 INTEGER NOT NULL CHECK (fee_e4 >= 0), -- a month, without VAT
    vat TEXT, -- percent
    currency TEXT NOT NULL,
    included_wh INTEGER NOT NULL CHECK (included_wh >= 0), -- a month
    first_month TEXT NOT NULL, -- 2026-11
    last_month TEXT, -- the last one that is paid for; NULL: it goes on
    note TEXT,
    added_at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;

-- What of the configuration decides about prices, so that whoever reads the file alone prices as the server does.
CREATE TABLE money_rule (
    rule TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
