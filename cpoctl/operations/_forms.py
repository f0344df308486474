"""Forms of transfer, one after the other, until one does that the charger accepts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cpoctl import events
from cpoctl.errors import TimedOut
from cpoctl.operations._answers import Answer, Outcome
from cpoctl.operations._files import Form, Offer, Purpose

if TYPE_CHECKING:
    from datetime import datetime

    from cpoctl.ocpp.asks import Ask
    from cpoctl.operations._contracts import Operator
    from cpoctl.store import Record

BEGAN, CLAIMED, FAILED = "began", "claimed", "failed"
ARRIVES_WITHIN_S = 10.0  # a charger may tell that it is done before its last byte has come


@dataclass(frozen=True)
class Tried:
    """The last answer, what was offered on the way to it, and the ask that it is the answer to."""

    answer: Answer
    ask: Any
    offers: list[Offer] = field(default_factory=list)

    @property
    def grants(self) -> tuple[int, ...]:
        """The numbers by which transfers name what was offered: a slow charger may still use an earlier one."""
        return tuple(offer.grant_id for offer in self.offers)

    @property
    def form(self) -> str:
        """The form of the last one."""
        return self.offers[-1].form


@dataclass(frozen=True)
class Trial:
    """What is tried with a charger: which Call an offer becomes, what says that a form does not do, or that all is done.

    `patient`: silence is no failure, because asking twice would do harm. What is asked for `later` is not waited for.
    """

    charger_id: str
    purpose: Purpose
    ask: "Callable[[Offer], Ask]"
    refused: Callable[[Answer], bool]
    failing: Callable[[events.Event], bool]
    claiming: Callable[[events.Event], bool]
    patient: bool
    timeout: float
    image: "Record | None" = None
    until: "datetime | None" = None
    later: bool = False

    async def run(self, operator: "Operator", forms: Sequence[Form]) -> Tried:
        """Try the forms in their order. Raises what a Call raises, of the last one."""
        offers: list[Offer] = []
        for form in forms[:-1]:
            if (tried := await self._one(operator, form, offers)) is not None:
                return tried
            await operator.files.failed(self.charger_id, self.purpose, form.name)
        offer, ask = await self._offered(operator, forms[-1])
        answer = await operator.call(self.charger_id, ask, timeout=self.timeout)
        if self.refused(answer) and not _is_unknown(answer):
            await operator.files.failed(self.charger_id, self.purpose, offer.form)
        return Tried(answer, ask, [*offers, offer])

    async def _one(self, operator: "Operator", form: Form, offers: list[Offer]) -> Tried | None:
        """Try a form that others could follow; None when it does not do."""
        offer, ask = await self._offered(operator, form)
        offers.append(offer)
        with operator.watching(self.charger_id) as watch:
            try:
                answer = await operator.call(self.charger_id, ask, timeout=self.timeout)
            except TimedOut:
                if self.patient:  # it may have begun
                    raise
                return None
            if _is_unknown(answer):  # the message itself: no other form would help
                return Tried(answer, ask, offers)
            if self.refused(answer):
                return None
            if not form.sure and not self.later:
                grant = offer.grant_id
                sign = await watch.within(operator.files.silence_s, lambda event: self._sign(event, grant))
                if sign == CLAIMED and await watch.within(ARRIVES_WITHIN_S, lambda event: _began(event, grant)) is None:
                    return None
                if sign == FAILED or (sign is None and not self.patient):
                    return None
        return Tried(answer, ask, offers)

    async def _offered(self, operator: "Operator", form: Form) -> "tuple[Offer, Ask]":
        offer = await operator.files.offer(self.charger_id, self.purpose, form.name, image=self.image, until=self.until)
        return offer, self.ask(offer)

    def _sign(self, event: events.Event, grant_id: int) -> str | None:
        if self.claiming(event):
            return CLAIMED
        return FAILED if self.failing(event) else _began(event, grant_id)


def _is_unknown(answer: Answer) -> bool:
    return answer.error is not None and answer.error[0] in ("NotImplemented", "NotSupported")


def _began(event: events.Event, grant_id: int) -> str | None:
    return BEGAN if isinstance(event, events.FileTransferStarted) and event.grant_id == grant_id else None


async def wanted(operator: "Operator", charger_id: str, purpose: Purpose, *, ftp: bool) -> Sequence[Form]:
    """The forms that are tried: those of the recipe, or FTP alone."""
    return [Form("ftp", sure=True)] if ftp else await operator.files.forms(charger_id, purpose)


def is_answer(event: events.Event, outcome: Outcome) -> bool:
    """Whether it tells that the Call of this outcome was answered: what came before is of a form that did not do."""
    return isinstance(event, events.CommandFinished) and event.command_id == outcome.command_id
