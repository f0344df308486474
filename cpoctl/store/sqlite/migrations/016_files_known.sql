-- What uploaded archives hold, and the transfer recipes of the server's config, so that whoever reads the database sees them.

ALTER TABLE transfer ADD COLUMN entries TEXT; -- JSON: of an archive what it holds, as far as it was looked at

CREATE TABLE file_recipes (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    recipes TEXT NOT NULL -- JSON: by name, in their order
) STRICT;
