"""Have a charger report what variables it has, and what each of them may be."""

from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.domain.variables import about
from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks.variables import Told
from cpoctl.operations import Act, Danger, Operator, Option, Role, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import is_readonly
from cpoctl.operations.var._asking import Asking
from cpoctl.operations.var.list import limits
from cpoctl.table import Column

Base = Literal["full", "configuration", "summary"]
Criterion = Literal["active", "available", "enabled", "problem"]


@dataclass(frozen=True)
class ReportedVariable:
    """A variable as the charger reports it; secrets are masked."""

    name: Annotated[str, Column("VARIABLE")]
    value: Annotated[str | None, Column("VALUE")]
    readonly: Annotated[bool | None, Column("READ-ONLY", 2)]
    kind: Annotated[str | None, Column("TYPE", 2)]
    unit: Annotated[str | None, Column("UNIT", 2)]
    limits: Annotated[str | None, Column("LIMITS", 3)]
    allowed: Annotated[str | None, Column("ALLOWED", 4)]
    mutability: Annotated[str | None, Column("MUTABILITY", 4)]
    component: Annotated[str | None, Column("COMPONENT", 4)]
    meaning: Annotated[str | None, Column("MEANING", 4)]


@dataclass(frozen=True, kw_only=True)
class ReportVariables(Act):
    """Have a charger report its variables: the whole device model, or a part of it. OCPP 1.6 §5.8 · OCPP 2.0.1 B07, B08

    What it tells is remembered: `var list`. OCPP 1.6 tells its settings, as `var get` does, and takes no choice.
    """

    path = "var report"
    route = "POST /chargers/{charger}/variables/report"
    row = ReportedVariable
    danger = Danger.READ
    many_calls = True
    role = Role.VIEWER
    examples = (
        "cpoctl var report HQ-07",
        "cpoctl var report DC-01 --base configuration -o wide",
        "cpoctl var report DC-01 --component EVSE:1 --component OCPPCommCtrlr.HeartbeatInterval",
        "cpoctl var report DC-01 --criteria problem",
    )

    charger: Charger
    base: Annotated[Base | None, Option("full; configuration: what can be set; summary: what is faulted or away")] = (
        None
    )
    component: Annotated[
        tuple[str, ...], Option("of this component, or this variable of it; more than once for several")
    ] = ()
    criteria: Annotated[
        tuple[Criterion, ...],
        Option("of components that are active, available, enabled or have a problem; may be repeated"),
    ] = ()
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[ReportedVariable]:
        """Ask, and wait until the report has ended."""
        self._must_be_meant()
        charger_id = whole_charger(self.charger, operator.live)
        asking = Asking(operator, charger_id, self.timeout)
        await asking.report(base=self.base, components=self.component, criteria=self.criteria)
        return [reported(each) for each in asking.told.values() if each.known]

    def _must_be_meant(self) -> None:
        if self.base is not None and (self.component or self.criteria):
            raise UsageProblem(
                "--base is the whole of something: not with --component or --criteria",
                hints=[f"cpoctl var report {self.charger}"],
            )


def reported(told: Told) -> ReportedVariable:
    """A variable as a report lists it."""
    known = about(told.name)
    return ReportedVariable(
        name=told.name,
        value=told.value,
        readonly=is_readonly(told.mutability),
        kind=told.data_type or (known.kind if known else None),
        unit=told.unit,
        limits=limits(told.min_limit, told.max_limit),
        allowed=told.allowed,
        mutability=told.mutability,
        component=told.component,
        meaning=known.meaning if known else None,
    )
