"""The entries of the wire log: exchanges, and gaps between them. Of 10,000 exchanges only those looked at are unpacked. Pure.

Frames are short and alike: with the words that they are made of at hand, one is compressed to a quarter.

A frame longer than 16 Ki is kept cut; `log show` has it whole.
"""

import zlib
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

import msgspec

from cpoctl.operations.log import FrameRow

LONGEST = 16_384
_FIELDS = tuple(field.name for field in fields(FrameRow))
_WINDOW: Final = -11  # two KiB back, without a header
_MEMORY: Final = 4
_WORDS: Final = b"""\
"status":"Accepted"},"customData":{"errorCode":"NoError","info":"Heartbeat",{}],{"currentTime":"BootNotification",\
"chargePointVendor":"chargePointModel":"firmwareVersion":"Authorize",{"idTag":"idTagInfo":{"StopTransaction","meterStop":\
"reason":"Local"StartTransaction","meterStart":"StatusNotification","Available"Preparing"SuspendedEV"Finishing"\
connectorStatus":"Occupied"TransactionEvent",{"eventType":"Started"Ended"Updated","triggerReason":"MeterValuePeriodic",\
"seqNo":"offline":false,"transactionInfo":{"transactionId":"chargingState":"Charging"},"evse":{"id":1,"connectorId":1},\
"idToken":{"idToken":"type":"ISO14443"},"meterValue":[{"timestamp":"sampledValue":[{"value":"unitOfMeasure":{"phase":"L1",\
"measurand":"Power.Active.Import","unit":"W"},{"value":"Current.Import","unit":"A"},{"Voltage","unit":"V"},"SoC","unit":\
"Percent","format":"Raw","context":"Transaction.Begin","context":"Sample.Periodic","measurand":\
"Energy.Active.Import.Register","unit":"Wh","location":"Outlet"}]}]}]chargercsmsresult[2,"","MeterValues",\
{"connectorId":1,"transactionId":1,"meterValue":[{"timestamp":"2026-[3,"",{}]"""
"""What exchanges are made of, the most usual last: the compressor looks back to them."""
_packs = msgspec.msgpack.Encoder().encode
_unpacks = msgspec.msgpack.Decoder(list[Any]).decode


@dataclass
class Gap:
    """A time without a connection. `missed` exchanges of it were not told when it came back."""

    since: datetime
    until: datetime | None = None
    missed: int = 0

    @property
    def text(self) -> str:
        """`no connection 14:02:11 – 14:02:19`."""
        since = f"{self.since.astimezone():%H:%M:%S}"
        if self.until is None:
            return f"no connection since {since}"
        more = f", {self.missed} exchanges not shown" if self.missed else ""
        return f"no connection {since} – {self.until.astimezone():%H:%M:%S}{more}"


Entry = FrameRow | Gap


def kept(told: Mapping[str, Any]) -> FrameRow:
    """A told exchange as it is kept: of a very long frame only the beginning."""
    row = {name: told[name] for name in _FIELDS}
    row["request"] = _cut(row["request"])
    row["answer"] = None if row["answer"] is None else _cut(row["answer"])
    return FrameRow(**row)


def _cut(frame: str) -> str:
    return frame if len(frame) <= LONGEST else frame[: LONGEST - 1] + "…"


def odd(entry: Entry) -> bool:
    """Whether something is wrong with it: a rule was broken, an error or nothing at all was answered, or too late."""
    return isinstance(entry, Gap) or bool(entry.violations) or entry.outcome != "result"


class Entries(MutableMapping[str, Entry]):
    """Entries by their keys. An exchange is kept packed, and unpacked whenever it is asked for."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes | Entry] = {}
        self.size = 0
        """How many bytes they take."""

    def __getitem__(self, key: str) -> Entry:
        found = self._kept[key]
        return _unpacked(found) if isinstance(found, bytes) else found

    def __setitem__(self, key: str, entry: Entry) -> None:
        self._drop(key)
        self._kept[key] = packed = entry if isinstance(entry, Gap) else _packed(entry)
        self.size += _size(packed)

    def __delitem__(self, key: str) -> None:
        self._drop(key)
        del self._kept[key]

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, key: str) -> None:
        if key in self._kept:
            self.size -= _size(self._kept[key])


def _packed(row: FrameRow) -> bytes | FrameRow:
    """An exchange as bytes; one with a text that is no Unicode stays as it is."""
    try:
        told = _packs([getattr(row, name) for name in _FIELDS])
    except UnicodeEncodeError:
        return row
    packing = zlib.compressobj(1, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return packing.compress(told) + packing.flush()


@lru_cache(maxsize=256)  # what is on the screen is asked for again and again
def _unpacked(packed: bytes) -> FrameRow:
    return FrameRow(*_unpacks(zlib.decompressobj(_WINDOW, _WORDS).decompress(packed)))


def _size(kept: bytes | Entry) -> int:
    match kept:
        case bytes():
            return len(kept)
        case FrameRow():
            return len(kept.request) + len(kept.answer or "")
        case _:
            return 0
