"""Charges, tariffs and series in a few words, for tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from cpoctl.domain.tariffs import Charge, Kind, Period, Tariff, read

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


def tariff(*elements: Mapping[str, Any], **fields: Any) -> Tariff:
    """A tariff in euro."""
    return read({"id": "T", "currency": "EUR", "elements": list(elements), **fields})


def element(*components: Mapping[str, Any], **restrictions: Any) -> dict[str, Any]:
    """An element of these components."""
    return {"price_components": list(components), "restrictions": restrictions}


def costs(kind: str, price: Any, **fields: Any) -> dict[str, Any]:
    """A component."""
    return {"type": kind, "price": price, **fields}


def charge(
    *told: tuple[str, Any, Any], begins: datetime = NOON, zone: ZoneInfo = AMSTERDAM, expired: bool = False
) -> Charge:
    """A charge of (kind, minutes, Wh)."""
    return Charge(tuple(_periods(told, begins)), zone, expired)


def _periods(told: Iterable[tuple[str, Any, Any]], at: datetime) -> Iterable[Period]:
    for kind, minutes, wh in told:
        end = at + timedelta(microseconds=int(Fraction(minutes) * 60_000_000))
        yield Period(at, end, Kind(kind), Fraction(wh))
        at = end
