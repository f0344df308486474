"""Start a session through its charger."""

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, cast

from cpoctl import events
from cpoctl.errors import Refused
from cpoctl.ocpp import settings
from cpoctl.ocpp.asks import sessions
from cpoctl.operations import Act, Argument, Operator, Option, Outcome, Target, Watch, accepted, at_evse, new_request_id
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile._kept import kept_or_written
from cpoctl.operations.tag import TagType, doubt

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

    _Presented = events.SessionStarted | events.SessionAmended | events.TagRefused


@dataclass(frozen=True)
class StartOutcome(Outcome):
    """What the charger said; with --wait the session that followed.

    `note` is why nothing may come of it although the charger agrees, by our own rules; `hint` what to do about it.
    """

    session_id: str | None = None
    note: str | None = None
    hint: str | None = None
    remote_start_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class StartSession(Act):
    """Start a session at a charger. The charger decides; a car must be plugged in or be so soon.

    OCPP 1.6 §5.11 · OCPP 2.0.1 F01, F02
    """

    path = "session start"
    route = "POST /sessions/start"
    row = StartOutcome
    queue_most = 300.0  # nobody waits longer beside a car, and whoever comes later is not meant
    waits_for = "the session that follows"
    wait_most = 120.0
    examples = (
        "cpoctl session start HQ-07:2 --tag ANNA-K",
        "cpoctl session start HQ-07:2 --tag ANNA-K --profile night",
        "cpoctl session start HQ-07:2 --tag ANNA-K --profile @profile.json",
    )

    charger: Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]
    tag: Annotated[str, Option("the tag that pays", kind="tag")]
    profile: Annotated[
        str | None,
        Option(
            "a charging profile for this session: a kept one's name, or JSON, @FILE, -; tx-default goes as tx",
            kind="file",
        ),
    ] = None
    tag_type: TagType = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> StartOutcome:
        """Ask the charger to start."""
        at = at_evse(self.charger, operator.live)
        ask = sessions.Start(
            tag=self.tag,
            remote_start_id=new_request_id(),
            tag_type=self.tag_type,
            evse_id=at.evse_id,
            profile=None if self.profile is None else await kept_or_written(operator, self.profile),
        )
        charger = operator.live.chargers[at.charger_id.casefold()]
        note = doubt(self.tag, charger, operator.live, operator.clock.now(), at.evse_id)
        answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        hints = [*_why_not(at, operator.live), _remote(operator, at.charger_id)]
        hint = None
        if note:  # a charger that asks for the tag first has just been told so
            hint = f"cpoctl tag check {shlex.quote(self.tag)} --charger {shlex.quote(self.charger)}"
            hints.insert(0, f"{hint}    {note}")
        if charger.registration != "Accepted":  # 1.6 §4.2: it sends no other message before, so no StartTransaction
            note = f"{at.charger_id} is {charger.registration}: before it is approved it cannot begin a session"
            hint = f"cpoctl charger approve {shlex.quote(at.charger_id)}"
            hints.insert(0, f"{hint}    {note}")
        if self.profile is not None:  # goecharger#243
            hints.insert(
                0, f"cpoctl session start {self.charger} --tag {self.tag}    some refuse any profile in a start"
            )
        done = accepted(answer, self.charger, hints=hints)
        number = ask.number(operator.version(at.charger_id))
        return StartOutcome(**vars(done), note=note, hint=hint, remote_start_id=number)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The session that carries our number, or began since we asked. Raises Refused when we refused the tag."""
        asked = cast("StartOutcome", outcome)  # it is what run has told
        at = at_evse(self.charger, watch.live)
        began: _Presented = await watch.until(lambda event: self._presented(event, at, asked))
        if not isinstance(began, events.TagRefused) and began.tag_status in ("Accepted", ""):  # or its tag comes later
            return replace(asked, status="Started", session_id=str(began.session_id))
        raise self._refused(outcome, at, began)

    def _presented(self, event: "events.Event", at: Target, asked: StartOutcome) -> "_Presented | None":
        """What says what became of it: a session with our number (F01.FR.25), or one of this tag at this place.

        OCPP 1.6 knows no number, and some chargers leave it out. A transaction may run already when the cable was
        plugged in first: then its tag and our number come later (F02).
        """
        if isinstance(event, events.TagRefused):
            return event if self._ours(event.tag_id) else None
        if not isinstance(event, events.SessionStarted | events.SessionAmended):
            return None
        if event.remote_start_id is not None:
            return event if event.remote_start_id == asked.remote_start_id else None
        here = at.evse_id in (None, event.evse_id)
        return event if here and self._ours(event.tag_id) else None

    def _ours(self, tag_id: str) -> bool:
        return tag_id.casefold() == self.tag.casefold()

    def _refused(self, outcome: Outcome, at: Target, began: "_Presented") -> Refused:
        """A charger that was told that the tag may not charge ends the session, or never begins it. 1.6 §4.8"""
        verdict = began.status if isinstance(began, events.TagRefused) else began.tag_status
        hints = [
            f"cpoctl tag check {shlex.quote(self.tag)} --charger {shlex.quote(self.charger)}    which rule says so"
        ]
        if not isinstance(began, events.TagRefused):
            hints.append(f"cpoctl session show {began.session_id}    what became of it")
        return Refused(
            f"{self.charger} answered {outcome.status}, and then the tag {self.tag} was refused: {verdict}",
            target=self.charger,
            hints=hints,
            detail={"decided_by": "tag", "outcome": replace(outcome, ok=False, status=verdict)},
        )


def _why_not(at: Target, live: "LiveFleet") -> list[str]:
    """What speaks against a start, as far as we know: the EVSE's status and whether a session is open."""
    charger = live.chargers[at.charger_id.casefold()]
    show = f"cpoctl charger show {at.charger_id}"
    reasons = [
        f"{show}    EVSE {evse.evse_id} is {evse.status}"
        + (f" ({evse.error_code})" if evse.error_code not in (None, "NoError") else "")
        for evse in charger.evses.values()
        if at.evse_id in (None, evse.evse_id) and evse.status not in ("Preparing", "Occupied", "Unknown")
        if evse.evse_id or evse.status != "Available"  # a whole charger that is well says nothing of its EVSEs
    ]
    reasons += [
        f"cpoctl session show {session.session_id}    it is open on EVSE {session.evse_id}"
        for session in charger.sessions.values()
        if at.evse_id in (None, session.evse_id)
    ]
    if at.evse_id and any(charger.evses) and at.evse_id not in charger.evses:
        told = ", ".join(str(evse_id) for evse_id in sorted(charger.evses) if evse_id)
        reasons.insert(0, f"{show}    it has told of EVSE {told or 0}, and not of {at.evse_id}")
    return reasons[:3]


def _remote(operator: Operator, charger_id: str) -> str:
    """What decides whether the charger asks for the tag before it starts."""
    names = settings.named(
        operator.version(charger_id), "AuthorizeRemoteTxRequests", "LocalPreAuthorize", "LocalAuthorizeOffline"
    )
    return f"cpoctl var get {charger_id} {names}    whether it asks for the tag first"
