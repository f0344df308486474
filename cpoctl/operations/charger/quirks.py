"""List what is peculiar to chargers: the rules that their messages break, and how they move files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from cpoctl.operations import FORMS, Argument, Option, Query, Read, _recipes
from cpoctl.operations.charger import known_spelling
from cpoctl.table import Column, ago, local

Kind = Literal["violations", "transfers"]


@dataclass(frozen=True)
class QuirkRow:
    """A rule that a charger's messages break, or (`kind` is `transfer`) a part of the recipe by which it moves files.

    Of a violation `sample` is how the first message that did begins. Of a recipe `action` is the purpose, `path` which
    part it is, `rule` what holds, and `origin` who says so.
    """

    charger_id: Annotated[str, Column("CHARGER")]
    kind: Annotated[str, Column("KIND", 2)]
    action: Annotated[str, Column("ACTION")]
    path: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE")]
    count: Annotated[int | None, Column("COUNT", 1, "right")] = None
    first_seen_at: Annotated[str | None, Column("FIRST", 4, show=local)] = None
    last_seen_at: Annotated[str | None, Column("LAST", 2, show=ago)] = None
    origin: Annotated[str | None, Column("SAYS WHO", 2)] = None
    message: Annotated[str, Column("MESSAGE", 3)] = ""
    sample: Annotated[str, Column("SAMPLE", 4)] = ""


_VIOLATIONS = """
SELECT charger_id, 'violation' AS kind, action, path, rule, count, first_seen_at, last_seen_at, message, sample
FROM violation WHERE :charger IS NULL OR charger_id = :charger ORDER BY charger_id, count DESC, action, path, rule
"""
_MAKE = "SELECT vendor, model, firmware FROM charger WHERE charger_id = ?"


@dataclass(frozen=True, kw_only=True)
class ListQuirks(Query):
    """List the rules that chargers' messages break, and of one charger also how it moves files.

    What breaks a rule is served all the same; this is what to show the vendor. How chargers of a make move files is
    learned from every transfer, shipped as what the field knows, or set in the config: `cpoctl help files`.
    """

    path = "charger quirks"
    route = "GET /quirks"
    row = QuirkRow
    noun = "quirks"
    examples = (
        "cpoctl charger quirks HQ-07",
        "cpoctl charger quirks HQ-07 --only transfers",
        "cpoctl charger quirks --sort -count --limit 20",
    )

    charger: Annotated[str | None, Argument("the charger's id; all chargers without it", kind="charger")] = None
    only: Annotated[Kind | None, Option("broken rules alone, or how it moves files alone")] = None

    def select(self, read: Read) -> list[QuirkRow]:
        """The most frequent of each charger first."""
        charger = known_spelling(self.charger, read) if self.charger else None
        found = [] if self.only == "transfers" else read(_VIOLATIONS, {"charger": charger})
        rows = [QuirkRow(**record) for record in found]
        return rows if charger is None or self.only == "violations" else [*rows, *_recipe(charger, read)]


def _recipe(charger_id: str, read: Read) -> Iterator[QuirkRow]:
    """The recipe of its make, part by part."""
    found = read(_MAKE, [charger_id])
    vendor, model, firmware = found[0].values() if found else (None, None, None)
    learnt = read(_recipes.LEARNT, [vendor or "", model or ""])
    told, kept = read(_recipes.TOLD, [charger_id]), read(_recipes.CONFIGURED)
    for purpose, aspects in _recipes.ASPECTS.items():
        recipe = _recipes.recipe((vendor, model, firmware), purpose, learnt, told, kept)
        parts = [(f"form {at}", rule) for at, rule in enumerate(recipe.forms(FORMS), 1)]
        for path, rule in [*parts, *((aspect, recipe.rule(aspect)) for aspect in aspects)]:
            yield QuirkRow(
                charger_id=charger_id,
                kind="transfer",
                action=purpose,
                path=path,
                rule=rule.value,
                last_seen_at=rule.at,
                origin=rule.origin,
                message=rule.note,
            )
