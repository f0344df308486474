"""An owner's share as a row: how many percent, from which day on."""

from datetime import date

from cpoctl.clock import stored
from cpoctl.domain import owners
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator
from cpoctl.store import rows


def share_row(owner_id: str, percent: str, since: str, operator: Operator) -> "rows.OwnerShare":
    """The share as it is kept. Raises UsageProblem for what is no percentage, or no day."""
    try:
        part = owners.percent(percent)
    except ValueError as error:
        raise UsageProblem(f"--share: {error}", hints=[f"cpoctl owner edit {owner_id} --share 70"]) from None
    try:
        day = date.fromisoformat(since.strip()).isoformat()
    except ValueError:
        raise UsageProblem(
            f"--from: {since!r} is no day", hints=[f"cpoctl owner edit {owner_id} --share {part} --from 2026-10-01"]
        ) from None
    return rows.OwnerShare(owner_id, str(part), day, stored(operator.clock.now()), operator.actor)
