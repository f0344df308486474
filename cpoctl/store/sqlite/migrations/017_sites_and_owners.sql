-- What reports and invoices need of places: money, people, supply, opening hours, whose site it is, what an EVSE can do.

ALTER TABLE site ADD COLUMN postal_code TEXT;
ALTER TABLE site ADD COLUMN city TEXT;
ALTER TABLE site ADD COLUMN country TEXT; -- ISO 3166-1, two letters
ALTER TABLE site ADD COLUMN latitude REAL;
ALTER TABLE site ADD COLUMN longitude REAL;
ALTER TABLE site ADD COLUMN currency TEXT; -- ISO 4217
ALTER TABLE site ADD COLUMN contact TEXT;
ALTER TABLE site ADD COLUMN phone TEXT;
ALTER TABLE site ADD COLUMN email TEXT;
ALTER TABLE site ADD COLUMN supply_w REAL; -- what its connection to the grid can deliver
ALTER TABLE site ADD COLUMN supply_a REAL; -- the same a phase
ALTER TABLE site ADD COLUMN opening TEXT; -- as domain/opening.py reads it; NULL: always
ALTER TABLE site ADD COLUMN owner_id TEXT COLLATE NOCASE;

CREATE TABLE owner (
    owner_id TEXT PRIMARY KEY COLLATE NOCASE,
    name TEXT NOT NULL,
    contact TEXT,
    phone TEXT,
    email TEXT,
    note TEXT,
    added_at TEXT NOT NULL
) STRICT;

-- Never changed: of rows from the same day the newest holds, until the day of the next one.
CREATE TABLE owner_share (
    share_id INTEGER PRIMARY KEY,
    owner_id TEXT NOT NULL COLLATE NOCASE,
    percent TEXT NOT NULL, -- a decimal
    valid_from TEXT NOT NULL, -- a day, in the time of each site
    set_at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;
CREATE INDEX owner_share_of_owner ON owner_share (owner_id, valid_from, share_id);

-- What the operator knows of EVSEs; evse_id 0 is what holds for all of a charger that have no row or value of their own.
CREATE TABLE evse_record (
    charger_id TEXT NOT NULL COLLATE NOCASE,
    evse_id INTEGER NOT NULL,
    rated_w REAL,
    connector_type TEXT,
    in_service_from TEXT,
    PRIMARY KEY (charger_id, evse_id)
) STRICT, WITHOUT ROWID;

-- Every EVSE that was told of or written down. In service it is from when somebody said, else from its charger's first contact.
CREATE VIEW evse_facts AS
SELECT e.charger_id, e.evse_id,
       coalesce(own.rated_w, whole.rated_w) AS rated_w,
       coalesce(own.connector_type, whole.connector_type) AS connector_type,
       coalesce(own.in_service_from, whole.in_service_from,
           (SELECT min(opened_at) FROM connection c WHERE c.charger_id = e.charger_id)) AS in_service_from
FROM (SELECT charger_id, evse_id FROM evse WHERE evse_id > 0
      UNION SELECT charger_id, evse_id FROM evse_record WHERE evse_id > 0) e
LEFT JOIN evse_record own ON own.charger_id = e.charger_id AND own.evse_id = e.evse_id
LEFT JOIN evse_record whole ON whole.charger_id = e.charger_id AND whole.evse_id = 0;
