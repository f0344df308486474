"""Send any action with any payload, as the standard has it."""

import json
import re
from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import Unsupported, UsageProblem
from cpoctl.ocpp.asks import anything
from cpoctl.operations import REFUSALS, Act, Danger, JsonText, Operator, Option, Outcome, Role, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.ocpp import Action
from cpoctl.table import Column


@dataclass(frozen=True)
class CallOutcome(Outcome):
    """What the charger said, with both frames. A CallError, or an answer that says no, is Refused."""

    action: Annotated[str, Column("ACTION", 2)] = ""
    sent: Annotated[str, Column("SENT", 4)] = ""
    received: Annotated[str, Column("RECEIVED")] = ""


_SEVERE = frozenset({"UpdateFirmware", "SignedUpdateFirmware", "DeleteCertificate", "SetNetworkProfile"})
_SEVERE_WITH = {"Reset": re.compile("Hard|Immediate"), "CustomerInformation": re.compile(r'"clear"\s*:\s*true')}
"""What is severe only with this in its payload."""
_ASKING = frozenset(
    {
        "ExtendedTriggerMessage",
        "GetBaseReport",
        "GetChargingProfiles",
        "GetCompositeSchedule",
        "GetConfiguration",
        "GetDERControl",
        "GetDisplayMessages",
        "GetInstalledCertificateIds",
        "GetLocalListVersion",
        "GetMonitoringReport",
        "GetPeriodicEventStream",
        "GetReport",
        "GetTariffs",
        "GetTransactionStatus",
        "GetVariables",
        "TriggerMessage",
    }
)
"""What only asks the charger to tell something."""


@dataclass(frozen=True, kw_only=True)
class CallAction(Act):
    """Send any action with any payload. It is checked against the official schema first, unless forced.

    The schema is that of the charger's version: `cpoctl ocpp actions` lists what each version has.
    """

    path = "ocpp call"
    route = "POST /chargers/{charger}/call"
    row = CallOutcome
    danger = Danger.DISRUPTS
    role = Role.ADMIN
    examples = (
        "cpoctl ocpp call HQ-07 ClearCache '{}' --yes",
        "cpoctl ocpp call HQ-07 SetChargingProfile @profile.json --yes",
        "cpoctl ocpp call HQ-07 GetVariables @wanted.json -o json | jq .answer.getVariableResult",
        "cpoctl ocpp call --model 'AC-*' TriggerMessage @status.json --yes --parallel 4",
        "jq -c . profile.json | cpoctl ocpp call HQ-07 SetChargingProfile - --yes",
    )

    charger: Charger
    action: Action
    payload: Annotated[str, JsonText("its payload: JSON, @FILE, or - for standard input")] = "{}"
    force: Annotated[bool, Option("send it even if the schema disagrees")] = False
    timeout: Timeout = 30.0

    def danger_now(self) -> Danger:
        """As much as the command of its own that the action has."""
        if self.action in _ASKING:
            return Danger.HARMLESS
        wanted = _SEVERE_WITH.get(self.action)
        severe = self.action in _SEVERE or (wanted is not None and wanted.search(self.payload) is not None)
        return Danger.SEVERE if severe else Danger.DISRUPTS

    def consequence(self) -> str:
        """What it will do."""
        return f"send {self.action} to {self.charger}"

    def confirm_with(self) -> str:
        """The charger's id."""
        return self.charger

    async def run(self, operator: Operator) -> CallOutcome:
        """Send the payload exactly as it was given."""
        charger_id = whole_charger(self.charger, operator.live)
        _object(self.payload, charger_id)
        ask = anything.Anything(action=self.action, payload=self.payload, even_unknown=self.force)
        try:
            answer = await operator.call(charger_id, ask, timeout=self.timeout, check=not self.force)
        except (UsageProblem, Unsupported) as problem:
            problem.hints = (*problem.hints, "add --force to send it all the same")
            raise
        if answer.error or answer.status in REFUSALS:
            accepted(answer, charger_id, ())
        return CallOutcome(
            charger_id,
            True,
            answer.status,
            answer.latency_ms,
            answer.command_id,
            answer.payload,
            action=self.action,
            sent=answer.sent,
            received=answer.received,
        )


def _object(text: str, charger: str) -> None:
    example = f"cpoctl ocpp call {charger} ClearCache '{{}}' --yes    a payload that is one"
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise UsageProblem(
            f"the payload is not JSON: {error.msg} at line {error.lineno}, column {error.colno}",
            hints=[example],
        ) from None
    except RecursionError:
        raise UsageProblem("the payload is nested too deeply", hints=[example]) from None
    if not isinstance(value, dict):
        raise UsageProblem(
            f"the payload must be a JSON object, not {type(value).__name__}",
            hints=[example],
        )
