"""Excuse an outage: say that a time was outside our control, and why. 23 CFR 680.116(b)(3)"""

from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import UsageProblem
from cpoctl.operations import Act, Argument, Operator, Option, at_evse, instant
from cpoctl.store import rows
from cpoctl.table import Column, local


@dataclass(frozen=True)
class ExcusedRow:
    """What is excused now; `excuse_id` is what `outage revoke` takes."""

    excuse_id: Annotated[int, Column("EXCUSE", 1, "right")]
    place: Annotated[str, Column("EVSE")]
    begins_at: Annotated[str, Column("FROM", show=local)]
    ends_at: Annotated[str, Column("TO", show=local)]
    cause: Annotated[str, Column("CAUSE")]
    note: Annotated[str, Column("NOTE", 2)]


@dataclass(frozen=True, kw_only=True)
class ExcuseOutage(Act):
    """Excuse a time of a charger or EVSE. Reports say the rule's uptime without it, and tell it apart.

    A day begins at the midnight of its site. Excuses are kept for whoever audits the uptime: one is never changed, only taken back by `outage revoke`.
    """

    path = "outage excuse"
    route = "POST /outages/excuses"
    row = ExcusedRow
    examples = (
        "cpoctl outage excuse HQ-07 --from 2026-10-03T08:00:00Z --to 2026-10-03T14:30:00Z --cause utility"
        " --note 'grid operator, ticket 4711'",
        "cpoctl outage excuse HQ-07:2 --from 2026-10-09T06:00:00Z --to 2026-10-09T09:00:00Z --cause vandalism --note cable",
    )

    place: Annotated[str, Argument("CHARGER, or CHARGER:EVSE", kind="charger")]
    since: Annotated[str, Option("from then on: a time, or how long ago", kind="day", long="from")]
    until: Annotated[str, Option("up to then: a time, or how long ago", kind="day", long="to")]
    cause: Annotated[
        Literal["utility", "vehicle", "maintenance", "vandalism", "disaster", "closed"], Option("what made it so")
    ]
    note: Annotated[str, Option("the evidence, for whoever asks later")]

    async def run(self, operator: Operator) -> ExcusedRow:
        """Keep it, with who said so."""
        at, now = at_evse(self.place, operator.live), operator.clock.now()
        charger = operator.live.charger(at.charger_id)
        site = operator.live.site(charger.site_id) if charger and charger.site_id else None
        zone = ZoneInfo(site.time_zone if site else "UTC")
        begin, end = (
            stored(instant(text, now, name, ago=True, zone=zone))
            for text, name in ((self.since, "from"), (self.until, "to"))
        )
        if begin >= end or end > stored(now):
            wrong = f"--to {self.until} is not after --from {self.since}" if begin >= end else "--to lies in the future"
            raise UsageProblem(
                wrong, hints=[f"cpoctl outage list --charger {at.charger_id} --from 7d    when it was down"]
            )
        if not self.note.strip():
            raise UsageProblem(
                "--note is empty: say what speaks for it", hints=[f"cpoctl outage excuse {self.place} --help"]
            )
        row = rows.OutageExcuse(
            at.charger_id, at.evse_id, begin, end, self.cause, self.note.strip(), stored(now), operator.actor, None
        )
        told = events.OutageExcused(
            charger_id=at.charger_id, evse_id=at.evse_id, begins_at=begin, ends_at=end, cause=self.cause,
            actor=operator.actor, note=row.note,
        )  # fmt: skip
        await operator.commit([row], [told])
        number = (
            await operator.store.read(
                "SELECT max(excuse_id) AS n FROM outage_excuse WHERE excused_at = ?", [row.excused_at]
            )
        )[0]["n"]
        return ExcusedRow(number, self.place, begin, end, self.cause, row.note)
