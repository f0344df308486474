"""What charging costs in the generated network: tariffs of the OCPI model, a change of price, a fleet's own."""

import json
from collections.abc import Iterator
from typing import Any

from cpoctl.domain.tariffs import fingerprint, read_text, written
from cpoctl.simulator.history.network import Network
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, stored
from cpoctl.store import rows

ACTOR = "unix:alice"
VAT = {"EUR": 19.0, "GBP": 20.0, "USD": None}
PER_KWH = {"EUR": (0.49, 0.69), "GBP": (0.47, 0.75), "USD": (0.39, 0.52)}
"""On AC and on DC, at the begin."""


def priced(network: Network, scale: Scale) -> Iterator[rows.Row]:
    """The tariffs and where they hold. One site of six is free, as the places of some owners are."""
    begin, change = stored(scale.begin), stored(scale.begin + scale.days // 2 * DAY)
    versions: dict[str, list[str]] = {}
    paying = [site for number, site in enumerate(network.sites) if number % 6 != 4]
    for currency in sorted({site.city.currency for site in paying}):
        for dc in (False, True):
            for added, later in ((begin, False), (change, True)):
                row = _tariff(_content(currency, dc=dc, later=later), added)
                versions.setdefault(row.tariff_id, []).append(row.version)
                yield row
    fleet = _tariff(_fleet(), begin)
    yield fleet
    places: list[tuple[str, str, str, str, str, str | None]] = []
    for site in paying:
        name = _name(site.city.currency, dc=False)
        places += _halves(name, versions[name], "site", site.site_id, begin, change)
        for charger in site.chargers:
            if charger.dc:
                name = _name(site.city.currency, dc=True)
                places += _halves(name, versions[name], "charger", charger.charger_id, begin, change)
    if network.fleets:
        places.append((fleet.tariff_id, fleet.version, "group", min(network.fleets), begin, None))
    for number, place in enumerate(places, 1):
        yield rows.TariffAssignment(number, *place, assigned_at=place[4], actor=ACTOR)


def _halves(
    name: str, versions: list[str], scope: str, target: str, begin: str, change: str
) -> list[tuple[str, str, str, str, str, str | None]]:
    """One version up to the change, the other one from there on."""
    before, after = versions
    return [(name, before, scope, target, begin, change), (name, after, scope, target, change, None)]


def _name(currency: str, *, dc: bool) -> str:
    return f"{'DC' if dc else 'AC'}-{currency}"


def _tariff(content: dict[str, Any], added_at: str) -> rows.Tariff:
    tariff = read_text(json.dumps(content))
    return rows.Tariff(
        tariff.tariff_id, fingerprint(tariff), tariff.currency, written(tariff), None, None, added_at, ACTOR
    )


def _content(currency: str, *, dc: bool, later: bool) -> dict[str, Any]:
    """DC costs by kWh and, after an hour, by the minute; AC is cheaper at night, and waiting costs from the third hour on."""
    price = round(PER_KWH[currency][dc] + (0.03 if later else 0.0), 2)
    if dc:
        elements = [
            {"price_components": [_component("PARKING_TIME", 6.0, currency)], "restrictions": {"min_duration": 3600}},
            {"price_components": [_component("FLAT", 0.35, currency), _component("ENERGY", price, currency)]},
        ]
    else:
        night = {"start_time": "22:00", "end_time": "06:00"}
        elements = [
            {"price_components": [_component("ENERGY", round(price - 0.08, 2), currency)], "restrictions": night},
            {"price_components": [_component("ENERGY", price, currency)]},
            {
                "price_components": [_component("PARKING_TIME", 1.2, currency, 60)],
                "restrictions": {"min_duration": 10800},
            },
        ]
    return {"id": _name(currency, dc=dc), "currency": currency, "elements": elements}


def _fleet() -> dict[str, Any]:
    return {"id": "FLEET", "currency": "EUR", "elements": [{"price_components": [_component("ENERGY", 0.37, "EUR")]}]}


def _component(kind: str, price: float, currency: str, step: int = 1) -> dict[str, Any]:
    vat = VAT[currency]
    return {"type": kind, "price": price, "step_size": step} | ({} if vat is None else {"vat": vat})
