"""Checks: what `doctor` looks at, one file a check, its name is the check's.

`charger/` holds checks of one charger: `stored(facts)` judges what is in the database, with the server or without,
`live(charger, now)` what only the running server knows; a file has one of them or both.
`machine/` holds checks of the server and of the machine that it runs on: `check(place)`, run by the command line.
Each returns what it Said, or None where there is nothing to say. `commission` uses some of them too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from cpoctl.table import Column


class State(StrEnum):
    """How well it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Said:
    """What a check says: how it is, what was found, and the command to try next."""

    state: State
    found: str
    next: str | None = None


def ok(found: str) -> Said:
    """Nothing to do."""
    return Said(State.OK, found)


def warn(found: str, next: str | None = None) -> Said:
    """It works, and may not for long or not for everybody."""
    return Said(State.WARN, found, next)


def fail(found: str, next: str) -> Said:
    """It does not work."""
    return Said(State.FAIL, found, next)


def skipped(why: str, next: str | None = None) -> Said:
    """It cannot be told."""
    return Said(State.SKIPPED, why, next)


@dataclass(frozen=True)
class Finding:
    """A line of the checklist. `subject` is `server` or a charger's id."""

    subject: Annotated[str, Column("SUBJECT")]
    check: Annotated[str, Column("CHECK")]
    state: Annotated[State, Column("STATE")]
    found: Annotated[str, Column("FOUND")]
    next: Annotated[str | None, Column("NEXT", 3)] = None


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """In the order in which somebody would want to know them."""
    order = [State.FAIL, State.WARN, State.SKIPPED, State.OK]
    return sorted(findings, key=lambda line: order.index(line.state))


def finding(subject: str, check: str, said: Said) -> Finding:
    """A check's words as a line."""
    return Finding(subject, check.replace("_", "-"), said.state, said.found, said.next)
