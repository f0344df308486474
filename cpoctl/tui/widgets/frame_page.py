"""FramePage: one exchange in full, its request and its answer, and what the standard says of both."""

import json
from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.events import Resize

from cpoctl.command_lines import command_line
from cpoctl.domain.secrets import MASK
from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version, schemas
from cpoctl.operations.log import FrameRow
from cpoctl.operations.log.show import ShowFrame
from cpoctl.table import clean, clock_time, millis
from cpoctl.tui.exchanges import ARROWS, wrapped
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Lines, Piece

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

SHOWN = 65_536
_SIDE_BY_SIDE_FROM = 96
_BORDERS = 6


class Opinion(NamedTuple):
    """What the standard says of one frame: in a word, and what breaks it."""

    word: str
    broken: tuple[str, ...] = ()


async def open_page(desk: "Dashboard", number: str) -> None:
    """Show an exchange in full."""
    if (frame := await _whole(desk, number)) is not None:
        charger = desk.picture.charger(frame.charger_id.casefold())
        version = Version(charger.version) if charger and charger.version in set(Version) else None
        await desk.push_screen(FramePage(frame, version))


async def copy_frame(desk: "Dashboard", number: str) -> None:
    """Copy an exchange as it went over the wire."""
    if (frame := await _whole(desk, number)) is not None:
        desk.copy("\n".join(text for text in (frame.request, frame.answer) if text))


async def _whole(desk: "Dashboard", number: str) -> FrameRow | None:
    try:
        return FrameRow(**await desk.ask(ShowFrame(frame=number)))
    except CpoctlError as error:
        desk.tell_error(error)
        return None


class FramePage(Page):
    """An exchange. `version` is the one that its charger speaks, if that is known."""

    AUTO_FOCUS = ".dialog-body"  # so that keys scroll it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "copy the frames", id="frame.copy"),
        Binding("Y", "copy_command", "copy as command", id="frame.copy-command"),
    ]

    def __init__(self, frame: FrameRow, version: Version | None) -> None:
        super().__init__(f"frame {frame.journal_id} · {frame.charger_id} · {frame.action or '(unread)'}", [])
        self._frame, self._version = frame, version

    def on_resize(self, event: Resize) -> None:
        """Side by side where there is room for both."""
        width = max(20, round(event.size.width * 0.96) - _BORDERS)
        for lines in self.query(Lines):
            lines.tell(told(self._frame, self._version, width))

    def action_copy(self) -> None:
        """Copy both frames as they went over the wire."""
        self._copy("\n".join(frame for frame in (self._frame.request, self._frame.answer) if frame))

    def action_copy_command(self) -> None:
        """Copy the command that shows it."""
        self._copy(command_line(ShowFrame(frame=self._frame.journal_id)))

    def _copy(self, text: str) -> None:
        self.app.copy_to_clipboard(text)
        self.notify(clean(text, 200), title="copied", markup=False)


def told(frame: FrameRow, version: Version | None, width: int) -> list[Line]:
    """An exchange in lines of this width."""
    took = millis(frame.latency_ms) if frame.latency_ms is not None else "-"
    head = f"{clock_time(frame.at)} {ARROWS.get(frame.sender, '?')} {frame.charger_id} · {frame.outcome} · took {took}"
    named = f"message id {frame.message_id or '-'}"
    lines: list[Line] = [[(text, "strong")] for words in (head, named) for text in wrapped(words, width)]
    said = [("request", opinion(frame.request, frame.action, version, answer=False)),
            ("answer", opinion(frame.answer, frame.action, version, answer=True))]  # fmt: skip
    for name, (word, broken) in said:
        lines.append([(f"{name}: {word}", "alert" if broken else "")])
        lines += [[(text, "alert")] for each in broken for text in wrapped(f"  ! {each}", width)]
    already = {each for _, found in said for each in found.broken}
    for each in frame.violations:
        if each not in already:
            lines += [[(text, "alert")] for text in wrapped(f"noted then: ! {each}", width)]
    return [*lines, [("", "")], *_frames(frame, width)]


def opinion(frame: str | None, action: str, version: Version | None, *, answer: bool) -> Opinion:
    """Hold one frame against the official schema of its action."""
    if frame is None:
        return Opinion("there is none")
    try:
        parts = json.loads(frame)
    except (ValueError, RecursionError):
        return Opinion("cannot be read as JSON", ("not JSON",))
    match parts:
        case [4 | 5, _, code, *more]:
            return Opinion(
                f"{'CALLERROR' if parts[0] == 4 else 'CALLRESULTERROR'} {code} {' '.join(map(str, more[:1]))}"
            )
        case [3, _, payload] if answer:
            return _judged(payload, frame, action, version, answer=True)
        case [2 | 6, _, _, payload] if not answer:
            return _judged(payload, frame, action, version, answer=False)
    return Opinion("is neither a Call nor its answer")


def _judged(payload: Any, frame: str, action: str, version: Version | None, *, answer: bool) -> Opinion:
    if version is None:
        return Opinion("not judged: the charger's version is not known")
    if MASK in frame:
        return Opinion("not judged: it held a secret")
    judge = schemas.judge(version, action, answer)
    if judge is None:
        return Opinion(f"not judged: OCPP {version} has no {action or 'such action'}")
    broken = tuple(f"{each.path} {each.rule}: {each.message}".strip() for each in judge.violations(payload))
    if not broken:
        return Opinion(f"fits the schema of OCPP {version}")
    return Opinion(
        f"{len(broken)} {'problem' if len(broken) == 1 else 'problems'} by the schema of OCPP {version}", broken
    )


def _frames(frame: FrameRow, width: int) -> Iterator[Line]:
    """Request and answer, below each other where it is narrow."""
    heads = [("REQUEST", frame.request), ("ANSWER", frame.answer)]
    if width < _SIDE_BY_SIDE_FROM:
        for head, text in heads:
            yield [(head, "header")]
            yield from ([(line, "")] for line in pretty(text, width))
        return
    half = (width - 3) // 2
    left, right = ([head, *pretty(text, half)] for head, text in heads)
    for number, (one, other) in enumerate(zip_longest(left, right, fillvalue="")):
        style = "header" if number == 0 else ""
        middle: Piece = (" │ ", "dim")
        yield [(one + " " * (half - cell_len(one)), style), middle, (other, style)]


def pretty(frame: str | None, width: int) -> list[str]:
    """A frame as indented JSON in lines of this width, as much of it as anybody reads."""
    if frame is None:
        return ["-"]
    try:
        text = json.dumps(json.loads(frame), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = frame
    lines = list(chain.from_iterable(wrapped(line, width) for line in text[:SHOWN].split("\n")))
    if len(text) > SHOWN:
        rest = f"… {SHOWN:,} of {len(text):,} signs are shown; log show has them all".replace(",", " ")
        lines += wrapped(rest, width)
    return lines
