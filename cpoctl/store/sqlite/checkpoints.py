"""Checkpoints: the write-ahead log goes into the database beside the writer, not in its way.

Done by the writer itself, as SQLite does by default, every hundredth commit took 30 ms longer than the others and
all chargers waited. A thread copies most of it while commits go on; only when the log has grown long nevertheless,
because commits never paused, the writer copies what little is left, so that the log can begin anew.
"""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Final

from cpoctl.errors import StoreUnavailable
from cpoctl.store.sqlite.connection import connect_writer
from cpoctl.store.sqlite.faults import STORE_FAULTS

_log = logging.getLogger(__name__)
EVERY: Final = 16_384  # rows and commits, weighed: about 5,000 pages under load, 16,000 of single commits
COMMIT: Final = 4  # pages that a commit writes whatever it holds
LONGEST: Final = 24_000  # frames of the log: 100 MB
_COPY: Final = "PRAGMA wal_checkpoint(PASSIVE)"


class Checkpoints:
    """When and by whom the log of one database is copied."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._weight = 0
        self._changes = 0
        self._frames = 0  # how long the log was at the last copy
        self._copying: threading.Thread | None = None

    def committed(self, connection: sqlite3.Connection) -> None:
        """Note a commit of the writer's, on its thread; sometimes begin a copy, rarely make one."""
        changes, self._changes = self._changes, connection.total_changes
        self._weight += self._changes - changes + COMMIT
        if self._copying is not None and self._copying.is_alive():
            return
        if self._frames >= LONGEST:
            self._frames = 0
            self._copy(connection)
        elif self._weight >= EVERY:
            self._weight = 0
            self._copying = threading.Thread(target=self._copy_beside, name="store-checkpoint", daemon=True)
            self._copying.start()

    def close(self) -> None:
        """Wait for a copy that is under way."""
        if self._copying is not None:
            self._copying.join()

    def _copy_beside(self) -> None:
        try:
            with closing(connect_writer(self._path)) as connection:
                self._frames = self._copy(connection)
        except (*STORE_FAULTS, StoreUnavailable) as error:
            _log.warning("the log of %s is not copied: %s", self._path, error)

    def _copy(self, connection: sqlite3.Connection) -> int:
        """Copy as far as no reader holds it up; returns how many frames the log has."""
        try:
            found: tuple[int, int, int] = connection.execute(_COPY).fetchone()
        except STORE_FAULTS as error:  # the log stays, and nothing is lost; commits tell of a full disk
            _log.warning("the log of %s is not copied: %s", self._path, error)
            return 0
        return found[1]
