"""Correcting: a session becomes what somebody, or a new computation, says it was; what it was before is kept beside it."""

import json
from typing import Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict
from cpoctl.operations import Operator
from cpoctl.store import rows

RECORD = f"""
SELECT session_id, charger_id, evse_id, transaction_id, started_at, stopped_at, meter_start_wh, meter_stop_wh, energy_wh,
       tag_id, tag_status, flags, stop_reason, decided, json_array({", ".join(rows.SEEN)}) AS seen FROM session s
"""  # noqa: S608 - the columns are ours
COLUMNS = (*rows.SessionCorrected._fields[:7], "flags")
"""What of a session may be corrected."""


async def correct(
    was: dict[str, Any], changes: dict[str, Any], reason: str, operator: Operator, *, decided: bool = True
) -> dict[str, Any]:
    """Write down a session with changes, and what it was; the record as it is now. `flags` is JSON, as in the record.

    `decided`: a person says so, and no charger changes it from now on. Raises Conflict where it is not as it `was` any more.
    """
    became = was | changes
    changed = [name for name in COLUMNS if became[name] != was[name]]
    now, number = stored(operator.clock.now()), int(was["session_id"])
    kept = rows.SessionCorrection(
        number, now, operator.actor, reason,
        json.dumps({name: was[name] for name in changed}), json.dumps({name: became[name] for name in changed}),
    )  # fmt: skip
    told = events.SessionCorrected(
        charger_id=was["charger_id"],
        session_id=number,
        evse_id=was["evse_id"],
        transaction_id=was["transaction_id"],
        stopped_at=became["stopped_at"],
        energy_wh=became["energy_wh"],
        reason=was["stop_reason"],
        flags=tuple(json.loads(became["flags"])),
        actor=operator.actor,
    )
    row = rows.SessionCorrected(
        **{name: became[name] for name in COLUMNS}, seen=was["seen"], decided=int(decided), session_id=number
    )
    try:
        await operator.commit([row, kept], [told])
    except Conflict:
        again = f"cpoctl session show {number}"
        raise Conflict(f"session {number} has changed meanwhile", target=str(number), hints=[again]) from None
    return became
