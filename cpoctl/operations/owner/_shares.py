"""An owner's share as a row: how many percent, from which day on."""

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import owners
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator
from cpoctl.store import rows


def share_row(owner_id: str, percent: str, since: str, operator: Operator, path: str) -> "rows.OwnerShare":
    """The share as it is kept. Raises UsageProblem, which hints at the command `path`, for what is no percentage, or no day."""
    try:
        part = owners.percent(percent)
    except ValueError as error:
        raise UsageProblem(f"--share: {error}", hints=[f"cpoctl {path} {owner_id} --share 70"]) from None
    try:
        day = owners.first_day(since)
    except ValueError:
        raise UsageProblem(
            f"--from: {since!r} is no day", hints=[f"cpoctl {path} {owner_id} --share {part} --from 2026-10-01"]
        ) from None
    return rows.OwnerShare(owner_id, str(part), day, stored(operator.clock.now()), operator.actor)


def share_told(row: "rows.OwnerShare", reason: str | None = None) -> "events.OwnerShareSet":
    """What has happened."""
    return events.OwnerShareSet(
        owner_id=row.owner_id, percent=row.percent, valid_from=row.valid_from, actor=row.actor, reason=reason
    )
