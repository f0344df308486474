"""Keep a charging profile under a name."""

import json
import re
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.clock import stored
from cpoctl.errors import Conflict, UsageProblem
from cpoctl.operations import BITS_31, Act, JsonText, Operator, Option
from cpoctl.operations.profile import Kind, Purpose, read_profile
from cpoctl.operations.profile._kept import FIRST_NUMBER, KEPT, Name, ProfileRow, row, text_of
from cpoctl.operations.profile._plain import Plain, only_whole
from cpoctl.store import rows

_NAME = re.compile(r"[\w.\-]{1,48}")


@dataclass(frozen=True, kw_only=True)
class AddProfile(Act):
    """Keep a charging profile under a name: a plain limit, or a whole one as JSON. `profile set` sends it.

    A plain limit is one for any session unless --purpose says something else. Rules of the standard that the profile
    breaks are told as warnings.
    """

    path = "profile add"
    route = "POST /profiles"
    row = ProfileRow
    examples = (
        "cpoctl profile add night --limit 16A --note 'while the kitchen is open'",
        "cpoctl profile add weekend @profile.json",
    )

    name: Name
    profile: Annotated[str | None, JsonText("a whole profile instead: JSON, @FILE, or - for standard input")] = None
    limit: Annotated[str | None, Option("such as 16A, 7400W or 11kW")] = None
    phases: Annotated[int | None, Option("how many phases may be used", least=1, most=3)] = None
    purpose: Annotated[Purpose | None, Option("what it limits: the charger, any session, or the one that runs")] = None
    stack_level: Annotated[
        int | None, Option("of several profiles the highest level counts; 0 without it", least=0, most=BITS_31)
    ] = None
    kind: Annotated[Kind | None, Option("begins now, or with each session; 2.1: changed while it applies")] = None
    id: Annotated[int | None, Option("the profile's number; one of its own without it", least=0, most=BITS_31)] = None
    note: Annotated[str | None, Option("what it is for")] = None

    async def run(self, operator: Operator) -> ProfileRow:
        """Keep it."""
        if not _NAME.fullmatch(self.name):
            raise UsageProblem(
                f"a profile's name has 1 to 48 letters, digits, dots and dashes: {self.name!r}",
                hints=["cpoctl profile add night --limit 16A"],
            )
        every = await operator.store.read(KEPT)
        if any(record["name"].casefold() == self.name.casefold() for record in every):
            raise Conflict(
                f"the profile {self.name} exists already",
                target=self.name,
                hints=[f"cpoctl profile edit {self.name} --limit 16A    change it", f"cpoctl profile show {self.name}"],
            )
        numbers = [json.loads(record["profile"])["id"] for record in every]
        profile = self._profile(max([FIRST_NUMBER - 1, *numbers]) + 1, operator)
        made = rows.Profile(self.name, text_of(profile), self.note, stored(operator.clock.now()))
        await operator.commit([made])
        return row(made._asdict())

    def _profile(self, number: int, operator: Operator) -> dict[str, Any]:
        if self.profile is not None:
            only_whole(self, ("limit", "phases", "purpose", "stack_level", "kind", "id"))
            return read_profile(self.profile)
        purpose = self.purpose or "tx-default"
        plain = Plain(
            limit=self.limit,
            phases=self.phases,
            purpose=purpose,
            level=self.stack_level or 0,
            kind=self.kind or ("absolute" if purpose == "charge-point-max" else "relative"),
            number=number if self.id is None else self.id,
        )
        return plain.profile(operator.clock.now())
