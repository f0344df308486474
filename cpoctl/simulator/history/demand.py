"""When drivers come to a site: by the hour and weekday of its own time, and by the season."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

from cpoctl.simulator.dice import dice as rolling
from cpoctl.simulator.history.network import Network, Site
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import HOUR


def arrivals(network: Network, scale: Scale) -> Iterator[tuple[Site, list[int]]]:
    """Each site with the instants at which drivers come, in order; over all sites about as many as the scale wants."""
    weights = [(site, list(_weights(site, scale))) for site in network.sites]
    all_of_it = sum(sum(hours) for _, hours in weights) or 1.0
    for site, hours in weights:
        dice = rolling("arrivals", scale.seed, site.site_id)
        came: list[int] = []
        for number, weight in enumerate(hours):
            hour = scale.begin + number * HOUR
            mean = weight * scale.visits / all_of_it
            came += sorted(hour + int(dice.random() * HOUR) for _ in range(_poisson(mean, dice)))
        yield site, came


def _weights(site: Site, scale: Scale) -> Iterator[float]:
    """How much is going on in each hour of the history."""
    kind, size = site.kind, len(site.evses) * site.kind.busy
    hours = sum(kind.hours)
    for at in range(scale.begin, scale.end, HOUR):
        local = datetime.fromtimestamp(at, UTC).astimezone(site.zone)
        season = 1 + kind.summer * -math.cos(2 * math.pi * local.timetuple().tm_yday / 365)
        growth = 0.85 + 0.3 * (at - scale.begin) / (scale.end - scale.begin)
        yield size * kind.hours[local.hour] / hours * kind.days[local.weekday()] / 9 * season * growth


def _poisson(mean: float, dice: Random) -> int:
    """How many come where so many come in the mean."""
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number
