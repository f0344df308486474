"""Send a vendor's own message. OCPP 1.6 §5.6 · OCPP 2.0.1 P01"""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.ocpp.asks import anything
from cpoctl.operations import Act, Answer, Argument, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column


@dataclass(frozen=True)
class TransferOutcome(Outcome):
    """The outcome of a vendor's message, with what the charger said to it."""

    data: Annotated[str | None, Column("DATA")] = None


@dataclass(frozen=True, kw_only=True)
class Transfer(Act):
    """Send a vendor's own message and show what the charger says to it. OCPP 1.6 §5.6 · OCPP 2.0.1 P01"""

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
        name = whole_charger(self.charger, operator.live)
        ask = anything.Transfer(vendor_id=self.vendor, message_id=self.message_id, data=self.data)
        answer = await operator.call(name, ask, timeout=self.timeout)
        outcome = accepted(answer, name, hints=self._next(answer, name))
        return TransferOutcome(**vars(outcome), data=ask.read(answer.payload))

    def _next(self, answer: Answer, name: str) -> list[str]:
        match answer.status:
            case "UnknownVendorId":
                return [f"cpoctl charger show {name}    its vendor; the id is often the vendor's domain, reversed"]
            case "UnknownMessageId" if self.message_id is None:
                return [f"cpoctl ocpp transfer {name} {self.vendor} --message-id ID --yes    it wants a message named"]
            case _:
                return []
