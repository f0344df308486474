"""Forget a kept tariff."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.errors import Conflict
from cpoctl.operations import Act, Danger, Operator, Option, Outcome, Role
from cpoctl.operations.tariff._kept import TariffId, kept
from cpoctl.store import rows

_USED = """
SELECT (SELECT count(*) FROM tariff_assignment WHERE tariff_id = :tariff AND version = :version) AS assignments,
       EXISTS (SELECT 1 FROM session_price WHERE tariff_id = :tariff AND version = :version) AS prices
"""


@dataclass(frozen=True, kw_only=True)
class RemoveTariff(Act):
    """Forget a version of a tariff that was never assigned. One that was stays: sessions are explained by it."""

    path = "tariff rm"
    route = "DELETE /tariffs/{tariff}"
    row = Outcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = ("cpoctl tariff rm draft --yes",)

    tariff: TariffId
    version: Annotated[str | None, Option("this version, or how it begins; the newest without it")] = None

    def consequence(self) -> str:
        """What it will do."""
        return f"forget the tariff {self.tariff}"

    async def run(self, operator: Operator) -> Outcome:
        """Forget it, unless something was ever priced by it or could have been."""
        record = await kept(operator, self.tariff, self.version)
        name, version = record["tariff_id"], record["version"]
        used = (await operator.store.read(_USED, {"tariff": name, "version": version}))[0]
        if used["assignments"] or used["prices"]:
            raise Conflict(
                f"tariff {name} was assigned: sessions are explained by it",
                target=name,
                hints=[f"cpoctl tariff show {name}    where it holds or held"],
            )
        gone = events.TariffChanged(tariff_id=name, version=version, removed=True)
        await operator.commit([rows.TariffRemoved(name, version)], [gone])
        return Outcome(name, True, "Removed")
