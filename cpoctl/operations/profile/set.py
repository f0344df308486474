"""Limit what a charger may draw: a plain limit, or a whole profile."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cpoctl.clock import wire
from cpoctl.errors import Conflict, NotFound, UsageProblem
from cpoctl.operations import (
    Act,
    Danger,
    JsonText,
    Operator,
    Option,
    Outcome,
    Request,
    Target,
    accepted,
    instant,
    target,
)
from cpoctl.operations.charger import Timeout
from cpoctl.operations.profile import PURPOSES, At, Purpose, at_text, read_profile

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, OpenSession

_LIMIT = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*(A|W|kW)", re.IGNORECASE)
_EXAMPLE = "cpoctl profile set HQ-07:1 --limit 16A --yes"


@dataclass(frozen=True, kw_only=True)
class SetProfile(Act):
    """Limit what a charger may draw: a plain limit, or a whole profile as JSON. OCPP 1.6 §5.16

    A plain limit applies from now on: on an EVSE to every session there, without one to the whole charger.
    A later limit of the same purpose and stack level takes its place.
    """

    path = "profile set"
    route = "POST /chargers/{charger}/profiles"
    row = Outcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl profile set HQ-07 --limit 11kW --yes",
        "cpoctl profile set HQ-07:1 --limit 16A --phases 3 --until 2h --yes",
        "cpoctl profile set HQ-07:1 @profile.json --yes",
    )

    charger: At
    profile: Annotated[str | None, JsonText("a whole profile instead: JSON, @FILE, or - for standard input")] = None
    limit: Annotated[str | None, Option("such as 16A, 7400W or 11kW")] = None
    phases: Annotated[int | None, Option("how many phases may be used")] = None
    purpose: Annotated[Purpose | None, Option("what it limits: the charger, any session, or the one that runs")] = None
    stack_level: Annotated[int | None, Option("of several profiles the highest level counts; 0 without it")] = None
    kind: Annotated[Literal["absolute", "relative"] | None, Option("whether it begins now, or with each session")] = (
        None
    )
    id: Annotated[int | None, Option("the profile's number; one of its own for each place without it")] = None
    until: Annotated[str | None, Option("when it ends: a time, or a duration such as 2h")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"limit {self.charger} to {self.limit}" if self.limit else f"set a charging profile on {self.charger}"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger."""
        at = target(self.charger, operator.live)
        if self.profile is not None:
            self._only_profile()
            evse, profile = at.evse_id or 0, read_profile(self.profile)
        else:
            evse, profile = self._plain(at, operator)
        request = Request("SetChargingProfile", {"connectorId": evse, "csChargingProfiles": profile})
        answer = await operator.call(at.charger_id, request, timeout=self.timeout)
        return accepted(answer, at_text(at), hints=_why_not(at, profile))

    def _only_profile(self) -> None:
        given = ("limit", "phases", "purpose", "stack_level", "kind", "id", "until")
        if also := [f"--{name.replace('_', '-')}" for name in given if getattr(self, name) is not None]:
            raise UsageProblem(f"a whole profile says itself what {', '.join(also)} would say", hints=[_EXAMPLE])

    def _plain(self, at: Target, operator: Operator) -> tuple[int, dict[str, Any]]:
        """The EVSE and the profile of a plain limit. 1.6 §7.13"""
        unit, limit = _read_limit(self.limit)
        purpose = self.purpose or ("tx-default" if at.evse_id else "charge-point-max")
        charger = operator.live.chargers[at.charger_id.casefold()]
        session = _session(charger, at) if purpose == "tx" else None
        evse = session.evse_id if session else at.evse_id or 0
        level, now = self.stack_level or 0, operator.clock.now()  # many take level 0 only (evcc#4957)
        kind = self.kind or _usual_kind(charger, purpose)
        number = self.id if self.id is not None else _number(evse, purpose, level)
        started = {"transactionId": int(session.transaction_id)} if session else {}
        until = {"validTo": wire(_later(self.until, now))} if self.until is not None else {}
        profile = {
            "chargingProfileId": number,
            **started,
            "stackLevel": level,
            "chargingProfilePurpose": PURPOSES[purpose],
            "chargingProfileKind": kind.capitalize(),
            **until,
            "chargingSchedule": self._schedule(kind, now, unit, limit),
        }
        return evse, profile

    def _schedule(self, kind: str, now: datetime, unit: str, limit: int | float) -> dict[str, Any]:
        """One period without end. 1.6 §7.14; a relative schedule has no start of its own"""
        phases = {"numberPhases": self.phases} if self.phases is not None else {}
        return {
            **({"startSchedule": wire(now)} if kind == "absolute" else {}),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit, **phases}],
        }


def _later(text: str, now: datetime) -> datetime:
    end = instant(text, now, "until")
    if end <= now:
        raise UsageProblem(f"--until {text} has passed", hints=[_EXAMPLE])
    return end


def _read_limit(text: str | None) -> tuple[str, int | float]:
    """The unit and the limit, cut to one decimal: the schema takes no more, and more is never granted (mob#217)."""
    match = _LIMIT.fullmatch((text or "").strip())
    if match is None:
        said = f"{text!r} is no limit" if text is not None else "say --limit, or give a whole profile"
        raise UsageProblem(f"{said}: such as 16A, 7400W or 11kW", hints=[_EXAMPLE])
    value, unit = Decimal(match[1].replace(",", ".")), match[2].upper()
    if unit == "KW":
        value, unit = value * 1000, "W"
    value = value.quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return unit, int(value) if value == int(value) else float(value)


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


def _number(evse: int, purpose: str, level: int) -> int:
    """A profile's number: the same for the same place, so that a later limit replaces it. 1.6 §3.13.2"""
    return (evse * len(PURPOSES) + list(PURPOSES).index(purpose)) * 100 + level + 1


def _why_not(at: Target, profile: dict[str, Any]) -> list[str]:
    """Other forms that chargers take instead of a refused one, and what tells which."""
    name, evse = at.charger_id, at.evse_id or 1
    limits = "ChargeProfileMaxStackLevel ChargingScheduleAllowedChargingRateUnit MaxChargingProfilesInstalled"
    hints = [f"cpoctl var get {name} {limits}    what it takes"]
    if profile["chargingProfilePurpose"] == "TxProfile":  # 1.6 §3.13.1
        return [*hints, "cpoctl session list --open    the purpose tx is for a session that runs there"]
    if profile["chargingProfilePurpose"] == "ChargePointMaxProfile":
        return [*hints, f"cpoctl profile set {name}:{evse} --limit 16A --yes    some take limits on an EVSE only"]
    if profile["chargingProfileKind"] == "Absolute":
        return [*hints, f"cpoctl profile set {name}:{evse} --limit 16A --kind relative --yes    some take only these"]
    return hints
