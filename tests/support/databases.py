"""An empty database with the newest schema, migrated once: each test gets a copy of it."""

import functools
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cpoctl.store.sqlite.backup import back_up
from cpoctl.store.sqlite.connection import connect_writer, create_file
from cpoctl.store.sqlite.migrate import migrate


def empty_database(path: Path) -> Path:
    """Make an empty database, as the first start of a server would."""
    create_file(path)
    path.write_bytes(_migrated())
    return path


@functools.cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder, "empty.db")
        create_file(path)
        with closing(connect_writer(path)) as connection:
            migrate(connection, path, datetime.now(UTC), backup=back_up)
        return path.read_bytes()
