"""Keep what a charger tells of itself over OCPP, beside what it uploads."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import stored
from cpoctl.domain.secrets import is_secret
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var._asking import NOTHING, Asking
from cpoctl.operations.var.report import reported
from cpoctl.table import Column, megabytes, record

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger


@dataclass(frozen=True)
class SnapshotOutcome(Outcome):
    """What was kept: `upload` is its number among the uploads."""

    file: Annotated[str | None, Column("FILE")] = None
    upload: Annotated[int | None, Column("UPLOAD", 2, "right")] = None
    bytes: Annotated[int | None, Column("SIZE", 2, "right", megabytes)] = None


@dataclass(frozen=True, kw_only=True)
class KeepSnapshot(Act):
    """Ask a charger for everything that it tells of itself and keep it as an upload. OCPP 1.6 §5.8 · OCPP 2.0.1 B07

    It is a JSON file: the settings of 1.6, of 2.x the full inventory, its state included. Secrets are left out. It is
    there also where a charger uploads nothing; two of them show what has changed between.
    """

    path = "diag snapshot"
    route = "POST /chargers/{charger}/diagnostics/snapshot"
    row = SnapshotOutcome
    danger = Danger.READ
    many_calls = True
    examples = ("cpoctl diag snapshot HQ-07", "cpoctl diag snapshot HQ-07 --out hq-07.json")

    charger: Charger
    out: Annotated[str | None, Option("write the file here as well; - is standard output", kind="save")] = None
    timeout: Timeout = 60.0

    async def run(self, operator: Operator) -> SnapshotOutcome:
        """Ask, and keep the answer."""
        name, now = whole_charger(self.charger, operator.live), operator.clock.now()
        asking = Asking(operator, name, self.timeout)
        await asking.ask()
        told = [reported(each) for each in asking.told.values() if each.known and not is_secret(each.name)]
        facts = {"charger_id": name, "taken_at": stored(now), "ocpp": str(operator.version(name))}
        facts |= _told_before(operator.live.charger(name)) | {"variables": [record(each) for each in told]}
        content = json.dumps(facts, indent=1, ensure_ascii=False).encode()
        file = f"snapshot-{now:%Y%m%d-%H%M%S}.json"
        number = await operator.files.keep(name, file, content)
        outcome = accepted(asking.answer, name, ("Accepted", "Answered", NOTHING))
        return SnapshotOutcome(**vars(outcome), file=file, upload=number, bytes=len(content))


def _told_before(charger: "LiveCharger | None") -> dict[str, Any]:
    """What its boot and its states have told."""
    if charger is None:
        return {}
    states = {str(number): {"status": evse.status, "error": evse.error_code} for number, evse in charger.evses.items()}
    what = ("vendor", "model", "serial", "firmware")
    return {name: getattr(charger, name) for name in what} | {"evses": states}
