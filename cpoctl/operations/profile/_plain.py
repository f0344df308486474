"""Plain limits: `16A` made into a charging profile of one period without an end. OCPP 1.6 §7.13, §7.14 · OCPP 2.0.1 K01"""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any

from cpoctl.clock import wire
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.profiles import PURPOSES

EXAMPLE = "cpoctl profile set HQ-07:1 --limit 16A --yes"
_LIMIT = re.compile(r"(\d{1,9}(?:[.,]\d{1,9})?)\s*(A|W|kW)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """What makes a plain limit a profile. `kind` is absolute, relative or dynamic."""

    limit: str | None
    phases: int | None
    purpose: str
    level: int
    kind: str
    number: int
    transaction_id: str | None = None
    until: datetime | None = None

    def profile(self, now: datetime) -> dict[str, Any]:
        """The profile, as it is kept. An absolute one begins now."""
        begins = now if self.kind == "absolute" else None
        return {
            "id": self.number,
            "stackLevel": self.level,
            "chargingProfilePurpose": PURPOSES[self.purpose],
            "chargingProfileKind": self.kind.capitalize(),
            **({"validTo": wire(self.until)} if self.until else {}),
            **({"transactionId": self.transaction_id} if self.transaction_id is not None else {}),
            "chargingSchedule": [schedule(self.number, self.limit, self.phases, begins)],
        }


def schedule(number: int, limit: str | None, phases: int | None, start: datetime | None) -> dict[str, Any]:
    """One period without end. 1.6 §7.14; a relative schedule has no start of its own"""
    unit, value = read_limit(limit)
    only = {"numberPhases": phases} if phases is not None else {}
    return {
        "id": number,
        **({"startSchedule": wire(start)} if start else {}),
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": value, **only}],
    }


def read_limit(text: str | None) -> tuple[str, int | float]:
    """The unit and the limit, cut to one decimal: the schema takes no more, and more is never granted (mob#217)."""
    match = _LIMIT.fullmatch((text or "").strip())
    if match is None:
        said = f"{text!r} is no limit" if text is not None else "say --limit, or give a whole profile"
        raise UsageProblem(f"{said}: such as 16A, 7400W or 11kW", hints=[EXAMPLE])
    value, unit = Decimal(match[1].replace(",", ".")), match[2].upper()
    if unit == "KW":
        value, unit = value * 1000, "W"
    value = value.quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return unit, int(value) if value == int(value) else float(value)


def number_of(evse: int, purpose: str, level: int) -> int:
    """A profile's number: the same for the same place, so that a later limit replaces it. 1.6 §3.13.2"""
    return (evse * len(PURPOSES) + [*PURPOSES].index(purpose)) * 100 + level + 1


def only_whole(operation: object, names: tuple[str, ...]) -> None:
    """Refuse, beside a whole profile, what it says itself. Raises UsageProblem."""
    if also := [f"--{name.replace('_', '-')}" for name in names if getattr(operation, name) is not None]:
        raise UsageProblem(f"a whole profile says itself what {', '.join(also)} would say", hints=[EXAMPLE])
