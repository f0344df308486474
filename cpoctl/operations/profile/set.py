"""Limit what a charger may draw: a plain limit, or a whole profile."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import stored
from cpoctl.errors import Conflict, NotFound, Refused, TimedOut, UsageProblem
from cpoctl.ocpp.asks import profiles as asks
from cpoctl.ocpp.profiles import kept as as_kept
from cpoctl.ocpp.profiles import purpose_of
from cpoctl.operations import (
    BITS_31,
    Act,
    Danger,
    JsonText,
    Operator,
    Option,
    Outcome,
    Target,
    accepted,
    at_evse,
    instant,
)
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import At, Kind, Purpose, at_text, read_profile
from cpoctl.operations.profile._kept import kept, text_of
from cpoctl.operations.profile._plain import EXAMPLE, Plain, number_of, only_whole
from cpoctl.operations.profile._rules import broken
from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, OpenSession

_ITS_OWN = ("limit", "phases", "purpose", "stack_level", "kind", "id", "until")


@dataclass(frozen=True, kw_only=True)
class SetProfile(Act):
    """Limit what a charger may draw: a plain limit, a kept profile, or a whole one as JSON.

    OCPP 1.6 §5.16 · OCPP 2.0.1 K01 to K05. A profile may be written in the form of 1.6 or of 2.x: it is sent in the charger's.

    A plain limit applies from now on: on an EVSE to every session there, without one to the whole charger.
    A later limit of the same purpose and stack level takes its place. `profile installed` remembers the answer.
    From OCPP 2.1 on the kind dynamic makes one that `profile update` changes while it applies.
    """

    path = "profile set"
    route = "POST /chargers/{charger}/profiles"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl profile set HQ-07 --limit 11kW --yes",
        "cpoctl profile set HQ-07:1 --limit 16A --phases 3 --until 2h --yes",
        "cpoctl profile set HQ-07:1 --profile night --yes",
        "cpoctl profile set HQ-07:1 @profile.json --yes",
    )

    charger: At
    profile: Annotated[str | None, JsonText("a whole profile instead: JSON, @FILE, or - for standard input")] = None
    kept: Annotated[str | None, Option("a kept profile instead, by its name", kind="profile", long="profile")] = None
    limit: Annotated[str | None, Option("such as 16A, 7400W or 11kW")] = None
    phases: Annotated[int | None, Option("how many phases may be used", least=1, most=3)] = None
    purpose: Annotated[Purpose | None, Option("what it limits: the charger, any session, or the one that runs")] = None
    stack_level: Annotated[
        int | None, Option("of several profiles the highest level counts; 0 without it", least=0, most=BITS_31)
    ] = None
    kind: Annotated[Kind | None, Option("begins now, or with each session; 2.1: changed while it applies")] = None
    id: Annotated[
        int | None, Option("the profile's number; one of its own for each place without it", least=0, most=BITS_31)
    ] = None
    until: Annotated[str | None, Option("when it ends: a time, or a duration such as 2h", kind="time")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        what = f"limit {self.charger} to {self.limit}" if self.limit else f"set a charging profile on {self.charger}"
        return f"set the profile {self.kept} on {self.charger}" if self.kept else what

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger, and remember what it said."""
        at = at_evse(self.charger, operator.live)
        record = await kept(operator, self.kept) if self.kept is not None else None
        evse, profile = self._wanted(at, operator, record["profile"] if record else None)
        ask = asks.SetProfile(evse_id=evse, profile=profile)
        given = _Given(operator, at.charger_id, evse, profile, record["name"] if record else None)
        try:
            answer = await operator.call(at.charger_id, ask, timeout=self.timeout)
        except TimedOut:
            await given.remember("NoAnswer")
            raise
        await given.remember(answer.status)
        try:
            return accepted(answer, at_text(at), hints=_why_not(at, profile, operator))
        except Refused as refused:
            refused.detail["why"] = [*broken(profile, evse), *refused.detail.get("why", ())]
            raise

    def _wanted(self, at: Target, operator: Operator, kept_text: str | None) -> tuple[int, dict[str, Any]]:
        """The EVSE and the profile. What is kept or written is sent as it is."""
        if self.profile is not None and kept_text is not None:
            raise UsageProblem("a profile is given twice: as JSON and by its name", hints=[EXAMPLE])
        if self.profile is not None:
            only_whole(self, _ITS_OWN)
            return at.evse_id or 0, read_profile(self.profile, at)
        if kept_text is None:
            return self._plain(at, operator)
        only_whole(self, _ITS_OWN)
        profile = read_profile(kept_text, at)
        if purpose_of(profile) != "tx" or "transactionId" in profile:
            return at.evse_id or 0, profile
        session = _session(operator.live.chargers[at.charger_id.casefold()], at)
        return session.evse_id, as_kept({**profile, "transactionId": session.transaction_id})

    def _plain(self, at: Target, operator: Operator) -> tuple[int, dict[str, Any]]:
        """The EVSE and the profile of a plain limit."""
        purpose = self.purpose or ("tx-default" if at.evse_id else "charge-point-max")
        charger = operator.live.chargers[at.charger_id.casefold()]
        plain = Plain(
            limit=self.limit,
            phases=self.phases,
            purpose=purpose,
            level=self.stack_level or 0,  # many take level 0 only (evcc#4957)
            kind=self.kind or _usual_kind(charger, purpose),
            number=0,
        )
        now = operator.clock.now()
        plain.profile(now)  # a limit that is none is told before a session that is missing
        session = _session(charger, at) if purpose == "tx" else None
        evse = session.evse_id if session else at.evse_id or 0
        number = self.id if self.id is not None else number_of(evse, purpose, plain.level)
        transaction_id = session.transaction_id if session else None
        until = _later(self.until, now) if self.until is not None else None
        return evse, replace(plain, number=number, transaction_id=transaction_id, until=until).profile(now)


@dataclass(frozen=True)
class _Given:
    """A profile that a charger was given. 1.6 cannot ask for it, and who is away cannot be asked: it is remembered."""

    operator: Operator
    charger_id: str
    evse: int
    profile: dict[str, Any]
    name: str | None

    async def remember(self, status: str) -> None:
        """Keep what the charger answered; an accepted profile takes the place of others. 1.6 §5.16"""
        purpose, level = purpose_of(self.profile), self.profile["stackLevel"]
        number, now = self.profile["id"], stored(self.operator.clock.now())
        installed = rows.ProfileInstalled(
            self.charger_id, self.evse, purpose, level, status, number, self.name, text_of(self.profile), now,
            self.operator.actor,
        )  # fmt: skip
        replaced = (
            [rows.ProfileReplaced(self.charger_id, number, self.evse, purpose, level)] if status == "Accepted" else []
        )
        await self.operator.commit([*replaced, installed])


def _later(text: str, now: datetime) -> datetime:
    end = instant(text, now, "until")
    if end <= now:
        raise UsageProblem(f"--until {text} has passed", hints=[EXAMPLE])
    return end


def _session(charger: "LiveCharger", at: Target) -> "OpenSession":
    """The session that a profile of the purpose tx is for. 1.6 §3.13.1"""
    running = [session for session in charger.sessions.values() if at.evse_id in (None, 0, session.evse_id)]
    if not running:
        raise NotFound(
            f"no open session at {at_text(at)}",
            target=at_text(at),
            hints=[
                "cpoctl session list --open",
                f"cpoctl profile set {at_text(at)} --limit 16A --yes    for any session",
            ],
        )
    if len(running) > 1:
        raise Conflict(
            f"{at_text(at)} has several open sessions",
            target=at_text(at),
            hints=[
                f"cpoctl profile set {at.charger_id}:{s.evse_id} --limit 16A --purpose tx --yes" for s in running[:3]
            ],
        )
    return running[0]


def _usual_kind(charger: "LiveCharger", purpose: str) -> str:
    """Absolute: Relative is refused for a whole charger (ha#677 Autel). Timxon never answers Absolute (ha#2158)."""
    timxon = "timxon" in f"{charger.vendor} {charger.model}".casefold()
    return "relative" if timxon and purpose != "charge-point-max" else "absolute"


def _why_not(at: Target, profile: dict[str, Any], operator: Operator) -> list[str]:
    """Other forms that chargers take instead of a refused one, and what tells which."""
    name, evse = at.charger_id, at.evse_id or 1
    hints = [f"cpoctl var get {name} {asks.TOLD_BY[operator.version(name)]}    what it takes"]
    if purpose_of(profile) == "tx":  # 1.6 §3.13.1
        return [*hints, "cpoctl session list --open    the purpose tx is for a session that runs there"]
    if purpose_of(profile) == "charge-point-max":
        return [*hints, f"cpoctl profile set {name}:{evse} --limit 16A --yes    some take limits on an EVSE only"]
    if profile["chargingProfileKind"] == "Absolute":
        return [*hints, f"cpoctl profile set {name}:{evse} --limit 16A --kind relative --yes    some take only these"]
    return hints
