"""Verifying: each signed value is looked at once, beside the traffic, so that one whose signature is not good is in the review.

A charger may tell the meter's key with the first value of a session alone, so it is done soon after an end, by whichever key
the session has told of that meter. What nobody knows by then stays unknown. OCMF 1.0 · OCPP 2.0.1 2.40
"""

import asyncio
import logging
from functools import partial
from typing import Final

from cpoctl import events
from cpoctl.clock import Clock, stored
from cpoctl.csms.giving_way import Step, beside
from cpoctl.csms.ledger import Ledger
from cpoctl.domain import ocmf
from cpoctl.domain.verifying import BAD, VERIFIED, verdict
from cpoctl.errors import StoreUnavailable
from cpoctl.store import Read, StoreState, rows

LINGER: Final = 1.0  # seconds; what ends together is looked at together
AT_ONCE: Final = 50
_log = logging.getLogger(__name__)
_NEXT = """
SELECT signed_value_id, raw, coalesce(public_key, (
    SELECT k.public_key FROM signed_value k
    WHERE k.session_id = v.session_id AND k.meter_serial IS v.meter_serial AND k.public_key IS NOT NULL
    ORDER BY k.signed_value_id LIMIT 1)) AS public_key
FROM signed_value v
WHERE signed_value_id > :after AND session_id > 0
  AND NOT EXISTS (SELECT 1 FROM signed_verdict w WHERE w.signed_value_id = v.signed_value_id)
  AND NOT EXISTS (SELECT 1 FROM session s WHERE s.session_id = v.session_id AND s.stopped_at IS NULL)
ORDER BY signed_value_id LIMIT :most
"""
_REACHED = """
SELECT coalesce(min(signed_value_id) - 1, (SELECT max(signed_value_id) FROM signed_value), 0) AS reached FROM signed_value v
WHERE signed_value_id > :after AND session_id > 0
  AND NOT EXISTS (SELECT 1 FROM signed_verdict w WHERE w.signed_value_id = v.signed_value_id)
"""


class VerifyingDesk:
    """Keeps the signed values of ended sessions looked at."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._called = asyncio.Event()
        self._called.set()
        self._deaf = ledger.bus.listen(self._has_ended, events.SessionStopped)
        self._work: asyncio.Task[None] | None = None
        self._reached = 0  # nothing up to here has to be looked at

    def open(self) -> None:
        """Begin with what is left of the last time."""
        self._ledger.store.on_state(self._store_is)
        self._work = asyncio.get_running_loop().create_task(self._go_on())

    async def close(self) -> None:
        """Leave the rest for the next start."""
        self._deaf()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def catch_up(self) -> None:
        """Look at all that nobody has looked at. Raises StoreUnavailable."""
        store, at = self._ledger.store, stored(self._clock.now())
        while found := await beside(store, partial(_looked_at, after=self._reached, at=at), rests=True):
            await store.write(found)
        self._reached = await store.reading(partial(_reached, after=self._reached))

    async def _go_on(self) -> None:
        while True:
            await self._called.wait()
            await asyncio.sleep(LINGER)
            self._called.clear()
            try:
                await self.catch_up()
            except StoreUnavailable as error:
                _log.warning("signed values wait to be verified: %s", error)

    def _has_ended(self, seq: int | None, event: events.Event) -> None:
        self._called.set()

    def _store_is(self, state: StoreState) -> None:
        if state is StoreState.OK:
            self._called.set()


def _looked_at(read: Read, step: Step, *, after: int, at: str) -> list[rows.Row]:
    """What is found of the next few signed values."""
    found: list[rows.Row] = []
    for record in read(_NEXT, {"after": after, "most": AT_ONCE}):
        found.append(rows.SignedVerdict(record["signed_value_id"], _good(record["raw"], record["public_key"]), at))
        step()
    return found


def _reached(read: Read, after: int) -> int:
    (record,) = read(_REACHED, {"after": after})
    return int(record["reached"])


def _good(raw: bytes, key: str | None) -> int | None:
    text = ocmf.found_in(raw.decode("utf-8", "replace"))
    said = verdict(ocmf.read(text) if text is not None else None, key)
    return {VERIFIED: 1, BAD: 0}.get(said)
