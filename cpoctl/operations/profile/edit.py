"""Change a kept charging profile."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.clock import wire
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.profiles import PURPOSES
from cpoctl.ocpp.profiles import kept as as_kept
from cpoctl.operations import BITS_31, Act, JsonText, Operator, Option
from cpoctl.operations.profile import Kind, Purpose, read_profile
from cpoctl.operations.profile._kept import Name, ProfileRow, kept, row, text_of
from cpoctl.operations.profile._plain import only_whole, schedule
from cpoctl.store import rows

_FIELDS = ("limit", "phases", "purpose", "stack_level", "kind", "id")


@dataclass(frozen=True, kw_only=True)
class EditProfile(Act):
    """Change a kept charging profile. Chargers that have it keep what they were given; set it again to change that."""

    path = "profile edit"
    route = "PATCH /profiles/{name}"
    row = ProfileRow
    examples = ("cpoctl profile edit night --limit 10A", "cpoctl profile edit night @profile.json")

    name: Name
    profile: Annotated[str | None, JsonText("a whole profile instead: JSON, @FILE, or - for standard input")] = None
    limit: Annotated[str | None, Option("such as 16A, 7400W or 11kW; one period then")] = None
    phases: Annotated[int | None, Option("how many phases may be used; with --limit", least=1, most=3)] = None
    purpose: Annotated[Purpose | None, Option("what it limits: the charger, any session, or the one that runs")] = None
    stack_level: Annotated[
        int | None, Option("of several profiles the highest level counts", least=0, most=BITS_31)
    ] = None
    kind: Annotated[Kind | None, Option("begins now, or with each session; 2.1: changed while it applies")] = None
    id: Annotated[int | None, Option("the profile's number", least=0, most=BITS_31)] = None
    note: Annotated[str | None, Option("what it is for; empty for nothing")] = None

    async def run(self, operator: Operator) -> ProfileRow:
        """Keep it as it shall be."""
        if self.profile is None and self.note is None and all(getattr(self, name) is None for name in _FIELDS):
            raise UsageProblem("nothing to change", hints=[f"cpoctl profile edit {self.name} --limit 10A"])
        record = await kept(operator, self.name)
        profile = self._changed(json.loads(record["profile"]), operator)
        note = record["note"] if self.note is None else self.note or None
        changed = rows.Profile(record["name"], text_of(profile), note, record["added_at"])
        await operator.commit([changed])
        return row(changed._asdict())

    def _changed(self, profile: dict[str, Any], operator: Operator) -> dict[str, Any]:
        if self.profile is not None:
            only_whole(self, _FIELDS)
            return read_profile(self.profile)
        given = {
            "id": self.id,
            "stackLevel": self.stack_level,
            "chargingProfilePurpose": PURPOSES[self.purpose] if self.purpose else None,
            "chargingProfileKind": self.kind.capitalize() if self.kind else None,
        }
        profile |= {name: value for name, value in given.items() if value is not None}
        self._reschedule(profile, operator)
        return as_kept(profile)

    def _reschedule(self, profile: dict[str, Any], operator: Operator) -> None:
        """A new limit makes a new schedule; a new kind gives the old one a start, or takes it away."""
        if self.limit is None and self.phases is not None:
            raise UsageProblem(
                "--phases goes with --limit", hints=[f"cpoctl profile edit {self.name} --limit 16A --phases 1"]
            )
        begins = operator.clock.now() if profile["chargingProfileKind"] == "Absolute" else None
        if self.limit is not None:
            profile["chargingSchedule"] = [schedule(profile["id"], self.limit, self.phases, begins)]
            return
        for each in profile["chargingSchedule"] if self.kind else ():
            each.pop("startSchedule", None)
            if begins:
                each["startSchedule"] = wire(begins)
