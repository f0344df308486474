"""Correcting: a session becomes what somebody, or a new computation, says it was; what it was before is kept beside it."""

import json
from typing import Any

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.operations import Operator
from cpoctl.store import rows

RECORD = """
SELECT session_id, charger_id, evse_id, transaction_id, started_at, stopped_at, meter_start_wh, meter_stop_wh, energy_wh,
       tag_id, tag_status, flags, stop_reason FROM session s
"""
COLUMNS = rows.SessionCorrected._fields[:-1]
"""What of a session may be corrected."""


async def correct(was: dict[str, Any], changes: dict[str, Any], reason: str, operator: Operator) -> dict[str, Any]:
    """Write down a session with changes, and what it was; the record as it is now. `flags` is JSON, as in the record."""
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
    row = rows.SessionCorrected(**{name: became[name] for name in COLUMNS}, session_id=number)
    await operator.commit([row, kept], [told])
    return became
