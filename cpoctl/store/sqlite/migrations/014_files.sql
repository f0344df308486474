-- Files between chargers and us: images, who may move which file by which secret, every transfer, what worked with whom.

CREATE TABLE image (
    image_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    sha256 TEXT NOT NULL UNIQUE,
    md5 TEXT NOT NULL, -- PublishFirmware names files by it
    bytes INTEGER NOT NULL,
    vendor TEXT,
    model TEXT,
    version TEXT,
    signature TEXT, -- base64
    signing_certificate TEXT, -- PEM
    added_at TEXT NOT NULL,
    added_by TEXT NOT NULL
) STRICT;

CREATE TABLE file_grant (
    grant_id INTEGER PRIMARY KEY,
    secret_hash TEXT NOT NULL UNIQUE, -- SHA-256 of 96 random bits
    charger_id TEXT NOT NULL COLLATE NOCASE,
    purpose TEXT NOT NULL CHECK (purpose IN ('firmware', 'diagnostics')),
    form TEXT NOT NULL CHECK (form IN ('http', 'https', 'ftp')),
    name TEXT, -- of the file that is fetched
    sha256 TEXT, -- of the image
    bytes INTEGER,
    made_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX file_grant_expires ON file_grant (expires_at);

CREATE TABLE transfer (
    transfer_id INTEGER PRIMARY KEY,
    grant_id INTEGER NOT NULL,
    charger_id TEXT NOT NULL COLLATE NOCASE,
    purpose TEXT NOT NULL,
    form TEXT NOT NULL,
    peer TEXT NOT NULL,
    name TEXT NOT NULL, -- as the charger calls the file
    started_at TEXT NOT NULL,
    ended_at TEXT,
    bytes INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    seconds REAL,
    state TEXT NOT NULL CHECK (state IN ('running', 'whole', 'cut')),
    error TEXT,
    kept TEXT, -- the path of an upload in the folder
    sha256 TEXT
) STRICT;
CREATE INDEX transfer_of_charger ON transfer (charger_id, transfer_id);
CREATE INDEX transfer_kept ON transfer (transfer_id) WHERE kept IS NOT NULL;

CREATE TABLE transfer_form (
    vendor TEXT NOT NULL, -- '' where the charger told none
    model TEXT NOT NULL,
    firmware TEXT NOT NULL,
    purpose TEXT NOT NULL,
    form TEXT NOT NULL,
    worked_at TEXT,
    failed_at TEXT,
    PRIMARY KEY (vendor, model, firmware, purpose, form)
) STRICT;
