"""What the operator has written about the generated network, and what its chargers said of themselves: rows of the first page and the last."""

from collections.abc import Iterator
from itertools import count

from cpoctl import __version__
from cpoctl.domain.owners import ALWAYS
from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.network import Network
from cpoctl.simulator.history.outages import Link, Run
from cpoctl.simulator.history.prices import ACTOR
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import DAY, stored
from cpoctl.store import rows


def written(network: Network, links: dict[str, Link], scale: Scale) -> Iterator[rows.Row]:
    """Owners, sites, chargers and tags."""
    begin, change = stored(scale.begin), stored(scale.begin + scale.days // 2 * DAY)
    for owner_id, name, percent in network.owners:
        mail = f"office@{owner_id.lower()}.example"
        yield rows.Owner(owner_id, name, None, None, mail, None, begin)
        yield rows.OwnerShare(owner_id, percent, ALWAYS, begin, ACTOR)
    for owner_id, _, _ in network.owners[:1]:
        yield rows.OwnerShare(owner_id, "65", change[:10], change, ACTOR)
    for number, site in enumerate(network.sites):
        supply = 1000.0 * sum(charger.maker.rated_w // 1000 for charger in site.chargers) * 0.6
        yield rows.Site(
            site.site_id, f"{site.city.name} {site.kind.name} {number + 1}", site.city.zone, None, None, begin,
            city=site.city.name, country=site.city.country, currency=site.city.currency, supply_w=supply,
            opening=site.kind.opening,
        )  # fmt: skip
        if site.owner_id is not None:
            yield rows.SiteOwner(site.site_id, site.owner_id, ALWAYS, "", begin, ACTOR)
    for charger in network.chargers:
        name, maker = charger.charger_id, charger.maker
        since = stored(links[name].since)
        yield rows.Charger(name, "Accepted", 1, since)
        yield rows.ChargerRecord(None, None, charger.site.site_id, '{"generated":"yes"}', name)
        yield rows.ChargerBoot(
            maker.vendor, maker.model, charger.serial, None, charger.firmware, None, None, None, None, since, name
        )
        yield rows.EvseRecord(name, 0, float(maker.rated_w), maker.connector, None)
    for tag in network.tags:
        expires = None if tag.expires is None else stored(tag.expires)
        yield rows.Tag(tag.tag_id, tag.status, tag.fleet, expires, tag.note, None, "[]", "[]", begin)


def connected(network: Network, links: dict[str, Link], runs: list[Run], scale: Scale) -> Iterator[rows.Row]:
    """The server's running periods, and the connections of all chargers in the order in which they began."""
    dice = rolling("addresses", scale.seed)
    for number, run in enumerate(runs, 1):
        yield rows.RunStarted(number, stored(run.begin), __version__, 4_000 + number)
        end = stored(run.end)
        yield rows.RunStopped(end, number) if run.clean else rows.RunAlive(end, number)
    address = {charger.charger_id: f"10.{dice.randrange(256)}.{dice.randrange(256)}.7" for charger in network.chargers}
    version = {charger.charger_id: charger.maker.version for charger in network.chargers}
    periods = sorted((period.begin, name, period) for name, link in links.items() for period in link.periods)
    for number, (begin, name, period) in zip(count(1), periods, strict=False):
        yield rows.ConnectionOpened(number, name, stored(begin), address[name], version[name], "basic")
        yield rows.ConnectionClosed(stored(period.end), period.code, period.reason, number)


def standing(network: Network, scale: Scale) -> Iterator[rows.Row]:
    """How every EVSE stands in the end."""
    for charger in network.chargers:
        yield rows.ChargerSeen(stored(scale.end), charger.maker.version, 1, charger.charger_id)
        for evse in charger.evses:
            since = evse.since or stored(scale.begin)
            place = (charger.charger_id, evse.evse_id)
            yield rows.EvseStatus(*place, evse.status, evse.error_code or None, None, None, None, since)
            if not charger.issues:
                yield rows.ConnectorStatus(*place, 1, evse.status, since)
