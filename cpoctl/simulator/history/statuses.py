"""Statuses as chargers tell them, by their own clocks, and as the server hears them."""

from cpoctl.domain import timestamps
from cpoctl.simulator.history.network import Charger, Evse
from cpoctl.simulator.history.outages import Link
from cpoctl.simulator.history.page import Page
from cpoctl.simulator.history.stamps import second, stored, told
from cpoctl.simulator.history.totals import Totals
from cpoctl.store import rows


class Statuses:
    """What EVSEs tell of themselves."""

    def __init__(self, page: Page, links: dict[str, Link], totals: Totals) -> None:
        self._page, self._links, self._totals = page, links, totals

    def tell(
        self,
        evse: Evse,
        at: int,
        status: str,
        error: str | None = None,
        info: str | None = None,
        vendor: str | None = None,
    ) -> None:
        """A status as its charger tells it: 2.x has no error codes of its own for what is well."""
        charger = evse.charger
        received = self._links[charger.charger_id].heard(at)
        raw, happened_at, _ = clock(charger, at, received)
        code = error or ("NoError" if charger.issues else None)
        maker = charger.maker.vendor if vendor else None
        self._page.statuses.append(
            rows.StatusChange(
                charger.charger_id, evse.evse_id, status, code, info, maker, vendor, happened_at, raw, stored(received),
                None if charger.issues else 1,
            )
        )  # fmt: skip
        evse.status, evse.error_code, evse.since = status, code or "", happened_at
        self._totals.count["status_changes"] += 1


def clock(charger: Charger, at: int, received: int) -> tuple[str, str, str | None]:
    """What the charger tells of a time, what the server takes it for, and its doubt."""
    if charger.lost_clock is not None and charger.lost_clock[0] <= at < charger.lost_clock[1]:
        return told(at - charger.lost_clock[0]), stored(received), timestamps.SUSPECT
    text_of = second(at + charger.skew_s)
    return text_of + "Z", text_of + ".000Z", None
