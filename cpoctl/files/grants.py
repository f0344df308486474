"""Grants: who may move which file, known by a secret path or an FTP user with a password.

A secret is 96 random bits; of it only the hash is kept. Read and written in the threads of all listeners.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from cpoctl.clock import parsed, stored
from cpoctl.store import Record, rows

Purpose = Literal["firmware", "diagnostics"]
LINGER: Final = timedelta(
    minutes=10
)  # after a whole transfer: chargers verify by fetching again, and send a second log
AT_ONCE: Final = 4  # transfers of one grant
_USER: Final = "c"


@dataclass(frozen=True)
class Grant:
    """One charger may move one file, until it expires."""

    grant_id: int
    secret_hash: str
    charger_id: str
    purpose: Purpose
    form: str
    expires_at: datetime
    name: str | None = None
    sha256: str | None = None
    bytes: int | None = None

    @property
    def user(self) -> str:
        """Its name over FTP."""
        return f"{_USER}{self.grant_id}"

    def row(self, made_at: datetime) -> rows.FileGrant:
        """As it is kept."""
        return rows.FileGrant(
            *(self.grant_id, self.secret_hash, self.charger_id, self.purpose, self.form),
            *(self.name, self.sha256, self.bytes, stored(made_at), stored(self.expires_at)),
        )


def kept(record: Record) -> Grant:
    """A grant as it was kept."""
    values = {name: record[name] for name in Grant.__dataclass_fields__ if name != "expires_at"}
    return Grant(expires_at=parsed(record["expires_at"]), **values)


def new_secret() -> str:
    """A secret that fits into every URL and is spelled the same in it."""
    return secrets.token_hex(12)


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


class Grants:
    """The grants that hold. A secret works over HTTP or over FTP, never over both."""

    def __init__(self, grants: Iterable[Grant] = ()) -> None:
        self._lock = threading.Lock()
        self._by_hash = {grant.secret_hash: grant for grant in grants}
        self._busy: dict[int, int] = {}

    def add(self, grant: Grant) -> None:
        """Let it hold."""
        with self._lock:
            self._by_hash[grant.secret_hash] = grant

    def of_path(self, secret: str, now: datetime) -> Grant | None:
        """The grant of a secret path."""
        grant = self._held(secret, now)
        return grant if grant is not None and grant.form != "ftp" else None

    def of_user(self, user: str, secret: str, now: datetime) -> Grant | None:
        """The grant of an FTP user."""
        grant = self._held(secret, now)
        return grant if grant is not None and grant.form == "ftp" and grant.user == user else None

    def holds(self, grant: Grant, now: datetime) -> bool:
        """Whether it still does, for a connection that goes on."""
        with self._lock:
            found = self._by_hash.get(grant.secret_hash)
        return found is not None and now < found.expires_at

    def begin(self, grant: Grant) -> bool:
        """Count a transfer; False where too many go on."""
        with self._lock:
            going_on = self._busy.get(grant.grant_id, 0)
            if going_on >= AT_ONCE:
                return False
            self._busy[grant.grant_id] = going_on + 1
            return True

    def end(self, grant: Grant) -> None:
        """A transfer of it has ended."""
        with self._lock:
            left = self._busy.get(grant.grant_id, 1) - 1
            if left:
                self._busy[grant.grant_id] = left
            else:
                self._busy.pop(grant.grant_id, None)

    def used(self, grant: Grant, now: datetime) -> Grant:
        """After a whole transfer the secret has done its work; it holds a little longer."""
        shortened = replace(grant, expires_at=min(grant.expires_at, now + LINGER))
        with self._lock:
            if grant.secret_hash in self._by_hash:
                self._by_hash[grant.secret_hash] = shortened
        return shortened

    def forget_expired(self, now: datetime) -> int:
        """Drop what no longer holds; how many do."""
        with self._lock:
            self._by_hash = {key: grant for key, grant in self._by_hash.items() if now < grant.expires_at}
            return len(self._by_hash)

    def _held(self, secret: str, now: datetime) -> Grant | None:
        with self._lock:
            grant = self._by_hash.get(hashed(secret))
        return grant if grant is not None and now < grant.expires_at else None
