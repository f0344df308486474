"""Kept tariffs: what is written of them, found by name, told as a row."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from cpoctl.clock import stored
from cpoctl.domain.assignments import reached
from cpoctl.domain.tariffs import Dimension, Tariff, concerns, fingerprint, read_text, written
from cpoctl.errors import NotFound, nearest
from cpoctl.operations import Argument, Operator, Read, Record
from cpoctl.store import rows
from cpoctl.table import Column, local

TariffId = Annotated[str, Argument("the tariff's id", kind="tariff")]
KEPT = """
SELECT t.tariff_id, t.version, t.currency, t.content, t.series, t.note, t.added_at, t.actor,
       (SELECT json_group_array(json_array(CASE scope WHEN 'default' THEN scope ELSE scope || ' ' || target END,
          coalesce(site.time_zone, 'UTC'), valid_from, valid_to))
        FROM tariff_assignment a
        LEFT JOIN charger ON charger.charger_id = CASE scope WHEN 'charger' THEN target
          WHEN 'evse' THEN substr(rtrim(target, '0123456789'), 1, length(rtrim(target, '0123456789')) - 1) END
        LEFT JOIN site ON site.site_id = CASE scope WHEN 'site' THEN target ELSE charger.site_id END
        WHERE a.tariff_id = t.tariff_id AND a.version = t.version) AS held, :now AS now
FROM tariff t
"""
NEWEST = """
WHERE t.added_at || t.version = (SELECT max(n.added_at || n.version) FROM tariff n WHERE n.tariff_id = t.tariff_id)
"""
NAMES = "SELECT DISTINCT tariff_id FROM tariff"
_SAID = 2
_UNITS = {
    Dimension.FLAT: "start",
    Dimension.ENERGY: "kWh",
    Dimension.TIME: "h",
    Dimension.PARKING_TIME: "h parked",
}
_RESERVED = {Dimension.FLAT: "reservation", Dimension.TIME: "h reserved"}


def _few(said: list[str]) -> str:
    more = f" and {len(said) - _SAID} more" if len(said) > _SAID else ""
    return ", ".join(said[:_SAID]) + more


@dataclass(frozen=True)
class TariffRow:
    """A version of a tariff. `held` says where it holds now; `concerns` are what is odd about it, by the element's number."""

    tariff_id: Annotated[str, Column("TARIFF")]
    version: Annotated[str, Column("VERSION", 2)]
    currency: Annotated[str, Column("CURRENCY")]
    prices: Annotated[str, Column("PRICES")]
    held: Annotated[list[str], Column("HOLDS", 2, show=_few)]
    series: Annotated[str | None, Column("SERIES", 3)]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 3, show=local)]
    actor: Annotated[str, Column("BY", 4)]
    concerns: Annotated[list[str], Column("CONCERNS", 3, show=_few)]
    tariff: dict[str, Any]


def row(record: Record) -> TariffRow:
    """A row of a record of `KEPT`."""
    tariff = read_text(record["content"])
    return TariffRow(
        tariff_id=record["tariff_id"],
        version=record["version"],
        currency=record["currency"],
        prices=prices(tariff),
        held=[*_held(record["held"], record["now"])],
        series=record["series"],
        note=record["note"],
        added_at=record["added_at"],
        actor=record["actor"],
        concerns=concerns(tariff),
        tariff=json.loads(record["content"]),
    )


def _held(assignments: str, now: str) -> Iterator[str]:
    """Where it is assigned at an instant; a day begins in the zone of that place, in UTC where it has none."""
    for where, zone, begins, ends in json.loads(assignments):
        there = ZoneInfo(zone)
        if reached(begins, there) <= now and (ends is None or now < reached(ends, there)):
            yield where


def prices(tariff: Tariff) -> str:
    """`0.5/kWh, 1/start, 3 to 6/h parked`: what each dimension costs, without VAT."""
    told = []
    if formula := tariff.formula:
        told.append(f"{formula.series} × {formula.factor} + {formula.markup}/kWh")
    for dimension, unit in _UNITS.items():
        found = _found(tariff, dimension, reserved=False)
        if found and not (formula and dimension is Dimension.FLAT and found == [0]):
            told.append(_range(found, unit))
    told += [_range(found, unit) for kind, unit in _RESERVED.items() if (found := _found(tariff, kind, reserved=True))]
    return ", ".join(told)


def _found(tariff: Tariff, dimension: Dimension, *, reserved: bool) -> list[Decimal]:
    elements = [each for each in tariff.elements if (each.restrictions.reservation is not None) is reserved]
    return sorted(c.price for each in elements for c in each.components if c.dimension is dimension)


def _range(prices: list[Decimal], unit: str) -> str:
    return f"{prices[0]}/{unit}" if prices[0] == prices[-1] else f"{prices[0]} to {prices[-1]}/{unit}"


def of_tariff(tariff: Tariff, now: str, actor: str, note: str | None = None) -> rows.Tariff:
    """What is written of a tariff."""
    series = tariff.formula.series if tariff.formula else None
    return rows.Tariff(
        tariff.tariff_id, fingerprint(tariff), tariff.currency, written(tariff), series, note, now, actor
    )


def newest(read: Read, tariff_id: str, now: str, version: str | None = None) -> Record:
    """The newest version of a tariff, or the one whose version begins so. Raises NotFound with the nearest name."""
    given: Mapping[str, Any] = {"tariff": tariff_id, "now": now, "like": f"{version or ''}%"}
    found = read(
        f"{KEPT} WHERE t.tariff_id = :tariff AND t.version LIKE :like ORDER BY t.added_at DESC, t.version DESC LIMIT 1",
        given,
    )
    if found:
        return found[0]
    known = [record["tariff_id"] for record in read(NAMES)]
    what = f"tariff {tariff_id}" if version is None or tariff_id not in known else f"version {version} of {tariff_id}"
    raise NotFound(
        f"no {what}{nearest(tariff_id, known) if tariff_id not in known else ''}",
        target=tariff_id,
        hints=["cpoctl tariff list    all that are kept", "cpoctl tariff add --help"],
    )


async def kept(operator: Operator, tariff_id: str, version: str | None = None) -> Record:
    """The same, for an act."""
    now = stored(operator.clock.now())
    return await operator.store.reading(lambda read: newest(read, tariff_id, now, version))
