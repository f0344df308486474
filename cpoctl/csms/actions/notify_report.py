"""NotifyReport: a part of the device model, asked for or not. OCPP 2.0.1 B07, B08

Served before the charger is accepted, for it may be asked then (B02). Each variable is remembered under its name; the
value of a secret never is. A charger keeps so many names: more than
any real one has, and fewer than fill a disk.
"""

from typing import Final

from cpoctl.csms.actions import Context, Outcome, Sql, on
from cpoctl.csms.reports import part
from cpoctl.domain.fleet import LiveCharger
from cpoctl.ocpp import v2
from cpoctl.ocpp.asks.variables import reported
from cpoctl.store import rows

NAMES_MOST: Final = 20_000
_KEPT = "SELECT count(*) AS kept FROM variable WHERE charger_id = ?"
_SIXTY_FOUR_BITS = 2**63


def count_kept(call: v2.NotifyReport, charger: LiveCharger, sure: bool) -> Sql | None:
    """How many names the charger has."""
    return _KEPT, (charger.charger_id,)


@on(v2.VERSIONS, v2.NotifyReport, lookup=count_kept, unregistered=True)
def report_v2(call: v2.NotifyReport, ctx: Context) -> Outcome:
    """Remember what it tells, and tell whoever waits for the report."""
    outcome = part(ctx, "NotifyReport", call.request_id, call.seq_no, call.tbc)
    room = NAMES_MOST - (ctx.found[0]["kept"] if ctx.found else 0)
    number = call.request_id if call.request_id is not None and abs(call.request_id) < _SIXTY_FOUR_BITS else None
    kept = [
        rows.Variable(
            ctx.charger.charger_id, each.name, each.value, each.mutability, ctx.received_at, each.component,
            each.data_type, each.unit, each.min_limit, each.max_limit, each.allowed, number,
        )
        for each in reported(call)
    ]  # fmt: skip
    outcome.rows += kept[: max(room, 0)]
    return outcome
