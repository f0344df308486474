"""Tokens: a tag as OCPP 2.x writes it, with the kind of tag that it is. OCPP 2.0.1 C01, IdTokenType"""

import re
from typing import Any

_UID = re.compile(r"[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{20}")


def token(tag: str, kind: str | None = None) -> dict[str, Any]:
    """IdTokenType. Without a kind what looks like a card's UID is one: ISO 14443 has them with 4, 7 or 10 bytes."""
    return {"idToken": tag, "type": kind or ("ISO14443" if _UID.fullmatch(tag) else "Central")}


def group(tag: str | None) -> dict[str, Any] | None:
    """The token of a group, which we make up and no card has. C09"""
    return None if tag is None else {"idToken": tag, "type": "Central"}
