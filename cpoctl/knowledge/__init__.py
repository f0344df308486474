"""Knowledge: what the field knows of chargers, as data. A vendor's file in `vendors/` is all that a new note needs.

A file names its vendor by patterns over what BootNotification tells, and lists quirks: what happens, for which
model, firmware, action, answer, setting or symptom, what to try, and the issue that it was learnt from. Its recipes
tell how its chargers move files; those of `any.toml` hold where no other says anything.
`answers.toml` tells what the answers of OCPP usually mean, whoever made the charger, in the words of 1.6;
`answers_2.toml` what 2.x says otherwise or more, and what the codes of its reasons mean; `faults.toml` what the error
codes of a faulted EVSE mean; `words.toml` what messages, their fields and the words in them say.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
ANY = "any"
"""The file of what has been seen of chargers of many makes, and the section of what holds for every action."""
_REASON = "reason"
_FAULT = "fault"
NO_ANSWER = "timeout"
"""What stands for silence where an answer's status would stand."""


@dataclass(frozen=True)
class Quirk:
    """Something that chargers of a make do. An empty tuple of actions, statuses … means any.

    `says` is the sentence, `tries` are commands with `{charger}` for the id, `sources` where it was reported.
    `versions`: it only holds for chargers that speak one of these.
    """

    vendor: str
    says: str
    sources: tuple[str, ...]
    tries: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    firmware: str = ""
    actions: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    symptoms: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    @property
    def general(self) -> bool:
        """Whether it is of no vendor in particular."""
        return self.vendor == ANY

    def concerns(self, action: str, status: str) -> bool:
        """Whether it matters where this action got this answer."""
        if not self.actions and not self.statuses:
            return False  # a symptom, which no single answer shows
        return (not self.actions or action in self.actions) and (not self.statuses or status in self.statuses)


@dataclass(frozen=True)
class Recipe:
    """How chargers of a make move files. What is empty it does not say; no `purpose`: firmware and diagnostics alike.

    `forms` is the order in which to try them. `url` is how the URL for an upload ends: `slash` a folder with a slash,
    `plain` a folder without, `file` a file's name. `dates`: uploads are asked for a span as `asked`, `never`, `always`.
    `fetch`: what is to be fetched at once is asked for `now`, or for a time in the `past`.
    """

    vendor: str
    says: str
    sources: tuple[str, ...]
    purpose: str = ""
    forms: tuple[str, ...] = ()
    url: str = ""
    dates: str = ""
    fetch: str = ""
    models: tuple[str, ...] = ()
    firmware: str = ""


@dataclass(frozen=True)
class Meaning:
    """What an answer usually means, and what to try next."""

    means: str
    tries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Make:
    """A vendor's file: whom it is about, its quirks and its recipes."""

    vendors: tuple[str, ...]
    models: tuple[str, ...]
    quirks: tuple[Quirk, ...]
    recipes: tuple[Recipe, ...]

    def made(self, vendor: str, model: str) -> bool:
        """Whether a charger that says this of itself is of this make."""
        return _fits(self.vendors, vendor) or _fits(self.models, model)


def known(vendor: str | None, model: str | None, firmware: str | None, symptom: str | None = None) -> list[Quirk]:
    """What the field knows of this very make, model and firmware; with a symptom also of many makes, those last."""
    own = [quirk for make in makes() for quirk in make.quirks if make.made(vendor or "", model or "")]
    fitting = [quirk for quirk in own if _is_of(quirk, model or "", firmware or "")]
    fitting.sort(key=lambda quirk: quirk.general)
    return [quirk for quirk in fitting if (symptom in quirk.symptoms if symptom else not quirk.general)]


def about(
    vendor: str | None, model: str | None, firmware: str | None, action: str, status: str, version: str
) -> list[Quirk]:
    """The quirks that matter where an action, as 1.6 calls it, got an answer: the vendor's own, then those of many makes."""
    found = [quirk for make in makes() for quirk in make.quirks if make.made(vendor or "", model or "")]
    fitting = [q for q in found if _is_of(q, model or "", firmware or "") and q.concerns(action, status)]
    fitting = [quirk for quirk in fitting if not quirk.versions or version in quirk.versions]
    return sorted(fitting, key=lambda quirk: quirk.general)


def recipes(vendor: str | None, model: str | None, firmware: str | None, purpose: str) -> list[Recipe]:
    """How chargers of this very make, model and firmware move files for a purpose: the vendor's own, then of any make."""
    found = [recipe for make in makes() for recipe in make.recipes if make.made(vendor or "", model or "")]
    fitting = [each for each in found if _is_of(each, model or "", firmware or "") and each.purpose in ("", purpose)]
    return sorted(fitting, key=lambda recipe: recipe.vendor == ANY)


def fits(pattern: str | None, text: str | None) -> bool:
    """Whether a pattern of a recipe is what a charger tells of itself; none is anything."""
    return pattern is None or _fits((pattern,), text or "")


def meaning(action: str, status: str) -> Meaning | None:
    """What an answer of OCPP 1.6 usually means; None for a status that nobody has explained."""
    told = meanings()
    return told.get((action, status)) or told.get((ANY, status))


def meaning_in_2(action: str, status: str, in_16: str) -> Meaning | None:
    """What an answer of OCPP 2.x usually means, to an action that 1.6 calls otherwise; None: nobody has explained it."""
    newer, told = meanings_in_2(), meanings()
    return (
        newer.get((action, status)) or told.get((in_16, status)) or newer.get((ANY, status)) or told.get((ANY, status))
    )


def reason(code: str) -> Meaning | None:
    """What the code of a reason means that a charger of OCPP 2.x adds to its answer."""
    return meanings_in_2().get((_REASON, code))


def fault(code: str) -> Meaning | None:
    """What the error code of a faulted EVSE means, where OCPP has that code."""
    return _faults().get((_FAULT, code))


def word(kind: str, *names: str) -> str | None:
    """What the first of these names that is known means: of the kind `action`, `field` or `unit`."""
    known = _words()[kind]
    return next((known[name] for name in names if name in known), None)


def value(said: str, *names: str) -> str | None:
    """What a word means in the first of these fields in which it is known."""
    known = _words()["value"]
    return next((known[name][said] for name in names if said in known.get(name, ())), None)


@cache
def makes() -> tuple[Make, ...]:
    """Every vendor's file."""
    return tuple(_make(path) for path in sorted((_HERE / "vendors").glob("*.toml")))


@cache
def meanings() -> dict[tuple[str, str], Meaning]:
    """What every answer means, by action (or `any`) and status."""
    return _meanings("answers.toml")


@cache
def meanings_in_2() -> dict[tuple[str, str], Meaning]:
    """What OCPP 2.x says otherwise or more, and what its reasons are, by `reason` and code."""
    return _meanings("answers_2.toml")


@cache
def _faults() -> dict[tuple[str, str], Meaning]:
    return _meanings("faults.toml")


@cache
def _words() -> dict[str, Any]:
    return _read(_HERE / "words.toml")


def _meanings(name: str) -> dict[tuple[str, str], Meaning]:
    tree = _read(_HERE / name)
    return {
        (action, status): Meaning(entry["means"], tuple(entry.get("try", ())))
        for action, statuses in tree.items()
        for status, entry in statuses.items()
    }


def _make(path: Path) -> Make:
    tree = _read(path)
    quirks = tuple(_quirk(path.stem, entry) for entry in tree.get("quirk", ()))
    recipes = tuple(Recipe(path.stem, **_tuples(entry)) for entry in tree.get("recipe", ()))
    return Make(tuple(tree["vendors"]), tuple(tree.get("models", ())), quirks, recipes)


def _quirk(vendor: str, entry: dict[str, Any]) -> Quirk:
    given = _tuples(entry)
    return Quirk(vendor, given.pop("says"), given.pop("sources"), given.pop("try", ()), **given)


def _tuples(entry: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(path.read_text(encoding="utf-8"))


def _is_of(note: Quirk | Recipe, model: str, firmware: str) -> bool:
    return (not note.models or _fits(note.models, model)) and _runs(note.firmware, firmware)


def _fits(patterns: tuple[str, ...], text: str) -> bool:
    return any(fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns)


def _runs(wanted: str, firmware: str) -> bool:
    """Whether a firmware is the one meant: a pattern, or `<=1.8.21` compared number by number."""
    if match := re.match(r"(<=|<|>=|>)(.+)", wanted):
        if not (mine := _numbers(firmware)):
            return False
        theirs = _numbers(match[2])
        return {"<=": mine <= theirs, "<": mine < theirs, ">=": mine >= theirs, ">": mine > theirs}[match[1]]
    return not wanted or _fits((wanted,), firmware)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
