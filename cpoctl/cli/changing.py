"""Changing rows for who looks: one JSON line a change in a pipe, a table painted over itself at a terminal."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cpoctl.cli import output, terminal
from cpoctl.clock import stored
from cpoctl.formats import Sheet
from cpoctl.formats.json import pick
from cpoctl.table import clock_time, fields

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_OTHER_SCREEN, _OWN_SCREEN = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _END_OF_LINE, _BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


@dataclass(frozen=True)
class Watched:
    """What the rows are that somebody watches."""

    row: type
    many: bool = True
    noun: str = "rows"
    newest_last: bool = False

    def chosen(self, records: Sequence[dict[str, Any]], choices: "Choices") -> Sequence[Any]:
        """The rows that the caller wants; one object is what it is."""
        if not self.many:
            return records
        return output.chosen(records, self.row, choices, newest_last=self.newest_last)


class Changes:
    """`{"type": "add|update|remove", "object": …}`, a line each, flushed."""

    period: float | None = None

    def __init__(self, watched: Watched, choices: "Choices") -> None:
        self._watched, self._choices = watched, choices
        self._sheet = output.picked(Sheet([], fields(watched.row)), choices.fields)
        self._id = fields(watched.row)[0].name
        self._known: dict[str, Any] = {}

    def tell(self, records: Sequence[dict[str, Any]]) -> None:
        """What went, what came, what is different."""
        now = self._by_id(self._watched.chosen(records, self._choices))
        changes = [("remove", known) for key, known in self._known.items() if key not in now]
        for key, found in now.items():
            if key not in self._known:
                changes.append(("add", found))
            elif found != self._known[key]:
                changes.append(("update", found))
        output.write(json.dumps({"type": kind, "object": found}) + "\n" for kind, found in changes)
        sys.stdout.flush()
        self._known = now

    def close(self) -> None:
        """Nothing is left open."""

    def _by_id(self, records: Sequence[Any]) -> dict[str, Any]:
        """The objects by their ids; rows that share one are told apart by all they say."""
        found = [pick(record, self._sheet) for record in records]
        ids = [str(record.get(self._id)) if self._watched.many else "" for record in records]
        if len(set(ids)) < len(ids):
            ids = [json.dumps(one) for one in found]
        return dict(zip(ids, found, strict=True))


class Picture:
    """The rows as a table in place; one below the other where the terminal cannot."""

    period: float | None = 5.0  # an age on the screen grows although nothing happens

    def __init__(self, watched: Watched, choices: "Choices") -> None:
        self._watched, self._choices = watched, choices
        self._in_place = terminal.can_paint()
        self._last: list[str] = []
        if self._in_place:
            output.write([_OTHER_SCREEN])

    def tell(self, records: Sequence[dict[str, Any]]) -> None:
        """Paint them."""
        shown = self._watched.chosen(records, self._choices)
        self._last = output.painted(shown, self._watched.row, self._choices, many=self._watched.many)
        if self._in_place:
            count = output.footer(len(shown), len(records), self._watched.noun) + "  " if self._watched.many else ""
            output.write([_HOME, *(f"{line}{_END_OF_LINE}\n" for line in self._fitting()), count, self._foot(), _BELOW])
        else:
            output.write(f"{line}\n" for line in [*self._last, ""])
        sys.stdout.flush()

    def _fitting(self) -> list[str]:
        room = max(2, terminal.rows() - 1)
        over = len(self._last) - room
        return self._last if over <= 0 else [*self._last[: room - 1], f"… {over + 1} more"]

    @staticmethod
    def _foot() -> str:
        return f"{clock_time(stored(datetime.now(UTC)))[:8]}  Ctrl-C ends"

    def close(self) -> None:
        """Give the screen back and leave on it what was seen last."""
        if self._in_place:
            output.write([_OWN_SCREEN, *(f"{line}\n" for line in self._last)])
            sys.stdout.flush()
