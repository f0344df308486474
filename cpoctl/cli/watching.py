"""Watching: a query that stays and tells every change (UX §4.6).

The server's event stream says that something happened; what it came to is asked anew, at most once a second.
The bell is put back before the asking, so that whatever happens meanwhile rings again and the last state is always told.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from cpoctl.cli import reach, terminal
from cpoctl.cli.again import start
from cpoctl.cli.changing import Changes, Picture, Watched
from cpoctl.cli.ending import HEEDED_EVERY_S
from cpoctl.errors import CpoctlError, ServerDown, UsageProblem
from cpoctl.operations import Query

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.client import Client

_AT_MOST_EVERY = 1.0
_ANSWER_WITHIN = 10.0


def query(operation: Query, choices: "Choices") -> None:
    """Watch the rows of a query."""
    client = _server(choices)

    def rows() -> list[dict[str, Any]]:
        found = client.run(operation)
        return found if operation.many else [found]

    watch(rows, Watched(operation.row, operation.many, operation.noun, operation.newest_last), choices)


def watch(rows: Callable[[], list[dict[str, Any]]], watched: Watched, choices: "Choices") -> None:
    """Tell the rows and every change of them until the interrupt. Raises ServerDown when the server has gone."""
    bell = _Bell(_server(choices))
    face = _face(watched, choices)
    period = choices.period or face.period
    try:
        while True:
            bell.listen()
            asked = time.monotonic()
            face.tell(rows())
            bell.wait(period)
            time.sleep(max(0.0, _AT_MOST_EVERY - (time.monotonic() - asked)))
    finally:
        face.close()


def _server(choices: "Choices") -> "Client":
    if client := reach.server(choices):
        return client
    raise ServerDown("the server is not running, so nothing can be watched", hints=[start(choices)])


def _face(watched: Watched, choices: "Choices") -> Changes | Picture:
    if choices.format in ("table", "wide") or (choices.format is None and terminal.is_watched()):
        return Picture(watched, choices)
    if choices.format in (None, "json", "jsonl"):
        return Changes(watched, choices)
    raise UsageProblem(
        f"--watch paints a table or tells JSON lines, not {choices.format}",
        hints=["cpoctl charger list --watch --json"],
    )


@dataclass(frozen=True, kw_only=True)
class _Happenings(Query):
    """Everything that happens."""

    path: ClassVar[str] = "_events"
    route: ClassVar[str] = "GET /events"
    row: ClassVar[type] = Watched


class _Bell:
    """Rings when something has happened, and when the stream that says so has ended."""

    def __init__(self, client: "Client") -> None:
        self._client = client
        self._rung, self._listening = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._error: CpoctlError | None = None

    def listen(self) -> None:
        """Put the bell back, and begin to listen where nobody does. Raises what the server says against it."""
        self._rung.clear()
        if self._thread and self._thread.is_alive():
            return
        self._listening.clear()
        self._error = None
        self._thread = threading.Thread(target=self._hear, daemon=True, name="events")  # it ends with the process
        self._thread.start()
        if not self._listening.wait(_ANSWER_WITHIN):
            raise ServerDown("the server tells no events", hints=["cpoctl status    is it healthy"])
        if self._error:
            raise self._error

    def wait(self, seconds: float | None) -> None:
        """Until it rings, or for so long."""
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            if self._rung.wait(HEEDED_EVERY_S if end is None else min(HEEDED_EVERY_S, end - time.monotonic())):
                return

    def _hear(self) -> None:
        try:
            for told in self._client.events(_Happenings()):
                (self._listening if told.event == "listening" else self._rung).set()
        except CpoctlError as error:  # one that comes while it listens is met again by the next one who listens
            self._error = None if self._listening.is_set() else error
        self._listening.set()
        self._rung.set()
