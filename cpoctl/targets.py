"""Targets: which chargers and EVSEs a command means (UX §4.2). One grammar for acts, lists and tasks; pure.

A word that is a known charger's id is that charger; only then it is parsed: a comma list, `CHARGER:EVSE`,
`CHARGER:EVSE.CONNECTOR`, a glob. Selectors narrow down what the words name; without words they choose among
all chargers. An EVSE that nobody knows is a target like any other: the charger answers.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Annotated, Protocol

from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Option, Target

_PLACE = re.compile(r"(?P<charger>.+?):(?P<evse>\d{1,9})(?:\.(?P<connector>\d{1,9}))?")
_GLOB = re.compile(r"[*?\[]")
_COMPARED = re.compile(r"(<=|>=|!=|<|>|=)(.+)")
_PARTS = re.compile(r"\d{1,18}|[a-z]+")  # a charger may say any number
HINTS = ("cpoctl charger list       all that are known", "cpoctl charger unknown    who knocked and waits")


class Facts(Protocol):
    """What selectors ask of a charger."""

    @property
    def status(self) -> str:
        """In one word, Offline when it is not connected."""

    @property
    def vendor(self) -> str | None:
        """Its maker."""

    @property
    def model(self) -> str | None:
        """Its model."""

    @property
    def firmware(self) -> str | None:
        """Its firmware's version."""

    @property
    def site_id(self) -> str | None:
        """Where it stands."""

    @property
    def labels(self) -> Mapping[str, str]:
        """What the operator calls it by."""


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Selectors: a charger must fit every one that is given. Texts are globs, whatever their case."""

    status: Annotated[str | None, Option("only chargers with one of these statuses: faulted,offline")] = None
    vendor: Annotated[str | None, Option("only of this maker; a glob: 'Acme*'", kind="glob")] = None
    model: Annotated[str | None, Option("only of this model; a glob: 'AC-*'", kind="glob")] = None
    firmware: Annotated[str | None, Option("only with this firmware: '<1.8.4', '>=2', or a glob")] = None

    site: Annotated[str | None, Option("only of this site; a glob", kind="site")] = None
    label: Annotated[tuple[str, ...], Option("only with this label: env=prod, or any env; repeatable")] = ()

    @property
    def narrows(self) -> bool:
        """Whether any selector is given."""
        return any(getattr(self, field.name) not in (None, ()) for field in fields(Selection))

    def fits(self, facts: Facts) -> bool:
        """Whether a charger is meant."""
        statuses = [word.strip().casefold() for word in self.status.split(",")] if self.status is not None else None
        return (
            (statuses is None or facts.status.casefold() in statuses)
            and like(facts.vendor, self.vendor)
            and like(facts.model, self.model)
            and like(facts.site_id, self.site)
            and all(_labelled(facts.labels, label) for label in self.label)
            and (self.firmware is None or compares(facts.firmware, self.firmware))
        )


def like(text: str | None, pattern: str | None) -> bool:
    """Whether a text fits a glob, whatever the case. No pattern fits everything."""
    return pattern is None or (text is not None and fnmatchcase(text.casefold(), pattern.casefold()))


def _labelled(labels: Mapping[str, str], wanted: str) -> bool:
    name, is_given, value = wanted.partition("=")
    return name in labels and (not is_given or like(labels[name], value))


def compares(version: str | None, wanted: str) -> bool:
    """Whether a firmware version is as wanted: `<1.8.4`, `>=2`, `!=3.1`, or a glob. An unknown one never is."""
    if version is None:
        return False
    match = _COMPARED.fullmatch(wanted)
    if match is None:
        return like(version, wanted)
    have, want = _ordered(version), _ordered(match[2])
    return {
        "<": have < want, "<=": have <= want, ">": have > want, ">=": have >= want, "=": have == want,
        "!=": have != want,
    }[match[1]]  # fmt: skip


def _ordered(version: str) -> list[tuple[int, int, str]]:
    """A version as something that sorts: numbers by value, a word before any number (1.0-rc before 1.0.1)."""
    parts = [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in _PARTS.findall(version.lower())]
    while parts and parts[-1] == (1, 0, ""):  # 2 is 2.0
        parts.pop()
    return parts


def spoken(at: Target) -> str:
    """A target as it is written: `HQ-07`, `HQ-07:2`, `HQ-07:2.1`."""
    where = "" if at.evse_id is None else f":{at.evse_id}"
    return f"{at.charger_id}{where}" + ("" if at.connector_id is None else f".{at.connector_id}")


def is_plain(word: str) -> bool:
    """Whether a word can only mean one charger or EVSE, so that nobody has to look."""
    return not _GLOB.search(word) and "," not in word and word[:1] not in ("@", "-")


@dataclass(frozen=True)
class _Ids:
    """Ids by their folded spelling: which a glob fits, which a word may be, and which are no targets."""

    chosen: Mapping[str, str]
    named: Mapping[str, str]
    waiting: Mapping[str, str]


def resolved(
    words: Sequence[str], known: Iterable[str], waiting: Iterable[str] = (), *, by_name: Iterable[str] = ()
) -> list[Target]:
    """What the words name among the known ids, each once, in their order. Raises NotFound.

    `waiting` are the ids of those that nobody has approved yet: they are no targets, and it is told why. `by_name`
    are further ones that a word may name in full, but that no glob fits.
    """
    chosen = _folded(known)
    ids = _Ids(chosen, _folded(by_name) | chosen, _folded(waiting))
    found = dict.fromkeys(at for word in words for at in _named(word, ids))
    if words and not found:
        raise NotFound(f"{', '.join(words)} fits no charger", target=words[0], hints=HINTS)
    return list(found)


def _folded(names: Iterable[str]) -> dict[str, str]:
    return {name.casefold(): name for name in names}


def _named(word: str, ids: _Ids) -> Iterator[Target]:
    if known := ids.named.get(word.casefold()):
        yield Target(known)
    elif "," in word:
        for part in filter(None, (part.strip() for part in word.split(","))):
            yield from _named(part, ids)
    elif match := _PLACE.fullmatch(word):
        connector = int(match["connector"]) if match["connector"] else None
        for charger_id in _chargers(match["charger"], ids):
            yield Target(charger_id, int(match["evse"]), connector)
    else:
        for charger_id in _chargers(word, ids):
            yield Target(charger_id)


def _chargers(word: str, ids: _Ids) -> list[str]:
    if known := ids.named.get(word.casefold()):
        return [known]
    if _GLOB.search(word):
        return sorted(name for name in ids.chosen.values() if like(name, word))
    if name := ids.waiting.get(word.casefold()):
        raise NotFound(f"{name} waits for approval", target=name, hints=[f"cpoctl charger approve {shlex.quote(name)}"])
    raise NotFound(f"no charger {word}{nearest(word, ids.named.values())}", target=word, hints=HINTS)


def must_select(words: Sequence[str], selection: Selection, *, every: bool) -> None:
    """Nothing given means nothing, never all of them. Raises UsageProblem."""
    if not words and not every and not selection.narrows:
        raise UsageProblem(
            "say which chargers",
            hints=["cpoctl help targets    ids, globs, @FILE, - and selectors such as --status faulted or --all"],
        )
