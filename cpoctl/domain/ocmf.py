"""OCMF: what a calibrated meter says of itself, in the text that it has signed. Open Charge Metering Format 1.0 to 1.3

`OCMF|{payload}|{signature}`: signed is the payload as it stands, to the digit, so nothing here writes one anew.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

_HEADER = "OCMF|"
_INHERITED = ("TM", "TX", "RI", "RU", "RT", "EF", "ST")  # a reading may leave out what is as in the one before
_BEGINS = frozenset("B")
_ENDS = frozenset("ELRAP")
GOOD = "G"
ECDSA_DEFAULT = "ECDSA-secp256r1-SHA256"


@dataclass(frozen=True, slots=True)
class OcmfReading:
    """One reading: its time and how sure the meter is of it, what it stands for, register, errors and status."""

    time: str
    nature: str
    value: str
    unit: str
    errors: str
    status: str


@dataclass(frozen=True, slots=True)
class Ocmf:
    """A record, its payload exactly as it stands."""

    payload: str
    pagination: str | None
    meter_serial: str | None
    readings: tuple[OcmfReading, ...]
    algorithm: str
    signature: bytes | None

    @property
    def page(self) -> int | None:
        """The number of a page of transactions; those of the calibration law's own log count apart."""
        told = self.pagination or ""
        digits = told[1:]
        return int(digits) if told[:1] == "T" and digits.isdecimal() and len(digits) < 19 else None

    @property
    def nature(self) -> str:
        """Which part of a session it tells."""
        kinds = {reading.nature for reading in self.readings}
        begins, ends = bool(kinds & _BEGINS), bool(kinds & _ENDS)
        return "Whole" if begins and ends else "Start" if begins else "End" if ends else "Intermediate"

    @property
    def doubts(self) -> list[str]:
        """What the meter itself says against its readings."""
        status = [f"meter status {r.status}" for r in self.readings if r.status and r.status != GOOD]
        errors = [f"meter errors {r.errors}" for r in self.readings if r.errors]
        fails = ["meter stopped by an exception"] if any(r.nature == "X" for r in self.readings) else []
        return list(dict.fromkeys([*status, *errors, *fails]))


def found_in(text: str) -> str | None:
    """The record in a text that holds it plainly, in hex or in base64; None where there is none."""
    text = text.strip()
    for decode in (str, _from_hex, _from_base64):
        plain = decode(text)
        if plain.startswith(_HEADER):
            return plain
    return None


def read(record: str) -> Ocmf | None:
    """Read a record as far as it can be read; None where its payload is no JSON object."""
    reader = json.JSONDecoder(parse_float=str, parse_int=str)
    try:
        payload, end = reader.raw_decode(record, len(_HEADER))
        rest = record[end:].lstrip("|")
        signed = reader.raw_decode(rest)[0] if rest else {}
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    signed = signed if isinstance(signed, dict) else {}
    return Ocmf(
        payload=record[len(_HEADER) : end],
        pagination=_text(payload.get("PG")) or None,
        meter_serial=_text(payload.get("MS")) or None,
        readings=_readings(payload.get("RD")),
        algorithm=_text(signed.get("SA")) or ECDSA_DEFAULT,
        signature=_bytes(_text(signed.get("SD")), _text(signed.get("SE"))),
    )


def _readings(told: Any) -> tuple[OcmfReading, ...]:
    found: list[OcmfReading] = []
    before: dict[str, Any] = {}
    for each in told if isinstance(told, list) else []:
        if isinstance(each, dict):
            whole = {name: before[name] for name in _INHERITED if name in before} | each
            before = whole
            names = ("TM", "TX", "RV", "RU", "EF", "ST")
            found.append(OcmfReading(*(_text(whole.get(name)) for name in names)))
    return tuple(found)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _bytes(text: str, encoding: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if encoding == "base64" else bytes.fromhex(text) or None
    except (ValueError, binascii.Error):
        return None


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(text).decode("utf-8", "replace")
    except ValueError:
        return ""


def _from_base64(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return ""
