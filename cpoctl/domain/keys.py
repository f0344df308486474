"""Keys of operators elsewhere: how one is made, read and judged (RELIABILITY O-09).

`cpk_1f2e3d4c_…`: a mark by which a leaked key is found in files and logs, the key's public id, and 32
random bytes. Only their SHA-256 is kept: a slow hash protects what people choose, and nobody guesses
256 random bits however quick the hash is.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

MARK = "cpk"
_TEXT = re.compile(rf"{MARK}_([0-9a-f]{{8}})_([0-9a-f]{{64}})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,39}")


@dataclass(frozen=True)
class Secret:
    """A key as its holder has it. Its text stands in no log: repr shows the id alone."""

    key_id: str
    text: str

    def __repr__(self) -> str:
        return f"Secret({self.key_id})"

    @property
    def digest(self) -> str:
        """What is kept of it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def is_of(self, digest: str) -> bool:
        """Whether this is the key whose digest was kept; takes the same time for every wrong one."""
        return hmac.compare_digest(self.digest, digest)


def made() -> Secret:
    """A new key."""
    key_id = secrets.token_hex(4)
    return Secret(key_id, f"{MARK}_{key_id}_{secrets.token_hex(32)}")


def read(text: str) -> Secret | None:
    """The key that a text is, or None when it cannot be one."""
    found = _TEXT.fullmatch(text)
    return Secret(found[1], text) if found else None


def valid_name(name: str) -> bool:
    """Whether a key can be called that: it stands in the audit log as the actor's name."""
    return _NAME.fullmatch(name) is not None


def state(revoked_at: str | None, expires_at: str | None, now: str) -> str:
    """`valid`, `expired` or `revoked` at a stored instant."""
    if revoked_at is not None:
        return "revoked"
    return "expired" if expires_at is not None and expires_at <= now else "valid"
