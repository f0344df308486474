"""The SQLite store: WAL, synchronous=FULL, one writer thread with group commit, a small pool of readers."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from cpoctl.clock import Clock
    from cpoctl.store.sqlite.connection import Connect
    from cpoctl.store.sqlite.store import SqliteStore
    from cpoctl.store.sqlite.writer import Patience


def open_store(
    path: "Path",
    *,
    clock: "Clock | None" = None,
    lock_info: dict[str, Any] | None = None,
    connect: "Connect | None" = None,
    patience: "Patience | None" = None,
) -> "SqliteStore":
    """Lock, check, migrate and open a database. Call it where an event loop runs.

    Raises Conflict (another server, a newer schema), DatabaseCorrupt, StoreUnavailable.
    """
    # Loaded here, so that a command that only reads pays for sqlite3 alone.
    from cpoctl.store.sqlite.store import SqliteStore

    return SqliteStore(path, clock=clock, lock_info=lock_info, connect=connect, patience=patience)
