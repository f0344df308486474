"""Signed values: what a charger hands on from a meter that signs, in whichever wrapping, and what it is.

1.6 has a text of the format SignedData; some put JSON into it. 2.x has signedMeterValue. OCPP 1.6 §7.42 · OCPP 2.0.1 2.40
"""

import json
from dataclasses import dataclass
from typing import Any

from cpoctl.domain import ocmf

SIGNED = "SignedData"
_NATURES = {"Transaction.Begin": "Start", "Transaction.End": "End"}
_DATA = ("signedMeterData", "signedMeterValue")  # of 2.x, and of the JSON that some put into 1.6


@dataclass(frozen=True, slots=True)
class Packet:
    """A signed value and what could be read of it; `raw` is what the charger told, byte for byte."""

    raw: bytes
    nature: str
    encoding: str
    signing_method: str | None
    public_key: str | None
    record: ocmf.Ocmf | None
    doubts: tuple[str, ...]


def packet(value: str, context: str) -> Packet:
    """Look at a value of the format SignedData."""
    wrapping = _wrapping(value)
    told = next((wrapping[name] for name in _DATA if isinstance(wrapping.get(name), str)), value)
    text = ocmf.found_in(told)
    record = ocmf.read(text) if text is not None else None
    doubts = () if record is None else tuple(record.doubts)
    if text is not None and record is None:
        doubts = ("its OCMF cannot be read",)
    nature = record.nature if record is not None and record.readings else "Intermediate"
    return Packet(
        raw=told.encode("utf-8", "surrogatepass"),
        nature=_NATURES.get(context, nature),
        encoding=_told(wrapping, "encodingMethod") or ("OCMF" if text is not None else ""),
        signing_method=_told(wrapping, "signingMethod") or (record.algorithm if record else None),
        public_key=_told(wrapping, "publicKey"),
        record=record,
        doubts=doubts,
    )


def _wrapping(value: str) -> dict[str, Any]:
    if not value.lstrip().startswith("{"):
        return {}
    try:
        told = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _told(wrapping: dict[str, Any], name: str) -> str | None:
    value = wrapping.get(name)
    return value if isinstance(value, str) and value else None
