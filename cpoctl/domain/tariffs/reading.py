"""Reading a tariff from OCPI's JSON: what could make a wrong price is refused, by the element's number. OCPI 2.2.1 §11.3

Numbers are exact: JSON is read with decimals; a float is taken as the shortest text that means it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any, Final, TypeVar

import msgspec

from cpoctl.domain import currencies, money
from cpoctl.domain.tariffs.model import (
    NEVER_RESTRICTED,
    Component,
    Dimension,
    Element,
    Formula,
    Price,
    Reservation,
    Restrictions,
    Tariff,
)
from cpoctl.errors import UsageProblem

T = TypeVar("T")
KINDS: Final = ("AD_HOC_PAYMENT", "PROFILE_CHEAP", "PROFILE_FAST", "PROFILE_GREEN", "REGULAR")
WEEKDAYS: Final = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
OTHERS: Final = ("country_code", "party_id", "tariff_alt_url", "energy_mix", "preauthorize_amount", "tax_included")
_READ: Final = (
    "id", "currency", "type", "tariff_alt_text", "min_price", "max_price", "elements", "start_date_time",
    "end_date_time", "last_updated", "formula",
)  # fmt: skip
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_JSON = msgspec.json.Decoder(float_hook=Decimal)
MOST_ELEMENTS: Final = 1000


def read_text(text: str | bytes) -> Tariff:
    """Read a tariff from JSON text, its numbers exactly as written."""
    try:
        told = _JSON.decode(text)
    except (msgspec.DecodeError, UnicodeError, InvalidOperation, RecursionError) as error:
        raise UsageProblem(f"the tariff is no JSON: {error}") from None
    return read(told)


def read(told: Mapping[str, Any]) -> Tariff:
    """Read a tariff from JSON data."""
    fields = _object(told, "the tariff", (*_READ, *OTHERS))
    if fields.get("tax_included") == "YES":
        raise UsageProblem("tax_included YES: write prices without VAT, and the VAT of each component beside them")
    elements = fields.get("elements")
    if not isinstance(elements, list) or not elements or len(elements) > MOST_ELEMENTS:
        raise UsageProblem(f"the tariff needs elements: a list of 1 to {MOST_ELEMENTS}, each with price_components")
    return Tariff(
        tariff_id=_text(fields, "id", "the tariff", most=36),
        currency=_currency(fields),
        elements=tuple(_element(element, f"element {number}") for number, element in enumerate(elements, 1)),
        min_price=_limit(fields, "min_price"),
        max_price=_limit(fields, "max_price"),
        starts_at=_given(fields, "start_date_time", _instant, "the tariff"),
        ends_at=_given(fields, "end_date_time", _instant, "the tariff"),
        kind=_given(fields, "type", lambda value, where: _one_of(value, where, KINDS), "the tariff"),
        names=_given(fields, "tariff_alt_text", _names, "the tariff") or (),
        formula=_given(fields, "formula", _formula, "the tariff"),
        others=_others(fields),
    )


def _others(fields: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: fields[name] for name in OTHERS if fields.get(name) is not None}
    try:
        msgspec.json.encode(found)
    except (TypeError, ValueError, RecursionError):
        raise UsageProblem(f"the tariff: one of {', '.join(found)} cannot be written as JSON") from None
    return found


def _element(told: Any, where: str) -> Element:
    fields = _object(told, where, ("price_components", "restrictions"))
    components = fields.get("price_components")
    if not isinstance(components, list) or not components:
        raise UsageProblem(f"{where} needs price_components: a list with at least one price")
    found = tuple(_component(each, where) for each in components)
    if len({each.dimension for each in found}) < len(found):
        raise UsageProblem(f"{where} prices one dimension twice: keep one price_component of each type")
    restrictions = _given(fields, "restrictions", _restrictions, where) or NEVER_RESTRICTED
    unpriced = {Dimension.ENERGY, Dimension.PARKING_TIME} & {each.dimension for each in found}
    if restrictions.reservation and unpriced:
        raise UsageProblem(
            f"{where} is for reservations, which have FLAT and TIME only: move {min(unpriced)} elsewhere"
        )
    return Element(found, restrictions)


def _component(told: Any, where: str) -> Component:
    fields = _object(told, where, ("type", "price", "vat", "step_size"))
    dimension = Dimension(_one_of(fields.get("type"), f"{where}: type", tuple(Dimension)))
    where = f"{where}, {dimension}"
    if fields.get("price") is None:
        raise UsageProblem(f"{where} needs a price; 0 is free")
    vat = _given(fields, "vat", _share, where)
    step = _given(fields, "step_size", _whole, where)
    return Component(dimension, _number(fields["price"], f"{where}: price"), vat, step or 1)


def _restrictions(told: Any, where: str) -> Restrictions:
    readers: dict[str, Callable[[Any, str], Any]] = {
        "start_time": _time,
        "end_time": _time,
        "start_date": _date,
        "end_date": _date,
        **dict.fromkeys(("min_kwh", "max_kwh", "min_current", "max_current", "min_power", "max_power"), _amount),
        **dict.fromkeys(("min_duration", "max_duration"), _whole),
        "day_of_week": _weekdays,
        "reservation": lambda value, place: Reservation(_one_of(value, place, tuple(Reservation))),
    }
    fields = _object(told, where, tuple(readers))
    return Restrictions(
        **{name: readers[name](value, f"{where}: {name}") for name, value in fields.items() if value is not None}
    )


def _formula(told: Any, where: str) -> Formula:
    numbers = ("factor", "markup", "floor", "cap", "vat")
    fields = _object(told, where, ("series", *numbers))
    given = {name: _given(fields, name, _share if name == "vat" else _number, where) for name in numbers}
    found = Formula(
        _text(fields, "series", where, most=36), **{name: value for name, value in given.items() if value is not None}
    )
    if found.floor is not None and found.cap is not None and found.floor > found.cap:
        raise UsageProblem(f"{where}: the floor {found.floor} lies above the cap {found.cap}")
    return found


def _limit(fields: Mapping[str, Any], name: str) -> Price | None:
    if fields.get(name) is None:
        return None
    inner = _object(fields[name], f"{name}, as {{excl_vat, incl_vat}},", ("excl_vat", "incl_vat"))
    net, gross = _given(inner, "excl_vat", _amount, name), _given(inner, "incl_vat", _amount, name)
    if net is None:
        raise UsageProblem(f"{name} needs excl_vat; incl_vat may stand beside it")
    if gross is not None and gross < net:
        raise UsageProblem(f"{name}: incl_vat {gross} lies below excl_vat {net}")
    return Price(net, gross)


def _currency(fields: Mapping[str, Any]) -> str:
    code = _text(fields, "currency", "the tariff", most=36).upper()
    if not currencies.known(code):
        raise UsageProblem(f"currency {code} is not in ISO 4217: write one as EUR")
    return code


def _object(told: Any, where: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise UsageProblem(f"{where} must be a JSON object")
    for name in told:
        if name not in known:
            near = get_close_matches(str(name), known, 1)
            raise UsageProblem(
                f"{where} has no {name}{f': {near[0]} is meant?' if near else ''}", detail={"known": [*known]}
            )
    return told


def _given(fields: Mapping[str, Any], name: str, reader: Callable[[Any, str], T], where: str) -> T | None:
    value = fields.get(name)
    return None if value is None else reader(value, f"{where}: {name}")


def _text(fields: Mapping[str, Any], name: str, where: str, most: int) -> str:
    value = fields.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= most or not value.isprintable():
        raise UsageProblem(f"{where} needs {name}: a text of 1 to {most} characters")
    return value.strip()


def _one_of(value: Any, where: str, words: tuple[str, ...]) -> str:
    if value not in words:
        raise UsageProblem(f"{where}: {value} is not one of {', '.join(words)}")
    return str(value)


def _number(value: Any, where: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise UsageProblem(f"{where}: {value} is no number")
    try:
        if isinstance(value, int):
            return money.plain(Decimal(value), "such a number")  # which may be too long to be told
        return money.parse(repr(value) if isinstance(value, float) else str(value))
    except UsageProblem as problem:
        raise UsageProblem(f"{where}: {problem.message}") from None


def _amount(value: Any, where: str) -> Decimal:
    number = _number(value, where)
    if number < 0:
        raise UsageProblem(f"{where}: {number} lies below 0")
    return number


def _share(value: Any, where: str) -> Decimal:
    number = _amount(value, where)
    if number > 100:
        raise UsageProblem(f"{where}: {number} is over 100 percent")
    return number


def _whole(value: Any, where: str) -> int:
    number = _amount(value, where)
    if number != int(number):
        raise UsageProblem(f"{where}: {number} is no whole number")
    return int(number)


def _time(value: Any, where: str) -> time:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise UsageProblem(f"{where}: {value} is no time of day as 17:30")
    return time() if value == "24:00" else time.fromisoformat(value)


def _date(value: Any, where: str) -> date:
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except (TypeError, ValueError):
        raise UsageProblem(f"{where}: {value} is no day as 2026-11-22") from None


def _instant(value: Any, where: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value).replace(microsecond=0)
        # OCPI's times are UTC, with or without a word of it: OCPI 2.2.1 §16.5
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise UsageProblem(f"{where}: {value} is no time as 2026-11-22T14:00:00Z") from None


def _weekdays(value: Any, where: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        raise UsageProblem(f'{where}: write a list of days as ["MONDAY"]')
    return tuple(sorted({WEEKDAYS.index(_one_of(day, where, WEEKDAYS)) for day in value}))


def _names(value: Any, where: str) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, list):
        raise UsageProblem(f'{where}: write a list as [{{"language": "en", "text": "Day"}}]')
    entries = [_object(each, where, ("language", "text")) for each in value]
    return tuple((_text(each, "language", where, most=2), _text(each, "text", where, most=512)) for each in entries)
