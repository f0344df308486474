"""Ask a charger what it knows of a customer, or make it forget that. OCPP 2.0.1 N09, N10"""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import TimedOut, UsageProblem
from cpoctl.ocpp.asks import customers
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role, accepted, new_request_id, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.tag import TagType
from cpoctl.table import Column


@dataclass(frozen=True)
class CustomerOutcome(Outcome):
    """The outcome; `told` is what the charger knows, in its own words. Null: it was not asked to tell."""

    told: Annotated[str | None, Column("TOLD")] = None


@dataclass(frozen=True, kw_only=True)
class AskCustomer(Act):
    """Ask a charger what it knows of a customer; with --clear it also forgets that. OCPP 2.0.1 N09, N10"""

    path = "charger customer-info"
    route = "POST /chargers/{charger}/customer-info"
    row = CustomerOutcome
    role = Role.ADMIN
    danger = Danger.HARMLESS
    examples = (
        "cpoctl charger customer-info HQ-07 --tag ANNA-K",
        "cpoctl charger customer-info HQ-07 --tag ANNA-K --clear --confirm ANNA-K",
        "cpoctl charger customer-info HQ-07 --identifier 4711 --clear --silent --confirm 4711",
    )

    charger: Charger
    tag: Annotated[str | None, Option("the customer with this tag", kind="tag")] = None
    identifier: Annotated[str | None, Option("the customer by any other name that the charger knows")] = None
    clear: Annotated[bool, Option("make it forget as well: also what it would need to bill")] = False
    silent: Annotated[bool, Option("with --clear: without telling it first")] = False
    tag_type: TagType = None
    timeout: Timeout = 60.0

    def danger_now(self) -> Danger:
        """What is forgotten cannot be had back."""
        return Danger.SEVERE if self.clear else Danger.HARMLESS

    def consequence(self) -> str:
        """What it will do."""
        who = self.tag or self.identifier
        return f"make {self.charger} {'forget' if self.clear else 'tell'} what it knows of {who}"

    def confirm_with(self) -> str:
        """Who is forgotten."""
        return self.tag or self.identifier or ""

    async def run(self, operator: Operator) -> CustomerOutcome:
        """Ask the charger, and wait for what it tells."""
        name = whole_charger(self.charger, operator.live)
        self._must_mean_something(name)
        number = new_request_id()
        ask = customers.AskCustomer(
            request_id=number,
            report=not self.silent,
            clear=self.clear,
            tag=self.tag,
            tag_type=self.tag_type,
            identifier=self.identifier,
        )
        if self.silent:
            return CustomerOutcome(**vars(accepted(await operator.call(name, ask, timeout=self.timeout), name)))
        report = await operator.report(
            name, ask, of="NotifyCustomerInformation", request_id=number, timeout=self.timeout
        )
        done = accepted(report.answer, name)
        told = "".join(str(part.get("data", "")) for part in report.parts)
        if not report.whole:
            raise TimedOut(
                f"{name} answered {done.status}, and then did not tell all within {self.timeout:g} s",
                target=name,
                hints=[f"cpoctl log list {name} --last 10    what it has told"],
                detail={"told": told},
            )
        return CustomerOutcome(**vars(done), told=told)

    def _must_mean_something(self, name: str) -> None:
        again = f"cpoctl charger customer-info {name} --tag ANNA-K"
        if (self.tag is None) == (self.identifier is None):
            raise UsageProblem("say one of --tag and --identifier", target=name, hints=[again])
        if self.silent and not self.clear:
            raise UsageProblem("--silent without --clear asks for nothing", target=name, hints=[again])
