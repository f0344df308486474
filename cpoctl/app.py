"""The composition root: the only module that knows every concrete part.

Each function imports what it needs itself, so that a command pays for what it uses.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cpoctl.config import Config, ServeSettings
    from cpoctl.demo import Plan, Watch
    from cpoctl.operations import DatabaseFiles
    from cpoctl.store import Reader
    from cpoctl.temporary import Place


def serve(settings: "ServeSettings", known: "Config") -> None:
    """Run the server with these settings, and otherwise as the config says, until it is told to stop."""
    from cpoctl.running import serve_until_stopped

    serve_until_stopped(settings, known)


def demo(plan: "Plan", watch: "Watch") -> None:
    """Run the demo as long as somebody watches."""
    from cpoctl.demo import run

    run(plan, watch)


def temporary(settings: "ServeSettings") -> "AbstractContextManager[Place]":
    """A server while a block lasts, beside the command that needs it."""
    from cpoctl.temporary import temporary

    return temporary(settings)


def find_server(db: Path) -> Path | None:
    """The control socket of the server that runs on a database; None when none runs."""
    info = server_info(db)
    return Path(info["socket"]) if info.get("socket") else None


def server_info(db: Path) -> dict[str, Any]:
    """What the server that runs on a database says of itself: pid, socket, listen …; nothing when none runs."""
    from cpoctl.store.sqlite.locking import read_lock

    return read_lock(db) or {}


def certify(chain: Path, key: Path, listen: str) -> None:
    """Write a self-signed certificate for a listener on this machine, and its key."""
    from cpoctl.founding import certify as write
    from cpoctl.founding import own_names

    write(chain, key, own_names(listen))


def found_database(db: Path, admin: str | None) -> str | None:
    """Make the database if it is absent; the secret of a first admin key, if one is wanted and there is none."""
    from cpoctl.founding import found_database as found

    return found(db, admin)


def offline_reader(db: Path) -> "Reader":
    """A reader on the database file itself. Raises NotFound, StoreUnavailable."""
    from cpoctl.store.sqlite.reading import OfflineReader

    return OfflineReader(db)


def database_files(db: Path) -> "DatabaseFiles":
    """What a local act may do with the database while no server runs on it."""
    return _SqliteFiles(db)


class _SqliteFiles:
    """The files of one SQLite database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self, full: bool) -> list[str]:
        """Problems found in the file."""
        from cpoctl.errors import NotFound
        from cpoctl.store.sqlite.integrity import check

        if not self.path.exists():
            raise NotFound(f"there is no database at {self.path}", target=str(self.path), hints=["cpoctl db path"])
        return check(self.path, full=full)

    def backup(self, target: Path) -> None:
        """Copy the database."""
        from cpoctl.store.sqlite.backup import back_up

        back_up(self.path, target)

    def vacuum(self) -> tuple[int, int]:
        """Give freed pages back to the disk; the bytes before and after."""
        from cpoctl.errors import NotFound
        from cpoctl.store.sqlite.backup import vacuum

        if not self.path.exists():
            raise NotFound(f"there is no database at {self.path}", target=str(self.path), hints=["cpoctl db path"])
        return vacuum(self.path)

    def restore(self, backup: Path) -> Path | None:
        """Put the backup in the database's place; the path that now holds the old one."""
        from cpoctl.clock import SystemClock
        from cpoctl.store.sqlite.backup import restore

        return restore(backup, self.path, SystemClock().now())
