"""List the charging profiles that a charger was given."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.domain.timestamps import effective
from cpoctl.ocpp.profiles import limits
from cpoctl.operations import Query, Read, Record
from cpoctl.operations.charger import Charger, known_spelling
from cpoctl.table import Column, local

_INSTALLED = """
SELECT p.*, EXISTS (
    SELECT 1 FROM session s WHERE s.charger_id = p.charger_id AND s.stopped_at IS NOT NULL
      AND s.transaction_id = CAST(json_extract(p.profile, '$.transactionId') AS TEXT)) AS over
FROM installed_profile p WHERE p.charger_id = :charger
ORDER BY p.evse_id, p.purpose, p.stack_level, p.set_at
"""


@dataclass(frozen=True)
class InstalledRow:
    """A profile that was sent and what the charger answered. `state` is our belief: `profile ask` asks who can tell."""

    charger_id: Annotated[str, Column("CHARGER", 3)]
    evse_id: Annotated[int, Column("EVSE", align="right")]
    purpose: Annotated[str, Column("PURPOSE")]
    stack_level: Annotated[int, Column("LEVEL", align="right")]
    limits: Annotated[str, Column("LIMITS")]
    status: Annotated[str, Column("ANSWER")]
    state: Annotated[str, Column("BELIEVED")]
    profile_id: Annotated[int, Column("NUMBER", 3, "right")]
    name: Annotated[str | None, Column("NAME", 2)]
    set_at: Annotated[str, Column("SET", 2, show=local)]
    actor: Annotated[str, Column("BY", 3)]
    profile: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ListInstalled(Query):
    """List the charging profiles that a charger was given, by our memory: OCPP 1.6 cannot ask for them, `profile ask` can from 2.0.1 on.

    `in force` was accepted and nothing is known to have ended it; `expired` and `session over` have ended by
    themselves; `not taken` was refused or not answered. What others gave the charger is not known here:
    `profile composite` asks what it all adds up to.
    """

    path = "profile installed"
    route = "GET /chargers/{charger}/profiles"
    row = InstalledRow
    noun = "remembered profiles"
    examples = ("cpoctl profile installed HQ-07",)

    charger: Charger

    def select(self, read: Read) -> list[InstalledRow]:
        """What is remembered."""
        given = {"charger": known_spelling(self.charger, read)}
        now = datetime.now(UTC)
        return [_row(record, now) for record in read(_INSTALLED, given)]


def _row(record: Record, now: datetime) -> InstalledRow:
    profile, over = json.loads(record.pop("profile")), record.pop("over")
    return InstalledRow(
        **record,
        profile=profile,
        limits=limits(profile["chargingSchedule"]),
        state=_state(record["status"], profile, bool(over), now),
    )


def _state(status: str, profile: dict[str, Any], over: bool, now: datetime) -> str:
    if status != "Accepted":
        return "not taken"
    if "validTo" in profile and effective(str(profile["validTo"]), now)[0] < now:
        return "expired"
    return "session over" if over else "in force"
