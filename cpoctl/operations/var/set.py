"""Change one of a charger's variables."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain.secrets import is_secret
from cpoctl.domain.variables import about, guarded, meant
from cpoctl.ocpp.asks import variables
from cpoctl.operations import Act, Answer, Argument, Danger, Operator, Outcome, Role, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import CACHED, keep, shown


@dataclass(frozen=True)
class SetOutcome(Outcome):
    """What the charger said to a change; `name` is what it calls the setting, `note` tells where that is another name."""

    name: str | None = None
    note: str | None = None


async def change(operator: Operator, charger_id: str, name: str, value: str, timeout: float) -> Answer:
    """Ask the charger to change one variable; what it has taken is remembered. OCPP 1.6 §5.3 · OCPP 2.0.1 B05"""
    answer = await operator.call(charger_id, variables.Set(name=name, value=value), timeout=timeout)
    if answer.status == "Accepted" and not answer.error:  # RebootRequired: it has the old one until then
        await keep(operator, charger_id, [variables.holding(name, value, operator.version(charger_id))])
    return answer


@dataclass(frozen=True, kw_only=True)
class SetVariable(Act):
    """Change one of a charger's settings. OCPP 1.6 §5.3 · OCPP 2.0.1 B05

    A secret, SecurityProfile and the server's address want the role admin. RebootRequired: it takes effect with the next
    restart. A name of one version serves chargers of all where it means the same: `cpoctl help variables`.
    """

    path = "var set"
    route = "POST /chargers/{charger}/variables"
    row = SetOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl var set HQ-07 HeartbeatInterval 300 --yes",
        "cpoctl var set DC-01 SampledDataCtrlr.TxUpdatedInterval 60 --yes",
    )

    charger: Charger
    name: Annotated[str, Argument("the setting", kind="variable")]
    value: Annotated[str, Argument("its new value")]
    timeout: Timeout = 30.0

    def role_now(self) -> Role:
        """Secrets are an admin's, and so is what repoints a charger."""  # O-09
        return Role.ADMIN if is_secret(self.name) or guarded(self.name) else self.role

    def consequence(self) -> str:
        """What it will do."""
        return f"set {self.name} of {self.charger} to {shown(self.name, self.value)}"

    async def run(self, operator: Operator) -> SetOutcome:
        """Ask the charger; RebootRequired counts as done."""
        charger_id = whole_charger(self.charger, operator.live)
        answer = await change(operator, charger_id, self.name, self.value, self.timeout)
        own = [record["name"] for record in await operator.store.read(CACHED, [charger_id])]
        version = operator.version(charger_id)
        name = variables.spelled(self.name, version)
        done = accepted(answer, charger_id, ("Accepted", "RebootRequired"), _why_not(name, charger_id, own))
        return SetOutcome(**vars(done), name=name, note=variables.renamed(self.name, version))


def _why_not(name: str, charger_id: str, own: list[str]) -> list[str]:
    known, near = about(name), meant(name, own)
    form = f"cpoctl var list {charger_id} -o wide    {name} is {_form(name)}" if known else ""
    hints = [
        f"{name}: {near.strip(' ()')}" if near else "",
        form,
        f"cpoctl var get {charger_id} {name}    its value, and whether it is read-only"
        if known or name.casefold() in (each.casefold() for each in own)
        else "",
        f"cpoctl var get {charger_id}    all settings that it has",
    ]
    return [hint for hint in hints if hint]


def _form(name: str) -> str:
    known = about(name)
    if known is None:
        return ""
    unit = f" in {known.unit}" if known.unit else ""
    return f"{known.kind}{unit}{', read-only by the standard' if known.access == 'R' else ''}"
