"""Change the tariff of a session that runs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpoctl.ocpp.asks import tariffs
from cpoctl.operations import Act, Danger, Operator, Outcome, accepted
from cpoctl.operations.charger import Timeout
from cpoctl.operations.session import SessionAt, charger_of, open_session
from cpoctl.operations.tariff import Tariff, read_tariff, why_not
from cpoctl.operations.tariff.push import TariffOutcome

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


@dataclass(frozen=True, kw_only=True)
class ChangeTariff(Act):
    """Change the tariff by which the charger reckons a session that runs. OCPP 2.1 I11

    Many countries forbid it: the price that was shown at the start holds until the end.
    """

    path = "session tariff"
    route = "POST /sessions/{session}/tariff"
    row = TariffOutcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl session tariff 42 @tariff.json --yes",)

    session: SessionAt
    tariff: Tariff
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"change the price of session {self.session} while it runs"

    async def run(self, operator: Operator) -> Outcome:
        """Ask the charger; the currency must stay."""
        charger, session = await open_session(self.session, operator)
        tariff = read_tariff(self.tariff, charger.charger_id)
        ask = tariffs.ChangeOfTransaction(
            tariff=tariff, transaction_id=session.transaction_id, session_id=session.session_id
        )
        answer = await operator.call(charger.charger_id, ask, timeout=self.timeout)
        outcome = accepted(answer, str(session.session_id), hints=why_not(charger.charger_id))
        return TariffOutcome(**vars(outcome), tariff_id=tariff["tariffId"])

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger of the session."""
        return charger_of(self.session, live)
