"""Set a charger's password: one from a file, a generated one, or a new one given to the charger itself."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl import events
from cpoctl.errors import ChargerOffline, UsageProblem
from cpoctl.ocpp.asks import chargers
from cpoctl.operations import (
    Act,
    Danger,
    Operator,
    Option,
    Outcome,
    Role,
    Secret,
    accepted,
    known_charger,
)
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.store import rows
from cpoctl.table import Column


@dataclass(frozen=True)
class PasswordOutcome(Outcome):
    """The outcome of a password change; a generated password is told once and never again."""

    password: Annotated[str | None, Column("PASSWORD")] = None


@dataclass(frozen=True, kw_only=True)
class SetPassword(Act):
    """Set a charger's password: one from a file, or a generated one that is shown once.

    With --rotate it is sent to the charger as well; the old one works until the charger has accepted the new one
    or used it. OCPP 1.6 security whitepaper, AuthorizationKey · OCPP 2.0.1 A01
    """

    path = "charger password"
    route = "POST /chargers/{charger}/password"
    row = PasswordOutcome
    role = Role.ADMIN
    danger = Danger.DISRUPTS
    examples = (
        "cpoctl charger password HQ-07 --generate --yes",
        "cpoctl charger password HQ-07 --rotate --yes",
        "cpoctl charger password HQ-07 --password-file key.txt --yes",
    )

    charger: Charger
    password: Annotated[str | None, Secret("the password")] = None
    generate: Annotated[bool, Option("make one and show it once")] = False
    rotate: Annotated[bool, Option("make one and give it to the charger itself")] = False
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"change the password of {self.charger}: without the new one it cannot connect"

    async def run(self, operator: Operator) -> PasswordOutcome:
        """Keep the hash; the password itself is kept nowhere."""
        name = known_charger(self.charger, operator.live)
        if [self.password is not None, self.generate, self.rotate].count(True) != 1:
            raise UsageProblem(
                "say one of --password-file FILE, --generate and --rotate",
                hints=[f"cpoctl charger password {name} --generate --yes"],
            )
        if self.rotate:
            return await self._rotate(operator, name)
        password = self.password if self.password is not None else operator.new_password()
        if self.password is not None and len(password.encode()) < 16:
            raise UsageProblem(  # A00.FR.205
                f"a password has at least 16 characters, this one {len(password)}",
                target=name,
                hints=[f"cpoctl charger password {name} --generate --yes"],
            )
        await _keep(operator, name, await operator.hashed(password), None)
        return PasswordOutcome(name, True, "Changed", password=password if self.generate else None)

    async def _rotate(self, operator: Operator, name: str) -> PasswordOutcome:
        charger = operator.live.charger(name)
        if charger is None or not charger.connected:
            raise ChargerOffline(f"{name} is not connected", target=name, hints=[f"cpoctl charger show {name}"])
        password, old = operator.new_password(), charger.password_hash
        new = await operator.hashed(password)
        await _keep(operator, name, old, new)  # both work until the charger has decided (A01.FR.03, A01.FR.04)
        answer = await operator.call(name, chargers.SetPassword(password=password), timeout=self.timeout)
        if answer.status not in ("Accepted", "RebootRequired"):
            await _keep(operator, name, old, None)
        outcome = accepted(answer, name, ("Accepted", "RebootRequired"))
        if answer.status == "Accepted":
            await _keep(operator, name, new, None)
        return PasswordOutcome(**vars(outcome))


async def _keep(operator: Operator, name: str, current: str | None, following: str | None) -> None:
    changed = events.PasswordChanged(charger_id=name, password_hash=current, password_next_hash=following)
    await operator.commit([rows.ChargerPassword(current, following, name)], [changed])
