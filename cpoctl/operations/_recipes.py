"""Recipes: how chargers of a make move files, and who says so: the config, what was learned, what is shipped.

Pure: the records come in. The server makes its URLs by them, `charger quirks` shows them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from cpoctl import knowledge
from cpoctl.store import Record

Make = tuple[str | None, str | None, str | None]
"""Vendor, model and firmware as the charger told them."""
Aspect = Literal["url", "dates", "fetch"]
LEARNT: Final = """
SELECT purpose, form, firmware, worked_at, failed_at FROM transfer_form WHERE vendor = ? AND model = ? ORDER BY form
"""
TOLD: Final = """
SELECT value FROM variable WHERE charger_id = ?
AND name IN ('SupportedFileTransferProtocols', 'OCPPCommCtrlr.FileTransferProtocols') AND value <> ''
"""
CONFIGURED: Final = "SELECT recipes FROM file_recipes"
ASPECTS: Final[dict[str, tuple[Aspect, ...]]] = {"firmware": ("fetch",), "diagnostics": ("url", "dates")}
_DEFAULTS: Final[dict[Aspect, str]] = {"url": "slash", "dates": "asked", "fetch": "now"}
_NAMED, _SURE, _OF_ITS_MODEL, _SHIPPED, _SAYS_SO, _UNKNOWN, _FAILED = range(7)


@dataclass(frozen=True)
class Rule:
    """A part of a recipe, and who says so: `config NAME`, `learned`, `shipped VENDOR`, `charger`, or nobody."""

    value: str
    origin: str
    note: str = ""
    at: str | None = None
    mark: int = _UNKNOWN

    @property
    def sure(self) -> bool:
        """Whether it has worked with chargers of this make."""
        return self.mark in (_NAMED, _SURE)


@dataclass(frozen=True)
class Recipe:
    """What is known of a make for one purpose: what its chargers have done, told, and what the config says of them."""

    make: Make
    purpose: str
    learnt: Sequence[Record]
    says: frozenset[str]
    configured: Mapping[str, Mapping[str, Any]]

    def forms(self, available: Sequence[str]) -> list[Rule]:
        """The forms, the most promising first; equal ones in the order given. Those that the config names stand alone."""
        for name, given in self._named():
            if wished := [form for form in given.get("forms") or () if form in available]:
                return [Rule(form, f"config {name}", mark=_NAMED) for form in wished]
        shipped = next(((found, found.forms) for found in self._shipped() if found.forms), None)
        order = [form for form in shipped[1] if form in available] if shipped else []
        rules = [self._form(form, shipped[0] if shipped else None) for form in [*order, *available]]
        unique = {rule.value: rule for rule in reversed(rules)}
        place = {form: at for at, form in enumerate([*order, *(form for form in available if form not in order)])}
        return sorted(unique.values(), key=lambda rule: (rule.mark, place[rule.value]))

    def rule(self, aspect: Aspect) -> Rule:
        """What holds of another part of it."""
        for name, given in self._named():
            if given.get(aspect):
                return Rule(given[aspect], f"config {name}")
        for shipped in self._shipped():
            if value := getattr(shipped, aspect):
                return Rule(value, f"shipped {shipped.vendor}", shipped.says)
        return Rule(_DEFAULTS[aspect], "default")

    def _form(self, form: str, shipped: knowledge.Recipe | None) -> Rule:
        firmware = self.make[2] or ""
        learnt = [each for each in self.learnt if each["form"] == form and each["purpose"] == self.purpose]
        here = [each for each in learnt if each["firmware"] == firmware]
        if works := next((each for each in here if _works(each)), None):
            return Rule(form, "learned", "it worked", works["worked_at"], _SURE)
        if here:
            return Rule(form, "learned", "it failed", here[0]["failed_at"], _FAILED)
        if works := next((each for each in learnt if _works(each)), None):
            return Rule(form, "learned", f"it worked with {works['firmware']}", works["worked_at"], _OF_ITS_MODEL)
        if shipped is not None and shipped.vendor != knowledge.ANY and form in shipped.forms:
            return Rule(form, f"shipped {shipped.vendor}", shipped.says, mark=_SHIPPED)
        if form in self.says:
            return Rule(form, "charger", "it says that it can", mark=_SAYS_SO)
        return Rule(form, f"shipped {knowledge.ANY}", "not tried yet")

    def _named(self) -> list[tuple[str, Mapping[str, Any]]]:
        return [
            (name, given)
            for name, given in self.configured.items()
            if given.get("purpose") in (None, self.purpose)
            and all(knowledge.fits(given.get(what), told) for what, told in zip(_MAKE, self.make, strict=True))
        ]

    def _shipped(self) -> list[knowledge.Recipe]:
        return knowledge.recipes(*self.make, self.purpose)


_MAKE: Final = ("vendor", "model", "firmware")


def recipe(
    make: Make, purpose: str, learnt: Sequence[Record], told: Sequence[Record], kept: Sequence[Record]
) -> Recipe:
    """The recipe of a make, of the records that LEARNT, TOLD and CONFIGURED find."""
    says = frozenset(word.strip().lower() for record in told for word in str(record["value"]).split(","))
    configured = json.loads(kept[0]["recipes"]) if kept else {}
    return Recipe(make, purpose, learnt, says, configured)


def _works(learnt: Record) -> bool:
    return (learnt["worked_at"] or "") > (learnt["failed_at"] or "")
