"""List outages: when EVSEs were down in a period, why, and what of it is excused."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from cpoctl.domain import uptime
from cpoctl.domain.uptime import PROFILES
from cpoctl.operations import Option, Read
from cpoctl.operations.report import Report
from cpoctl.operations.report._evses import evses, text
from cpoctl.operations.report.uptime import excused
from cpoctl.table import Column, on_the_wall, span


@dataclass(frozen=True)
class OutageRow:
    """An outage within the period. `ended_at` is null while it goes on; `down_s` leaves out what nobody knows of.

    `time_zone` is that of its site; a table shows times in it.
    """

    place: Annotated[str, Column("EVSE")]
    began_at: Annotated[str, Column("BEGAN", 1, "left", on_the_wall, "time_zone")]
    ended_at: Annotated[str | None, Column("ENDED", 2, "left", on_the_wall, "time_zone")]
    down_s: Annotated[int, Column("DOWN", 1, "right", span)]
    state: Annotated[str, Column("STATE")]
    error_code: Annotated[str | None, Column("ERROR", 2)]
    excused_s: Annotated[int, Column("EXCUSED", 2, "right", span)]
    time_zone: Annotated[str, Column("TIME ZONE", 3)]
    charger_id: str
    evse_id: int


@dataclass(frozen=True, kw_only=True)
class ListOutages(Report):
    """List the outages of a period, the oldest first, by the rule that says what is down.

    One that began before the period, or goes on after it, is told as far as it lies in it.
    """

    path = "outage list"
    route = "GET /outages"
    row = OutageRow
    noun = "outages"
    needs = frozenset({"statuses"})
    examples = (
        "cpoctl outage list --from last-month --profile nevi",
        "cpoctl outage list --charger HQ-07 --from 7d",
    )

    profile: Annotated[Literal["nevi", "uk-pcpr", "ocpi-raw", "tech"], Option("the rule")] = "tech"

    def select(self, read: Read) -> list[OutageRow]:
        """Every outage."""
        now, excuses = datetime.now(UTC), excused(read)
        found = []
        for evse, (begin, end) in evses(read, self, now):
            joined = uptime.joined(excuses.get(evse.name, ()))
            stretches = uptime.sweep(evse.facts, begin, end)
            goes_on = stretches[-1].end if stretches and abs(now.timestamp() * 1000 - end) < 1000 else None
            found += [
                OutageRow(
                    place=evse.name, charger_id=evse.charger_id, evse_id=evse.evse_id, began_at=text(outage.begin),
                    ended_at=None if outage.end == goes_on else text(outage.end), down_s=round(outage.down_ms / 1000),
                    state=outage.state, error_code=outage.code, time_zone=evse.zone.key,
                    excused_s=round(uptime.overlap([(outage.begin, outage.end)], joined) / 1000),
                )
                for outage in uptime.outages(stretches, PROFILES[self.profile])
            ]  # fmt: skip
        return sorted(found, key=lambda row: (row.began_at, row.place))
