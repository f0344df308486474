"""Send a vendor's own message. OCPP 1.6 §5.6"""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.operations import Act, Answer, Argument, Danger, Operator, Option, Outcome, Request, accepted, target
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column


@dataclass(frozen=True)
class TransferOutcome(Outcome):
    """The outcome of a vendor's message, with what the charger said to it."""

    data: Annotated[str | None, Column("DATA")] = None


@dataclass(frozen=True, kw_only=True)
class Transfer(Act):
    """Send a vendor's own message and show what the charger says to it. OCPP 1.6 §5.6"""

    path = "ocpp transfer"
    route = "POST /chargers/{charger}/transfer"
    row = TransferOutcome
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl ocpp transfer HQ-07 com.acme --message-id SetLight --data on --yes",
        "printf %s '{\"level\": 3}' | cpoctl ocpp transfer HQ-07 com.acme --data - --yes",
    )

    charger: Charger
    vendor: Annotated[str, Argument("the vendor's id, as its manual gives it")]
    message_id: Annotated[str | None, Option("which of the vendor's messages it is")] = None
    data: Annotated[str | None, Option("what it says: the text itself, @FILE, or - for stdin", kind="file")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"send {self.charger} a message of {self.vendor}'s own, which may do anything"

    async def run(self, operator: Operator) -> TransferOutcome:
        """Send the data exactly as it was given."""
        name = target(self.charger, operator.live).charger_id
        given = {"vendorId": self.vendor, "messageId": self.message_id, "data": self.data}
        request = Request("DataTransfer", {key: value for key, value in given.items() if value is not None})
        answer = await operator.call(name, request, timeout=self.timeout)
        outcome = accepted(answer, name, hints=self._next(answer, name))
        return TransferOutcome(**vars(outcome), data=_text(answer.payload.get("data")))

    def _next(self, answer: Answer, name: str) -> list[str]:
        match answer.status:
            case "UnknownVendorId":
                return [f"cpoctl charger show {name}    its vendor; the id is often the vendor's domain, reversed"]
            case "UnknownMessageId" if self.message_id is None:
                return [f"cpoctl ocpp transfer {name} {self.vendor} --message-id ID --yes    it wants a message named"]
            case _:
                return []


def _text(data: Any) -> str | None:
    """The answer's data; what is no text, as the standard wants it, is told as JSON."""
    return data if data is None or isinstance(data, str) else json.dumps(data)
