"""Moving files: a bar on stderr for every target whose charger fetches or uploads one, as the server counts its bytes.

Once the file has passed, the line says what the charger tells of it: Installing, until the target has its result. Only at a terminal, and not before half a second has passed (UX §4.4): a pipe, a dumb terminal and --quiet see nothing.
"""

import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cpoctl.charts.progress import moved, progress
from cpoctl.cli import reach, terminal
from cpoctl.errors import CpoctlError
from cpoctl.formats import harmless
from cpoctl.operations import Act, Query
from cpoctl.operations.transfer import MOVES, TransferRow

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

_NOT_BEFORE_S: Final = 0.5
_MOST: Final = 12
_NAME: Final = 30
_UP, _WIPE = "\x1b[{}A", "\x1b[J"
_TELLING: Final = ("FileTransferStarted", "FileTransferProgressed", "FileTransferFinished")
_STEPS: Final = {
    "FirmwareStatusReported": "firmware",
    "PublishStatusReported": "firmware",
    "DiagnosticsStatusReported": "diagnostics",
}
"""What a charger tells of a file, by its event, and of what kind of file it tells it."""


@dataclass(frozen=True, kw_only=True)
class _Happenings(Query):
    """Everything that happens."""

    path: ClassVar[str] = "_moving"
    route: ClassVar[str] = "GET /events"
    row: ClassVar[type] = TransferRow


class Bars:
    """A line a target that moves, below whatever is written meanwhile, until the block ends."""

    def __init__(self, kind: type[Act], targets: Sequence[str], choices: "Choices") -> None:
        self._purpose, self._choices = MOVES.get(kind.path), choices
        self._targets = {target.casefold(): target for target in targets}
        self._moving: dict[str, dict[str, Any]] = {}
        self._lock = threading.Lock()
        self._painted, self._over = 0, False
        self._begin = time.monotonic() + _NOT_BEFORE_S
        self._ascii = terminal.speaks_ascii(choices.args)

    def __enter__(self) -> "Bars":
        if self._purpose is not None and not self._choices.quiet and _is_seen():
            threading.Thread(target=self._hear, daemon=True, name="files").start()  # it ends with the process
            first = threading.Timer(_NOT_BEFORE_S, self._repaint)  # a file may have passed by then
            first.daemon = True
            first.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def end(self) -> None:
        """Paint no more, and leave nothing of it."""
        with self._lock:
            self._over = True
            self._wipe()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave the room to what the block writes."""
        with self._lock:
            self._wipe()
            yield
            sys.stdout.flush()
            self._paint()

    def done(self, target: str) -> None:
        """A target has its result, and no bar any more."""
        with self._lock:
            self._moving.pop(target.casefold(), None)
            self._targets.pop(target.casefold(), None)

    def _hear(self) -> None:
        try:
            for told in reach.needed(self._choices).events(_Happenings()):
                if told.event in _TELLING or told.event in _STEPS:
                    self.take(told.event, told.data["charger_id"], told.data["data"])
        except CpoctlError:  # whoever follows the task is told of it
            return

    def take(self, name: str, charger_id: str | None, told: dict[str, Any]) -> None:
        """Take in an event of a charger."""
        with self._lock:
            key = (charger_id or "").casefold()
            if key not in self._targets or _STEPS.get(name, told.get("purpose")) != self._purpose:
                return
            if name in _STEPS:
                self._moving.setdefault(key, {})["step"] = told["status"]
            elif name != "FileTransferStarted" or "bytes" not in self._moving.get(key, {}):
                self._moving[key] = {"bytes": 0, "bytes_per_s": None, **told}
        self._repaint()

    def lines(self, width: int) -> list[str]:
        """What is painted into this width."""
        return [self._line(key, told, width) for key, told in self._moving.items()]

    def _repaint(self) -> None:
        with self._lock:
            self._wipe()
            self._paint()

    def _paint(self) -> None:
        if self._over or time.monotonic() < self._begin:
            return
        lines, most = self.lines(terminal.columns() - 1), max(1, min(_MOST, terminal.rows() - 2))
        if (more := len(lines) - most) > 0:
            lines[most:] = [f"and {more} more"]
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()
        self._painted = len(lines)

    def _line(self, key: str, told: dict[str, Any], width: int) -> str:
        from cpoctl.cells import cut

        named = min(_NAME, width // 3)
        name = cut(harmless(f"{self._targets[key]}  {told.get('name') or ''}".rstrip(), 4 * _NAME), named)
        return cut(f"{name:<{named}}  {self._how_far(told, width - named - 2)}", width)

    def _how_far(self, told: dict[str, Any], room: int) -> str:
        """A bar as long as the file moves, then what the charger tells."""
        step = harmless(told.get("step") or "", _NAME)
        if "bytes" not in told:
            return step
        if step and "state" in told:
            return f"{step}  {moved(told['bytes'], told.get('total'), None)}"
        return progress(told["bytes"], told.get("total"), told["bytes_per_s"], room, ascii=self._ascii)

    def _wipe(self) -> None:
        if self._painted:
            sys.stderr.write("\r" + _UP.format(self._painted) + _WIPE)
            sys.stderr.flush()
            self._painted = 0


def _is_seen() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
