"""Give a charger a DER control: a plain setting, or a whole control."""

from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.ocpp.asks import der
from cpoctl.operations import BITS_31, Act, Danger, JsonText, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations._written import written
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.der import abilities
from cpoctl.operations.der._plain import EXAMPLE, only_whole, plain
from cpoctl.table import Column


@dataclass(frozen=True)
class ControlOutcome(Outcome):
    """What the charger said; a control is cleared by its id. Others may have been superseded by it."""

    control_id: Annotated[str | None, Column("CONTROL")] = None
    superseded: Annotated[list[str] | None, Column("SUPERSEDED", 2, show=", ".join)] = None


@dataclass(frozen=True, kw_only=True)
class SetControl(Act):
    """Give a charger a DER control: a plain setting, or a whole one as JSON. OCPP 2.1 R04

    A scheduled control holds from --from on, or from now, for the time that --for says; a default one
    whenever no scheduled one holds.
    """

    path = "der set"
    route = "POST /chargers/{charger}/der"
    row = ControlOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl der set HQ-07 --limit-max-discharge 50% --for 2h --yes",
        "cpoctl der set HQ-07 --fixed-pf-inject 0.95 --default --yes",
        "cpoctl der set HQ-07 @volt-var.json --yes",
    )

    charger: Charger
    control: Annotated[str | None, JsonText("a whole SetDERControl instead: JSON, @FILE, or - for standard input")] = (
        None
    )
    limit_max_discharge: Annotated[str | None, Option("at most this share of the discharge power, such as 50%")] = None
    fixed_pf_inject: Annotated[float | None, Option("this power factor while discharging, such as 0.95")] = None
    fixed_pf_absorb: Annotated[float | None, Option("this power factor while charging, such as 0.95")] = None
    fixed_var: Annotated[str | None, Option("this share of the reactive power that it can do, -100% to 100%")] = None
    default: Annotated[bool, Option("what holds whenever no scheduled control does")] = False
    since: Annotated[str | None, Option("when it begins: a time, or a duration from now", kind="time", long="from")] = (
        None
    )
    span: Annotated[float | None, Option("how long it holds", kind="duration", long="for", least=1)] = None
    priority: Annotated[
        int | None, Option("of several controls the lowest number counts; 0 without it", least=0, most=BITS_31)
    ] = None
    id: Annotated[str | None, Option("the control's id, which replaces one of that id; a new one without it")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"give {self.charger} a control for the grid: what cars may draw or give back changes"

    async def run(self, operator: Operator) -> ControlOutcome:
        """Ask the charger."""
        name = whole_charger(self.charger, operator.live)
        control = self._wanted(operator)
        answer = await operator.call(name, der.SetControl(control=control), timeout=self.timeout)
        outcome = accepted(answer, name, hints=abilities(name))
        return ControlOutcome(
            **vars(outcome), control_id=control["controlId"], superseded=der.superseded(answer.payload)
        )

    def _wanted(self, operator: Operator) -> dict[str, Any]:
        """The control, plain or as it was written; one without an id or a word of being a default one gets them."""
        control_id = self.id or _new_id()
        if self.control is None:
            return plain(self, control_id, operator.clock.now())
        only_whole(self)
        beside = {} if self.id is None else {"controlId": self.id}
        known = {"isDefault": False, "controlId": control_id}
        return {
            **known,
            **written(self.control, "DER control", lambda it: der.problems({**known, **it, **beside}), [EXAMPLE]),
            **beside,
        }


def _new_id() -> str:
    import secrets  # not at the top: it takes hashlib along

    return secrets.token_hex(8)
