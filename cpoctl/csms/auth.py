"""Passwords of chargers: how they are kept, and how an attempt is judged (RELIABILITY S-04 to S-06).

A key that we made (20 random bytes, given out as 40 hex digits, A00.FR.205) is kept as a salted HMAC;
one that a person chose as scrypt, computed in a thread. A key once verified is remembered by a keyed
digest, so that a reconnect storm costs no hashing.
"""

import asyncio
import base64
import binascii
import contextlib
import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from typing import Final

_MADE = re.compile(rb"[0-9a-f]{40}")
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}
_REMEMBERED: Final = 10_000
_TWINS: Final = 4


def made() -> str:
    """A new key: 20 random bytes as 40 hex digits."""
    return secrets.token_hex(20)


def hashed(password: str) -> str:
    """What is kept of a password. Takes about 40 ms for one that a person chose."""
    secret, salt = password.encode(), secrets.token_bytes(16)
    if _MADE.fullmatch(secret):
        return f"hmac-sha256${salt.hex()}${_hmac(secret, salt).hex()}"
    return f"scrypt${salt.hex()}${_scrypt(secret, salt).hex()}"


def verified(kept: str, attempt: bytes) -> bool:
    """Whether an attempt is the password, sent as it is, as its bytes or as their hex text (S-05)."""
    kind, salt, digest = kept.split("$")
    compute = _hmac if kind == "hmac-sha256" else _scrypt
    wanted = bytes.fromhex(digest)
    return any(hmac.compare_digest(compute(form, bytes.fromhex(salt)), wanted) for form in _forms(attempt))


def _forms(attempt: bytes) -> list[bytes]:
    forms = [attempt, attempt.lower(), attempt.hex().encode()]
    with contextlib.suppress(ValueError):
        forms.append(bytes.fromhex(attempt.decode("ascii")))
    return list(dict.fromkeys(forms))[:_TWINS]


def _hmac(secret: bytes, salt: bytes) -> bytes:
    return hmac.digest(salt, secret, "sha256")


def _scrypt(secret: bytes, salt: bytes) -> bytes:
    return hashlib.scrypt(secret, salt=salt, maxmem=2**26, **_SCRYPT)


NOBODYS: Final = hashed(made())
"""What an attempt for a charger that nobody knows is held against: no password fits it."""


def password(headers: list[str], charger_id: str) -> bytes | None:
    """The password in the one Authorization header, if its user is the charger; else None.

    The user is not split off at the first colon: a 1.6 charger's id may hold one (S-05).
    """
    if len(headers) != 1:
        return None
    scheme, _, encoded = headers[0].strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):  # ValueError: not even ASCII
        return None
    user = charger_id.encode() + b":"
    return plain[len(user) :] if plain[: len(user)].lower() == user.lower() else None


class Passwords:
    """Verifies attempts, remembering those that were right."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._threads = asyncio.Semaphore(2)  # more would starve the cores that serve chargers
        self.computed = 0

    def known(self, kept: str, attempt: bytes) -> bool:
        """Whether exactly this attempt was right before."""
        return self._digest(kept, attempt) in self._right

    async def right(self, kept: str, attempt: bytes) -> bool:
        """Whether the attempt is the password."""
        if self.known(kept, attempt):
            return True
        self.computed += 1
        if kept.startswith("hmac"):
            ok = verified(kept, attempt)
        else:
            async with self._threads:
                ok = await asyncio.to_thread(verified, kept, attempt)
        if ok:
            self._right[self._digest(kept, attempt)] = None
            while len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)
        return ok

    def _digest(self, kept: str, attempt: bytes) -> bytes:
        return hmac.digest(self._key, kept.encode() + b"\0" + attempt, "sha256")


class Buckets:
    """Token buckets against guessing: `burst` attempts, then one each `every` seconds, for each name."""

    def __init__(self, burst: int, every: float, most: int = 10_000) -> None:
        self._burst, self._every, self._most = burst, every, most
        self._state: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, name: str, now: float) -> float:
        """Take a token; returns 0, or the seconds until there is one."""
        tokens, since = self._state.pop(name, (float(self._burst), now))
        tokens = min(self._burst, tokens + (now - since) / self._every)
        wait = 0.0 if tokens >= 1 else (1 - tokens) * self._every
        self._state[name] = (tokens - 1 if wait == 0 else tokens, now)
        while len(self._state) > self._most:
            self._state.popitem(last=False)
        return wait

    def clear(self, name: str) -> None:
        """Give back all tokens: the attempt was right."""
        self._state.pop(name, None)
