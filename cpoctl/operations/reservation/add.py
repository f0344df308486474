"""Keep an EVSE for a tag."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import TimedOut, UsageProblem
from cpoctl.ocpp import settings
from cpoctl.ocpp.asks import reservations
from cpoctl.operations import (
    BITS_31,
    Act,
    Operator,
    Option,
    Outcome,
    Target,
    accepted,
    at_evse,
    instant,
    new_request_id,
)
from cpoctl.operations.charger import Place, Timeout, spoken
from cpoctl.operations.tag import TagType
from cpoctl.store import rows
from cpoctl.table import Column

_EXAMPLE = "cpoctl reservation add HQ-07:2 --tag ANNA-K"


@dataclass(frozen=True)
class ReservationOutcome(Outcome):
    """The outcome of a reservation; its number is what cancels it."""

    reservation_id: Annotated[int | None, Column("RESERVATION")] = None


@dataclass(frozen=True, kw_only=True)
class AddReservation(Act):
    """Keep a charger, or one EVSE of it, for a tag until a time; from OCPP 2.0.1 on also any connector of a kind.

    OCPP 1.6 §5.13 · OCPP 2.0.1 H01
    """

    path = "reservation add"
    route = "POST /chargers/{charger}/reservations"
    row = ReservationOutcome
    examples = (
        "cpoctl reservation add HQ-07:2 --tag ANNA-K --until 30m",
        "cpoctl reservation add HQ-07:2 --tag ANNA-K --until 2026-12-31T23:59:59Z --id 7",
        "cpoctl reservation add HQ-07 --tag ANNA-K --until 2h --connector-type cCCS2",
    )

    charger: Place
    tag: Annotated[str, Option("the tag that it is kept for", kind="tag")]
    until: Annotated[str, Option("how long: 30m, 2h, or an ISO 8601 time", kind="time")]
    id: Annotated[int | None, Option("the reservation's number; one at random without it", least=0, most=BITS_31)] = (
        None
    )
    parent: Annotated[str | None, Option("the group whose tags may use it as well")] = None
    connector_type: Annotated[
        str | None, Option("any connector of this kind, as the standard calls it: cCCS2, sType2; needs OCPP 2.0.1")
    ] = None
    tag_type: TagType = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> ReservationOutcome:
        """Ask the charger; the number of an existing reservation replaces it."""
        at = at_evse(self.charger, operator.live)
        number = self.id if self.id is not None else new_request_id()
        now = operator.clock.now()
        ask = self._ask(at, number, _end(self.until, now))
        asked = self._asked(at, number, stored(now), stored(ask.until), operator.actor)
        try:
            answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        except TimedOut as late:  # perhaps it is kept all the same
            free = f"cpoctl reservation cancel {at.charger_id} --id {number} --yes"
            late.hints = (f"{free}    if it took it after all", *late.hints)
            await _keep(asked, operator)
            raise
        state = "active" if answer.status == "Accepted" else "refused"
        await _keep(asked._replace(state=state, answer=answer.status), operator)
        outcome = accepted(answer, spoken(at), hints=self._next(at, operator))
        return ReservationOutcome(**vars(outcome), reservation_id=number)

    def _ask(self, at: Target, number: int, end: datetime) -> reservations.Reserve:
        """What is asked. A tag that is too long for the charger's version is told by its schema."""
        if "" in (self.tag, self.parent):
            raise UsageProblem("a tag has at least one character", hints=[f"{_EXAMPLE} --until 30m"])
        return reservations.Reserve(
            number=number,
            tag=self.tag,
            until=end,
            tag_type=self.tag_type,
            parent=self.parent,
            evse_id=at.evse_id,
            connector_type=self.connector_type,
        )

    def _asked(self, at: Target, number: int, now: str, end: str, actor: str) -> rows.Reservation:
        """The record of it, as long as there is no answer."""
        evse, kind = at.evse_id or 0, self.connector_type
        who = self.tag, self.parent
        return rows.Reservation(at.charger_id, number, evse, kind, *who, "unknown", None, now, end, actor)

    def _next(self, at: Target, operator: Operator) -> list[str]:
        name = at.charger_id
        hints = [f"cpoctl charger show {name}    the status of its EVSEs"]
        if (
            at.evse_id is None
        ):  # only where ReserveConnectorZeroSupported (1.6 §5.13) or NonEvseSpecific (H01.FR.18) says so
            one_evse = f"cpoctl reservation add {name}:1 --tag {self.tag} --until {self.until}"
            hints.append(f"{one_evse}    few take one for no EVSE in particular")
        says = settings.named(operator.version(name), "SupportedFeatureProfiles", "ReserveConnectorZeroSupported")
        return [*hints, f"cpoctl var get {name} {says}    whether it takes reservations"]


async def _keep(row: rows.Reservation, operator: Operator) -> None:
    told = events.ReservationChanged(charger_id=row.charger_id, reservation_id=row.reservation_id, state=row.state)
    await operator.commit([row], [told])


def _end(text: str, now: datetime) -> datetime:
    """When a reservation ends, in whole seconds as they go over the wire, which is in the future. Raises UsageProblem."""
    end = instant(text, now, "until").replace(microsecond=0)
    if end <= now:
        raise UsageProblem(f"--until: {text!r} is over already", hints=[f"{_EXAMPLE} --until 30m"])
    return end
