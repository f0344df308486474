"""Telling a tariff as OCPI's JSON, in one way for one content, and its fingerprint. OCPI 2.2.1 §11.3"""

import hashlib
from dataclasses import fields
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import msgspec

from cpoctl.clock import wire
from cpoctl.domain import money
from cpoctl.domain.tariffs.model import Component, Element, Formula, Price, Restrictions, Tariff
from cpoctl.domain.tariffs.reading import WEEKDAYS

_JSON = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def written(tariff: Tariff) -> str:
    """The tariff as JSON text: numbers as they are, names in order, so that one content has one text."""
    return _JSON.encode(told(tariff)).decode()


def fingerprint(tariff: Tariff) -> str:
    """What tells this content from any other: 16 hexadecimal digits."""
    return hashlib.sha256(written(tariff).encode()).hexdigest()[:16]


def told(tariff: Tariff) -> dict[str, Any]:
    """The tariff as JSON data, its numbers decimals."""
    return _given(
        **tariff.others,
        id=tariff.tariff_id,
        currency=tariff.currency,
        type=tariff.kind,
        tariff_alt_text=[{"language": language, "text": text} for language, text in tariff.names] or None,
        min_price=_limit(tariff.min_price),
        max_price=_limit(tariff.max_price),
        elements=[_element(element) for element in tariff.elements],
        start_date_time=tariff.starts_at,
        end_date_time=tariff.ends_at,
        formula=_formula(tariff.formula),
    )


def _element(element: Element) -> dict[str, Any]:
    components = [_component(component) for component in element.components]
    return _given(price_components=components, restrictions=_restrictions(element.restrictions) or None)


def _component(component: Component) -> dict[str, Any]:
    return _given(
        type=component.dimension.value, price=component.price, vat=component.vat, step_size=component.step_size
    )


def _restrictions(given: Restrictions) -> dict[str, Any]:
    values = {each.name: getattr(given, each.name) for each in fields(given)}
    return _given(**values | {"day_of_week": [WEEKDAYS[day] for day in given.day_of_week] or None})


def _formula(formula: Formula | None) -> dict[str, Any] | None:
    return None if formula is None else _given(**{each.name: getattr(formula, each.name) for each in fields(formula)})


def _limit(price: Price | None) -> dict[str, Any] | None:
    return None if price is None else _given(excl_vat=price.net, incl_vat=price.gross)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return money.plain(value, value)
    if isinstance(value, datetime):
        return wire(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, date) else value


def _given(**values: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in values.items() if value is not None}
