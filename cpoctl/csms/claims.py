"""Claims: what a charger tells of a session after somebody has decided what it was.

The decision stands: somebody gave a reason for it, and a bill may have gone out. What is told otherwise is kept beside it,
where `session review` shows it and `session correct --as-told` takes it over.
"""

from collections.abc import Mapping
from typing import Any

from cpoctl.csms.actions import Context
from cpoctl.csms.metering import text
from cpoctl.store import rows

_REGISTERS = frozenset({"meter_start_wh", "meter_stop_wh"})


def claimed(earlier: Mapping[str, Any], ctx: Context, **told: Any) -> list[rows.Row]:
    """What to keep of a word on a decided session: the columns that are told and are otherwise; nothing where none is."""
    says = {name: value for name, value in told.items() if value is not None and value != earlier[name]}
    agreed = told.get("energy_wh") is not None and says.keys() <= _REGISTERS
    return [] if agreed or not says else [rows.SessionClaim(earlier["session_id"], ctx.received_at, text(says))]
