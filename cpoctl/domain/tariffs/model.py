"""The values of pricing: a tariff as OCPI 2.2.1 §11 has it, the charge that is priced, and the bill."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from cpoctl.domain.tariffs.plan import Plan


class Dimension(StrEnum):
    """What has a price. OCPI 2.2.1 §11.4.5"""

    ENERGY = "ENERGY"
    TIME = "TIME"
    PARKING_TIME = "PARKING_TIME"
    FLAT = "FLAT"


class Kind(StrEnum):
    """What goes on during a period of a charge."""

    CHARGING = "CHARGING"
    PARKING = "PARKING"
    FREE = "FREE"  # time that is never billed; its energy is
    RESERVATION = "RESERVATION"


class Reservation(StrEnum):
    """Which reservations an element prices. OCPI 2.2.1 §11.4.3"""

    RESERVATION = "RESERVATION"
    RESERVATION_EXPIRES = "RESERVATION_EXPIRES"


@dataclass(frozen=True)
class Component:
    """The price of one dimension, without VAT: per kWh, per hour, or once. Steps are Wh or seconds."""

    dimension: Dimension
    price: Decimal
    vat: Decimal | None = None
    step_size: int = 1


@dataclass(frozen=True)
class Restrictions:
    """When an element applies: all that is given must hold. Times and dates are the site's. OCPI 2.2.1 §11.4.6"""

    start_time: time | None = None
    end_time: time | None = None  # 00:00 is the end of the day
    start_date: date | None = None
    end_date: date | None = None  # the first day on which it holds no more
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_current: Decimal | None = None  # ampere, summed over the phases
    max_current: Decimal | None = None
    min_power: Decimal | None = None  # kW
    max_power: Decimal | None = None
    min_duration: int | None = None  # seconds since the session began
    max_duration: int | None = None
    day_of_week: tuple[int, ...] = ()  # Monday is 0
    reservation: Reservation | None = None


NEVER_RESTRICTED = Restrictions()


@dataclass(frozen=True)
class Element:
    """Components that apply under the same restrictions."""

    components: tuple[Component, ...]
    restrictions: Restrictions = NEVER_RESTRICTED


@dataclass(frozen=True)
class Price:
    """An amount without VAT and with it."""

    net: Decimal
    gross: Decimal | None = None


@dataclass(frozen=True)
class Formula:
    """How the price of a kWh follows from a price series: `factor * price + markup`, held between floor and cap."""

    series: str
    factor: Decimal = Decimal(1)
    markup: Decimal = Decimal(0)
    floor: Decimal | None = None
    cap: Decimal | None = None
    vat: Decimal | None = None


@dataclass(frozen=True)
class Tariff:
    """A tariff. Its elements are numbered from 1, in the order in which they are tried.

    `formula` is ours, not OCPI's: where its series has a price, that is the price of energy, before any element.
    `others` are the fields of OCPI that no price depends on; they are kept as they were written.
    """

    tariff_id: str
    currency: str
    elements: tuple[Element, ...]
    min_price: Price | None = None
    max_price: Price | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    kind: str | None = None
    names: tuple[tuple[str, str], ...] = ()  # language and text
    formula: Formula | None = None
    others: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @cached_property
    def plan(self) -> "Plan":
        """The tariff made ready for pricing, once for many sessions."""
        from cpoctl.domain.tariffs.plan import planned

        return planned(self)


@dataclass(frozen=True, slots=True)
class Period:
    """A part of a charge, in UTC, through which energy flows evenly.

    Power that is not given is the energy by the time; current that is not given matches no restriction of current.
    """

    begin: datetime
    end: datetime
    kind: Kind
    energy_wh: Fraction | int = 0
    current_a: Fraction | int | None = None
    power_w: Fraction | int | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """What is priced: periods in order, each beginning where the one before it ends, at a site in `zone`."""

    periods: tuple[Period, ...]
    zone: ZoneInfo
    reservation_expired: bool = False


@dataclass(frozen=True, slots=True)
class Rails:
    """What an operator spares drivers that OCPI cannot say."""

    flat_needs_energy: bool = False  # neither FLAT nor the least price where nothing was delivered
    parking_needs_energy: bool = False  # no PARKING_TIME before the first energy
    grace_s: int = 0  # of each stay after charging that are free of PARKING_TIME


@dataclass(frozen=True, slots=True)
class Line:
    """One price that was applied without a break. Quantities are Wh, seconds, or 1 for FLAT.

    `element` is 0 where the price came from a price series. `billed` is the quantity after the step size.
    """

    element: int
    dimension: Dimension
    kind: Kind
    begin: datetime
    end: datetime
    quantity: Fraction
    billed: Fraction
    price: Decimal
    vat: Decimal | None
    net: Fraction
    gross: Fraction


@dataclass(frozen=True, slots=True)
class Bill:
    """What a charge costs. The lines and the adjustments (to the least and the highest price) add up to the totals."""

    currency: str
    lines: tuple[Line, ...]
    adjustment_net: Fraction
    adjustment_gross: Fraction
    net: Fraction
    gross: Fraction
