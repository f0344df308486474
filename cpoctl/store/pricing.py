"""Pricing: what sessions cost by the tariffs that held when they began, reckoned from the records alone.

A `Pricer` is made for one look at the database and keeps what many sessions have in common. It writes nothing: `row` is
what is to be written. Whoever prices many commits them in between, in the order in which the sessions ended.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo

from cpoctl.clock import parsed, stored
from cpoctl.domain import bills
from cpoctl.domain.assignments import Assignment, Assignments, Place, Scope
from cpoctl.domain.charge_periods import Suspended, relieved
from cpoctl.domain.money import parse
from cpoctl.domain.subscriptions import Subscription, included_line, month_of, subscribed
from cpoctl.domain.tariffs import Bill, Charge, Dimension, Line, Point, Rails, Series, Tariff, price, read_text, words
from cpoctl.errors import CpoctlError, NotFound, UsageProblem
from cpoctl.store import Read, Record, rows
from cpoctl.store.charges import charge_of

AUTOMATIC: Final = "automatic"
UNREADABLE: Final = (CpoctlError, ArithmeticError, LookupError, TypeError, ValueError)
"""What one session may raise that must not hold up the others."""
_ASSIGNMENTS = """
SELECT assignment_id, tariff_id, version, scope, target, valid_from, valid_to FROM tariff_assignment
"""
_TARIFF = "SELECT content FROM tariff WHERE tariff_id = ? AND version = ?"
_POINTS = """
SELECT begins_at, ends_at, price FROM price_point
WHERE series = ? AND begins_at > ? AND begins_at < ? AND ends_at > ? ORDER BY begins_at
"""
_SUBSCRIPTIONS = """
SELECT subscription_id, scope, target, included_wh, first_month, last_month FROM subscription ORDER BY subscription_id
"""
_INCLUDED = """
SELECT p.session_id, p.included_wh FROM session_price p JOIN session s ON s.session_id = p.session_id
WHERE p.subscription_id = ? AND p.superseded_at IS NULL AND s.stopped_at >= ? AND s.stopped_at < ?
  AND s.dropped_at IS NULL AND p.session_id <> ? AND (s.stopped_at < ? OR s.stopped_at >= ?)
"""
_BELIEVABLE = 10**12
POINT_MOST = timedelta(days=1)
"""How long one price of a series may hold, so that those of a session are found."""


def assignments(read: Read) -> Assignments:
    """Every assignment there ever was."""
    return Assignments(Assignment(**record | {"scope": Scope(record["scope"])}) for record in read(_ASSIGNMENTS))


@dataclass(frozen=True)
class Rules:
    """What of the configuration decides about prices."""

    suspended_evse: Suspended = Suspended.TIME
    rails: Rails = field(default_factory=Rails)

    def told(self) -> dict[str, str]:
        """As it is kept for whoever reads the database alone."""
        rails = {name: json.dumps(value) for name, value in asdict(self.rails).items()}
        return {"suspended_evse": str(self.suspended_evse), **rails}


def rules(read: Read) -> Rules:
    """What the server that wrote the database goes by."""
    kept = {record["rule"]: record["value"] for record in read("SELECT rule, value FROM money_rule")}
    rails = Rails(**{name: json.loads(kept[name]) for name in asdict(Rails()) if name in kept})
    return Rules(Suspended(kept.get("suspended_evse", Suspended.TIME)), rails)


@dataclass(frozen=True)
class Priced:
    """What a session costs, and by which tariff. `made_of`: what else decided about it, such as where that one was assigned."""

    session_id: int
    tariff_id: str
    version: str
    bill: Bill
    included: Line | None
    made_of: Mapping[str, Any]
    subscription_id: int | None = None
    included_wh: int = 0

    @cached_property
    def text(self) -> str:
        """The bill as it is kept."""
        return bills.text_of(self.bill, self.included, **self.made_of)

    @cached_property
    def amounts(self) -> tuple[int, int, int]:
        """Net, VAT and gross in ten-thousandths."""
        return bills.amounts(self.bill)

    def told(self) -> dict[str, Any]:
        """What an event tells of it."""
        net, vat, gross = self.amounts
        return {
            "session_id": self.session_id, "net_e4": net, "vat_e4": vat, "gross_e4": gross,
            "currency": self.bill.currency, "tariff_id": self.tariff_id, "version": self.version,
        }  # fmt: skip

    def row(self, at: str, actor: str, reason: str | None = None) -> rows.SessionPrice:
        """What is written of it."""
        net, vat, gross = self.amounts
        return rows.SessionPrice(
            self.session_id, net, vat, gross, self.bill.currency, self.tariff_id, self.version, at, actor, reason,
            self.subscription_id, self.included_wh, self.text,
        )  # fmt: skip


class Pricer:
    """Prices sessions of `charges.SESSIONS`. Where many are priced anew, `until` is the end of the last of them."""

    def __init__(self, read: Read, now: datetime, until: str | None = None) -> None:
        self._read, self._now, self._until = read, now, until
        self.assignments = assignments(read)
        self.rules = rules(read)
        self._made_of = {
            "suspended_evse": str(self.rules.suspended_evse),
            **{name: value for name, value in asdict(self.rules.rails).items() if value},
        }
        self._subscriptions = [Subscription(**record) for record in read(_SUBSCRIPTIONS)]
        self._tariffs: dict[tuple[str, str], Tariff] = {}
        self._included: set[int] = set()
        self._used: Counter[tuple[int, str]] = Counter()
        """What sessions that were priced here, `_included`, used of a subscription's month, which nobody has written yet."""

    def assigned(self, record: Record) -> Assignment | None:
        """What held when a session began."""
        place = Place(record["charger_id"], record["evse_id"], record["site_id"], record["tag_group"])
        return self.assignments.at(place, record["started_at"], ZoneInfo(record["time_zone"]))

    def words(self, record: Record) -> str | None:
        """What a session will cost, as its driver reads it; None where that depends on more than the tariff, or on more than words say."""
        held = self.assigned(record)
        if held is None or self._subscription(record) is not None:
            return None
        return words(self.tariff(held.tariff_id, held.version))

    def tariff(self, tariff_id: str, version: str) -> Tariff:
        """A version of a tariff. Raises NotFound."""
        key = (tariff_id.casefold(), version)
        if key not in self._tariffs:
            found = self._read(_TARIFF, [tariff_id, version])
            if not found:
                raise NotFound(f"no tariff {tariff_id} of version {version}", target=tariff_id)
            self._tariffs[key] = read_text(found[0]["content"])
        return self._tariffs[key]

    def price(self, record: Record) -> Priced | None:
        """What a session costs by the tariff that was assigned; None where none was. Raises UsageProblem."""
        held = self.assigned(record)
        if held is None:
            return None
        tariff = self.tariff(held.tariff_id, held.version)
        return self.price_by(record, tariff, held.version, scope=str(held.scope), target=held.target)

    def price_again(self, record: Record, before: Record) -> Priced:
        """What a session costs by the version by which it was priced `before`: other facts, the same prices."""
        tariff = self.tariff(before["tariff_id"], before["version"])
        held = json.loads(before["bill"])
        made_of = {name: held[name] for name in ("scope", "target") if name in held}
        return self.price_by(record, tariff, before["version"], **made_of)

    def price_by(self, record: Record, tariff: Tariff, version: str, **made_of: str) -> Priced:
        """What a session costs by this tariff. Raises UsageProblem where its energy or a price is not known."""
        if record["stopped_at"] is not None and record["energy_wh"] is None and _sells_energy(tariff):
            raise UsageProblem(
                f"the energy of session {record['session_id']} is not known",
                hints=["cpoctl session review"],
                detail={"reason": "their energy is not known"},
            )
        rates = tariff.plan.session
        charge = charge_of(
            record,
            self._read,
            self._now,
            self.rules.suspended_evse,
            finely=tariff.plan.limited or tariff.formula is not None,
            timed=bool(rates[Dimension.TIME] or rates[Dimension.PARKING_TIME]),
        )
        subscription = self._subscription(record)
        left, free = charge, Fraction(0)
        if subscription is not None:
            left, free = relieved(charge, Fraction(self._left(subscription, record)))
        rails = Rails(grace_s=self.rules.rails.grace_s) if free else self.rules.rails  # it has delivered something
        bill = price(left, tariff, series=self._series(tariff, charge), rails=rails)
        if abs(bill.gross) > _BELIEVABLE:
            raise UsageProblem(
                f"session {record['session_id']} would cost {float(bill.gross):g} {bill.currency}",
                detail={"reason": "they would cost more than anybody believes"},
            )
        number, used = int(record["session_id"]), int(free)  # a part of a Wh is nobody's loss
        whose = subscription.subscription_id if subscription is not None and used else None
        if subscription is not None:
            self._included.add(number)
            self._used[subscription.subscription_id, self._month(record)[0]] += used
        included = included_line(charge, free) if free else None
        made = {"zone": record["time_zone"], **self._made_of, **made_of}
        return Priced(number, tariff.tariff_id, version, bill, included, made, whose, used)

    def _month(self, record: Record) -> tuple[str, datetime, datetime]:
        end = parsed(record["stopped_at"]) if record["stopped_at"] else self._now
        return month_of(end, ZoneInfo(record["time_zone"]))

    def _subscription(self, record: Record) -> Subscription | None:
        if not self._subscriptions:
            return None
        return subscribed(self._subscriptions, record["tag_id"], record["tag_group"], self._month(record)[0])

    def _left(self, subscription: Subscription, record: Record) -> int:
        """What is left of a month's included energy for this session, those first that ended before."""
        end, number = record["stopped_at"] or stored(self._now), subscription.subscription_id
        month, begins, ends = self._month(record)
        given = [number, stored(begins), stored(ends), record["session_id"], end, self._until or end]
        others = [each for each in self._read(_INCLUDED, given) if each["session_id"] not in self._included]
        used: int = sum(each["included_wh"] for each in others) + self._used[number, month]
        return max(0, subscription.included_wh - used)

    def _series(self, tariff: Tariff, charge: Charge) -> Series | None:
        if tariff.formula is None:
            return None
        begin, end = charge.periods[0].begin, charge.periods[-1].end
        given = [
            tariff.formula.series,
            stored(begin - POINT_MOST),
            stored(end + timedelta(milliseconds=1)),
            stored(begin),
        ]
        points = self._read(_POINTS, given)
        return Series(tuple(Point(parsed(p["begins_at"]), parsed(p["ends_at"]), parse(p["price"])) for p in points))


def _sells_energy(tariff: Tariff) -> bool:
    return tariff.formula is not None or bool(tariff.plan.session[Dimension.ENERGY])
