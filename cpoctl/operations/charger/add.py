"""Add a charger, so that it may connect."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import Act, Argument, Operator, Outcome, Role, must_be_word
from cpoctl.operations.charger.approve import decide
from cpoctl.store import rows


@dataclass(frozen=True, kw_only=True)
class AddCharger(Act):
    """Add a charger, so that it may connect. One that was removed starts afresh, without a password."""

    path = "charger add"
    route = "POST /chargers"
    row = Outcome
    role = Role.ADMIN
    examples = ("cpoctl charger add HQ-07",)

    charger: Annotated[str, Argument("the id that the charger uses in its URL")]

    async def run(self, operator: Operator) -> Outcome:
        """Record it as accepted; one that waits for approval is approved."""
        must_be_id(self.charger)
        known = operator.live.charger(self.charger)
        if known is not None and known.known:
            raise Conflict(
                f"charger {known.charger_id} exists already",
                target=known.charger_id,
                hints=[f"cpoctl charger show {known.charger_id}"],
            )
        if known is not None:
            return await decide(operator, known.charger_id, "Accepted")
        must_be_word(self.charger, "charger")
        name = operator.live.spelled(self.charger)
        added = events.ChargerAdded(charger_id=name, registration="Accepted", known=True)
        row = rows.Charger(name, "Accepted", 1, stored(operator.clock.now()))
        await operator.commit([row], [added])
        return Outcome(name, True, "Added")


def must_be_id(text: str) -> None:
    """Raise UsageProblem for what no charger can call itself in its URL."""
    from cpoctl.domain.chargers import valid_id

    if not valid_id(text):
        raise UsageProblem(
            f"{text!r} cannot be a charger's id: 1 to 48 of A-Z a-z 0-9 * - _ = : + | @ . and blank",
            target=text,
            hints=["cpoctl charger add HQ-07    an id that can be"],
        )
