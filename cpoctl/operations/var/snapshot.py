"""Write down a charger's variables."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.clock import stored
from cpoctl.domain.secrets import is_secret
from cpoctl.operations import Act, Danger, Operator, Option, Role, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import cached, is_readonly
from cpoctl.operations.var._asking import Asking
from cpoctl.table import Column, local


@dataclass(frozen=True)
class SnapshotVariable:
    """A setting in a snapshot."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    read_at: Annotated[str, Column("READ", 2, show=local)]


@dataclass(frozen=True)
class Snapshot:
    """A charger's settings at one time, without secrets."""

    charger_id: Annotated[str, Column("CHARGER")]
    taken_at: Annotated[str, Column("TAKEN", show=local)]
    vendor: Annotated[str | None, Column("VENDOR")]
    model: Annotated[str | None, Column("MODEL")]
    firmware: Annotated[str | None, Column("FIRMWARE")]
    variables: Annotated[list[SnapshotVariable], Column("VARIABLES")]


@dataclass(frozen=True, kw_only=True)
class TakeSnapshot(Act):
    """Write down a charger's settings as JSON, to compare with or to apply later. Secrets are left out.

    They are those that the charger told earlier; with --refresh it is asked anew. What a charger of OCPP 2.x only
    tells, its state and its readings, is none of its settings.
    """

    path = "var snapshot"
    route = "POST /chargers/{charger}/variables/snapshot"
    row = Snapshot
    told_as = "json"
    danger = Danger.READ
    many_calls = True
    role = Role.VIEWER
    examples = ("cpoctl var snapshot HQ-07 --refresh > HQ-07.json",)

    charger: Charger
    refresh: Annotated[bool, Option("ask the charger first")] = False
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> Snapshot:
        """Everything that is remembered and no secret."""
        charger_id = whole_charger(self.charger, operator.live)
        if self.refresh:
            await Asking(operator, charger_id, self.timeout).ask(settings_only=True)
        known = [record for record in await cached(operator, charger_id) if not is_secret(record["name"])]
        charger = operator.live.charger(charger_id)
        return Snapshot(
            charger_id=charger_id,
            taken_at=stored(operator.clock.now()),
            vendor=charger.vendor if charger else None,
            model=charger.model if charger else None,
            firmware=charger.firmware if charger else None,
            variables=[
                SnapshotVariable(each["name"], each["value"], is_readonly(each["mutability"]), each["read_at"])
                for each in known
            ],
        )
