"""The file that a driver checks a bill with: signed values and their keys in the container of the S.A.F.E. transparency software.

Each record stands in it as its meter has signed it, to the digit; nothing is written anew.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from cpoctl.domain.verifying import der_of

_CONTEXTS = {"Start": "Transaction.Begin", "End": "Transaction.End"}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Value:
    """A signed value: what was told, the OCMF record in it, what it stands for, and its key as it was told or given."""

    raw: bytes
    record: str | None
    algorithm: str
    encoding: str
    nature: str
    key: str | None


def container(session: str, values: Iterable[Value]) -> bytes:
    """All values of a session in one file."""
    lines = [line for value in values for line in _lines(session, value)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<values>", *lines, "</values>", ""]).encode()


def _lines(session: str, value: Value) -> list[str]:
    context = f' context="{_CONTEXTS[value.nature]}"' if value.nature in _CONTEXTS else ""
    form = f" format={quoteattr(value.encoding)}" if value.encoding else ""
    text = value.record or value.raw.decode("utf-8", "replace")
    coded = _NO_XML.search(text) is not None or "\r" in text  # XML has no such signs, or makes others of them
    told = b64encode(value.raw).decode("ascii") if coded else escape(text)
    key = _key(value)
    return [
        f'  <value transactionId="{session}"{context}>',
        f'    <signedData{form} encoding="{"base64" if coded else "plain"}">{told}</signedData>',
        *([f'    <publicKey encoding="plain">{escape(key)}</publicKey>'] if key else []),
        "  </value>",
    ]


def _key(value: Value) -> str | None:
    """The key in DER as hex digits, which the software wants for OCMF; as it was told where it cannot be read."""
    if not value.key or value.record is None:
        return value.key
    return der_of(value.key, value.algorithm) or _NO_XML.sub("", value.key)
