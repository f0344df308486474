"""List the rules that chargers' messages break."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.operations import Argument, Query, Read
from cpoctl.operations.charger import known_spelling
from cpoctl.table import Column, ago, local


@dataclass(frozen=True)
class ViolationRow:
    """A rule that a charger's messages break; `sample` is how the first message that did begins."""

    charger_id: Annotated[str, Column("CHARGER")]
    action: Annotated[str, Column("ACTION")]
    path: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE")]
    count: Annotated[int, Column("COUNT", align="right")]
    first_seen_at: Annotated[str, Column("FIRST", 3, show=local)]
    last_seen_at: Annotated[str, Column("LAST", 2, show=ago)]
    message: Annotated[str, Column("MESSAGE", 2)]
    sample: Annotated[str, Column("SAMPLE", 3)]


_VIOLATIONS = """
SELECT charger_id, action, path, rule, count, first_seen_at, last_seen_at, message, sample FROM violation
WHERE :charger IS NULL OR charger_id = :charger ORDER BY charger_id, count DESC, action, path, rule
"""


@dataclass(frozen=True, kw_only=True)
class ListQuirks(Query):
    """List the rules that chargers' messages break, each with how often and a sample of the first time.

    What breaks a rule is served all the same; this is what to show the vendor.
    """

    path = "charger quirks"
    route = "GET /quirks"
    row = ViolationRow
    noun = "quirks"
    examples = ("cpoctl charger quirks HQ-07", "cpoctl charger quirks --sort -count --limit 20")

    charger: Annotated[str | None, Argument("the charger's id; all chargers without it", kind="charger")] = None

    def select(self, read: Read) -> list[ViolationRow]:
        """The most frequent of each charger first."""
        charger = known_spelling(self.charger, read) if self.charger else None
        return [ViolationRow(**record) for record in read(_VIOLATIONS, {"charger": charger})]
