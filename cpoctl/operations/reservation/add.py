"""Keep an EVSE for a tag."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored, wire
from cpoctl.errors import TimedOut, UsageProblem
from cpoctl.operations import Act, Operator, Option, Outcome, Request, Target, accepted, instant, target
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.store import rows
from cpoctl.table import Column

GREATEST_ID = 2**31 - 1  # what a charger that counts in 32 bits can hold
LONGEST_TAG = 20  # of an idTag, 1.6 §5.13
_EXAMPLE = "cpoctl reservation add HQ-07:2 --tag ANNA-K"


@dataclass(frozen=True)
class ReservationOutcome(Outcome):
    """The outcome of a reservation; its number is what cancels it."""

    reservation_id: Annotated[int | None, Column("RESERVATION")] = None


@dataclass(frozen=True, kw_only=True)
class AddReservation(Act):
    """Keep a charger, or one EVSE of it, for a tag until a time. OCPP 1.6 §5.13"""

    path = "reservation add"
    route = "POST /chargers/{charger}/reservations"
    row = ReservationOutcome
    examples = (
        "cpoctl reservation add HQ-07:2 --tag ANNA-K --until 30m",
        "cpoctl reservation add HQ-07:2 --tag ANNA-K --until 2026-12-31T23:59:59Z --id 7",
    )

    charger: Place
    tag: Annotated[str, Option("the tag that it is kept for", kind="tag")]
    until: Annotated[str, Option("how long: 30m, 2h, or an ISO 8601 time")]
    id: Annotated[int | None, Option("the reservation's number; one at random without it")] = None
    parent: Annotated[str | None, Option("the group whose tags may use it as well")] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> ReservationOutcome:
        """Ask the charger; the number of an existing reservation replaces it."""
        at = target(self.charger, operator.live)
        for tag in (self.tag, self.parent):
            _check_length(tag)
        number = self.id if self.id is not None else _made()
        now = operator.clock.now()
        end = _end(self.until, now)
        payload = {"connectorId": at.evse_id or 0, "expiryDate": wire(end), "idTag": self.tag}
        payload |= {} if self.parent is None else {"parentIdTag": self.parent}
        request = Request("ReserveNow", payload | {"reservationId": number})
        asked = self._asked(at, number, stored(now), stored(end), operator.actor)
        try:
            answer = await operator.call(at.charger_id, request, timeout=self.timeout)
        except TimedOut as late:  # perhaps it is kept all the same
            free = f"cpoctl reservation cancel {at.charger_id} --id {number} --yes"
            late.hints = (f"{free}    if it took it after all", *late.hints)
            await _keep(asked, operator)
            raise
        state = "active" if answer.status == "Accepted" else "refused"
        await _keep(asked._replace(state=state, answer=answer.status), operator)
        outcome = accepted(answer, spoken(at), hints=self._next(at))
        return ReservationOutcome(**vars(outcome), reservation_id=number)

    def _asked(self, at: Target, number: int, now: str, end: str, actor: str) -> rows.Reservation:
        """The record of it, as long as there is no answer."""
        evse = at.evse_id or 0
        return rows.Reservation(at.charger_id, number, evse, self.tag, self.parent, "unknown", None, now, end, actor)

    def _next(self, at: Target) -> list[str]:
        name = at.charger_id
        hints = [f"cpoctl charger show {name}    the status of its EVSEs"]
        if at.evse_id is None:  # 1.6 §5.13: connector 0 only where ReserveConnectorZeroSupported says so
            one_evse = f"cpoctl reservation add {name}:1 --tag {self.tag} --until {self.until}"
            hints.append(f"{one_evse}    few take one for no EVSE in particular")
        asked = f"cpoctl var get {name} SupportedFeatureProfiles ReserveConnectorZeroSupported"
        return [*hints, f"{asked}    whether it takes reservations"]


async def _keep(row: rows.Reservation, operator: Operator) -> None:
    told = events.ReservationChanged(charger_id=row.charger_id, reservation_id=row.reservation_id, state=row.state)
    await operator.commit([row], [told])


def _made() -> int:
    import secrets  # slow to load, and only the server makes numbers

    return 1 + secrets.randbelow(GREATEST_ID)


def _check_length(tag: str | None) -> None:
    if tag is not None and not 0 < len(tag) <= LONGEST_TAG:
        raise UsageProblem(
            f"a tag has 1 to {LONGEST_TAG} characters, {tag!r} has {len(tag)}", hints=[f"{_EXAMPLE} --until 30m"]
        )


def _end(text: str, now: datetime) -> datetime:
    """When a reservation ends, in whole seconds as they go over the wire, which is in the future. Raises UsageProblem."""
    end = instant(text, now, "until").replace(microsecond=0)
    if end <= now:
        raise UsageProblem(f"--until: {text!r} is over already", hints=[f"{_EXAMPLE} --until 30m"])
    return end
