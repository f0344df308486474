"""Chargers: what an id looks like (RELIABILITY S-13)."""

import re

_ID = re.compile(r"[A-Za-z0-9*\-_=:+|@. ]{1,48}")


def valid_id(name: str) -> bool:
    """Whether a charger can be called so."""
    return _ID.fullmatch(name) is not None and name not in (".", "..")
