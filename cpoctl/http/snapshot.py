"""The snapshot: the live fleet at one sequence number, to which the event stream from there on adds.

The fleet goes on while a large one is told, slice by slice, so that no charger waits for it. A charger that changes
meanwhile is told before it does: everything is true for exactly one moment, that of `seq` and `order`.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any, Self

import msgspec
from starlette.responses import StreamingResponse

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain.fleet import LiveCharger, LiveFleet
from cpoctl.domain.rebuilding import told
from cpoctl.http import ServerFace
from cpoctl.http.callers import Caller
from cpoctl.http.energy import ended_wh

_SLICE = 250  # chargers in about 2 ms
_WRITTEN = (
    "SELECT charger_id, name, note FROM charger WHERE removed_at IS NULL AND (name IS NOT NULL OR note IS NOT NULL)"
)
_encode = msgspec.json.Encoder().encode


async def snapshot(server: ServerFace, who: Caller, since: str | None = None) -> StreamingResponse:
    """Everything live and who asks, with the energy of the sessions that ended `since` where that is given."""
    energy = {} if since is None else {"energy_wh": await ended_wh(server, since)}
    # From here to the copy nothing is awaited.
    head = _head(server) | {"actor": who.actor, "role": who.role} | energy
    alerts = _encode(list(server.live.alerts.open.values()))
    with Copy(server.live) as copy:
        slices: list[bytes] = []
        for part in copy.slices():
            slices.append(part)
            await asyncio.sleep(0)
    # Read last: what is newer than the moment of the copy is told once more by an event.
    written = {row.pop("charger_id"): row for row in await server.read(_WRITTEN)}
    parts = [_encode(head)[:-1], b',"chargers":[', *_joined(slices), b'],"sessions":[', b",".join(copy.sessions)]
    parts += [b'],"written":', _encode(written), b',"alerts":', alerts, b"}"]
    return StreamingResponse(_sent(parts), media_type="application/json")


def _head(server: ServerFace) -> dict[str, Any]:
    return {
        "seq": server.latest_seq,
        "order": server.bus.order,
        "at": stored(server.clock.now()),
        "waiting": server.live.waiting(),
    }


class Copy:
    """The chargers as they are when it begins, though they change while they are told."""

    def __init__(self, live: LiveFleet) -> None:
        self.sessions: list[bytes] = []
        """The open sessions of the chargers that were told so far."""
        self._live = live
        self._left = dict(live.chargers)
        self._kept: dict[str, tuple[bytes, list[bytes]]] = {}

    def __enter__(self) -> Self:
        self._live.before_change.append(self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        self._live.before_change.remove(self._keep)

    def slices(self) -> Iterator[bytes]:
        """The chargers as they were, some at a time, as the members of a JSON array."""
        while self._left:
            part = []
            for key in list(islice(self._left, _SLICE)):
                live = self._left.pop(key)
                charger, sessions = self._kept.pop(key) if key in self._kept else _encoded(live)
                part.append(charger)
                self.sessions += sessions
            yield b",".join(part)

    def _keep(self, event: events.Event) -> None:
        key = (event.charger_id or "").casefold()
        if key in self._left and key not in self._kept:
            self._kept[key] = _encoded(self._left[key])


def _encoded(charger: LiveCharger) -> tuple[bytes, list[bytes]]:
    place = b'{"charger_id":' + _encode(charger.charger_id) + b","
    return _encode(told(charger)), [place + _encode(session)[1:] for session in charger.sessions.values()]


def _joined(slices: list[bytes]) -> Iterator[bytes]:
    """The slices with the commas between them."""
    for number, part in enumerate(slices):
        yield b"," + part if number else part


async def _sent(parts: list[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
