"""Show a kept charging profile."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Query, Read, one
from cpoctl.operations.profile._kept import KEPT, NAMES, Name, ProfileRow, row
from cpoctl.table import Column, span


@dataclass(frozen=True)
class PeriodRow:
    """A limit and how long after its schedule's start it begins; from OCPP 2.x on a profile may have several schedules."""

    start_s: Annotated[int, Column("AFTER", align="right", show=span)]
    limit: Annotated[float | None, Column("LIMIT", align="right")]
    unit: Annotated[str, Column("UNIT")]
    phases: Annotated[int | None, Column("PHASES", align="right")]
    schedule: Annotated[int, Column("SCHEDULE", 3, "right")]


@dataclass(frozen=True)
class ProfileDetail(ProfileRow):
    """A kept profile with its periods."""

    periods: Annotated[list[PeriodRow], Column("PERIODS")]


@dataclass(frozen=True, kw_only=True)
class ShowProfile(Query):
    """Show a kept charging profile, with the rules of the standard that it breaks."""

    path = "profile show"
    route = "GET /profiles/{name}"
    row = ProfileDetail
    many = False
    examples = ("cpoctl profile show night", "cpoctl profile show night --json | jq .profile > profile.json")

    name: Name

    def select(self, read: Read) -> list[ProfileDetail]:
        """The one profile."""
        found = read(f"{KEPT} WHERE name = ?", [self.name])
        kept = row(one(found, "profile", self.name, read, NAMES))
        return [ProfileDetail(**vars(kept), periods=_periods(kept))]


def _periods(kept: ProfileRow) -> list[PeriodRow]:
    return [
        PeriodRow(
            each["startPeriod"],
            each.get("limit"),
            schedule["chargingRateUnit"],
            each.get("numberPhases"),
            schedule["id"],
        )
        for schedule in kept.profile["chargingSchedule"]
        for each in schedule["chargingSchedulePeriod"]
    ]
