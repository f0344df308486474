"""Making a history: the network, what befalls it, and page by page the rows that the server would have written."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cpoctl.simulator.history import outages
from cpoctl.simulator.history.demand import arrivals
from cpoctl.simulator.history.network import Evse, build
from cpoctl.simulator.history.outages import Broken, Link
from cpoctl.simulator.history.prices import priced
from cpoctl.simulator.history.records import connected, standing, written
from cpoctl.simulator.history.scale import Scale
from cpoctl.simulator.history.stamps import stored
from cpoctl.simulator.history.telling import Teller
from cpoctl.simulator.history.totals import HistoryRow, Totals
from cpoctl.simulator.history.visits import Happening, Visit, Visits
from cpoctl.store import rows

A_PAGE = 4_000
"""Happenings that are written in one transaction."""
Units = list[Sequence[rows.Row]]


class History:
    """A history of a network. `pages` makes it, once; `row` tells then what is in it."""

    def __init__(self, scale: Scale) -> None:
        self._scale = scale
        self._totals = Totals()
        self._network = build(scale)
        self._runs = outages.runs(scale)
        self._links = {c.charger_id: outages.link(c, self._runs, scale) for c in self._network.chargers}
        self._faults = {
            evse: _after(outages.broken(evse, scale), self._links[charger.charger_id])
            for charger in self._network.chargers
            for evse in charger.evses
        }

    def pages(self) -> Iterator[tuple[Units, int, int]]:
        """Rows to write, with how many happenings of how many they go up to."""
        self._count()
        first = [*written(self._network, self._links, self._scale), *priced(self._network, self._scale)]
        yield [first, list(connected(self._network, self._links, self._runs, self._scale))], 0, 0
        story = sorted(self._story(), key=lambda told: told[:2])
        teller = Teller(self._scale, self._links, self._totals)
        for done, (_, _, happening, evse) in enumerate(story, 1):
            teller.tell(happening, evse)
            if done % A_PAGE == 0:
                yield teller.page.taken(), done, len(story)
        teller.close()
        yield [*teller.page.taken(), list(standing(self._network, self._scale))], len(story), len(story)

    def row(self, database: str) -> HistoryRow:
        """What is in it."""
        scale, network = self._scale, self._network
        told: dict[str, Any] = self._totals.told()
        return HistoryRow(
            database=database, begins_at=stored(scale.begin), ends_at=stored(scale.end), seed=scale.seed,
            sites=len(network.sites), chargers=len(network.chargers), tags=len(network.tags),
            evses=len(self._faults), **told,
        )  # fmt: skip

    def _story(self) -> Iterator[tuple[int, int, "Happening | Broken", Evse | None]]:
        """Everything that happens: when it is heard of, when it was, what, and for a fault where."""
        for site, came in arrivals(self._network, self._scale):
            visits = Visits(site, self._network, self._scale, self._links, self._faults)
            for happening in visits.of(came):
                evse = happening.evse if isinstance(happening, Visit) else None
                at = happening.starts if isinstance(happening, Visit) else happening.at
                charger = evse.charger if evse else _charger_of(happening)
                yield self._links[charger.charger_id].heard(at), at, happening, None
        for evse, faults in self._faults.items():
            heard = self._links[evse.charger.charger_id].heard
            for broken in faults:
                yield heard(broken.begin), broken.begin, broken, evse

    def _count(self) -> None:
        count, links = self._totals.count, self._links.values()
        count["runs"] = len(self._runs)
        count["connections"] = sum(len(link.periods) for link in links)
        count["away_s"] = sum(back - away for link in links for away, back in zip(link.away, link.back, strict=True))


def _charger_of(happening: Any) -> Any:
    return happening.evse.charger if hasattr(happening, "evse") else happening.charger


def _after(faults: Iterable[Broken], link: Link) -> list[Broken]:
    """Nothing breaks before the first contact."""
    return [broken for broken in faults if broken.begin > link.since]
