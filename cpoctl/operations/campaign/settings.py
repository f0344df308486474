"""Draft a campaign that gives chargers settings."""

import json
from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain import snapshots
from cpoctl.domain.campaign_plans import Meant
from cpoctl.domain.secrets import is_secret
from cpoctl.domain.variables import guarded
from cpoctl.errors import UsageProblem
from cpoctl.operations import Operator, Option, Role
from cpoctl.operations.campaign._draft import Drafting, Purpose
from cpoctl.operations.var.apply import ApplyVariables


@dataclass(frozen=True, kw_only=True)
class DraftSettings(Drafting):
    """Draft a campaign that gives chargers the settings of a file, a few at a time; `campaign start` begins it.

    Each charger gets what `var apply` would do: only what differs and can be changed. Secrets are left out of it.
    """

    path = "campaign settings"
    route = "POST /campaigns/settings"
    examples = (
        "cpoctl campaign settings heartbeat --site 'HQ*' --file hq.toml --dry-run",
        "cpoctl campaign settings heartbeat --all --file hq.toml --canary 2 --rate 60/h",
    )

    file: Annotated[str, Option("the file with the settings, as `var snapshot` writes it or name = value", kind="path")]
    idle: Annotated[bool, Option("only when no session is running")] = False

    def role_now(self) -> Role:
        """What repoints a charger is an admin's; a dry run only reads."""  # O-09
        try:
            touched = () if self.dry_run else snapshots.read(self.file)
        except UsageProblem:  # told when it runs
            touched = ()
        return Role.ADMIN if any(map(guarded, touched)) else self.role

    async def purpose(self, operator: Operator) -> Purpose:
        """The settings that are no secrets."""
        named = snapshots.read(self.file)
        wanted = {name: value for name, value in named.items() if not is_secret(name)}
        if not wanted:
            raise UsageProblem("the file has no setting but secrets", hints=["cpoctl charger password --help"])
        what = f"{len(wanted)} setting{'' if len(wanted) == 1 else 's'}"
        if secrets := len(named) - len(wanted):
            what += f" ({secrets} secret{'' if secrets == 1 else 's'} left out)"
        snapshot = json.dumps([{"name": name, "value": value} for name, value in wanted.items()])
        return Purpose(ApplyVariables, {"snapshot": snapshot}, what, Meant())
