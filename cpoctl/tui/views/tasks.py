"""Tasks: what was asked of chargers and by whom, and of the task under the cursor every target as it goes."""

import json
from collections.abc import Collection, Iterator
from typing import Any, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.errors import CpoctlError
from cpoctl.operations import Query
from cpoctl.operations.task import TaskRow, said
from cpoctl.operations.task.list import ListTasks
from cpoctl.operations.task.show import ShowTask, TargetDetail, TaskDetail
from cpoctl.table import ago, local, millis
from cpoctl.tui.actions import TASK
from cpoctl.tui.resting import Resting
from cpoctl.tui.task_book import Place, TaskBook, charger_of
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.widgets.table import Cell, Col, RowTable

_NEWEST = 500
_BAR = 10
_ASKED_AT_ONCE = 20


def _state(row: TaskRow) -> Cell:
    if row.state == "running":
        return "▸ running", "charging"
    if row.failed:
        return f"✕ {row.state}", "alert"
    return ("✓ finished", "") if row.state == "finished" else (f"– {row.state}", "dim")


def bar(row: TaskRow, width: int = _BAR) -> str:
    """How far it is: well, failed, waiting, and not yet. What there is any of has a cell at least."""
    counts = {"█": row.succeeded, "✕": row.failed, "‖": row.waiting}
    cells = {sign: max(1, round(width * count / row.targets)) for sign, count in counts.items() if count}
    while sum(cells.values()) > width:
        cells[max(cells, key=cells.__getitem__)] -= 1
    done = "".join(sign * count for sign, count in cells.items())
    if row.targets > sum(counts.values()) and len(done) == width:
        done = done[1:]  # what is missing can be seen
    return done.ljust(width, "·")


def _given(row: TaskRow) -> str:
    return " ".join(f"{name}={value}" for name, value in row.given.items())


def _target_state(place: Place) -> Cell:
    if place.state == "done":
        return (f"✓ {place.status}", "good") if place.ok else (f"✕ {place.status}", "alert")
    if place.state == "waiting":
        return "‖ waits for its charger", "suspended"
    if place.heard:
        return "◔ answered", "busy"
    return ("→ sent", "charging") if place.state == "sent" else ("· not begun", "dim")


def _target_what(place: Place) -> Cell:
    if place.error:
        hints = place.error.get("hints") or ()
        return said(place.error) + (f" · try {hints[0]}" if hints else ""), ""
    if place.state == "waiting":
        return f"until {local(place.expires_at)}", "dim"
    note = (place.result or {}).get("note")
    return str(note or place.heard), ""


TARGET_COLS = (
    Col("target", "TARGET", 14, lambda p: (p.target or "-", "strong"), lambda p: p.target.casefold()),
    Col("state", "STATE", 23, _target_state, lambda p: p.state),
    Col("took", "TOOK", 6, lambda p: (millis(p.latency_ms), ""), lambda p: p.latency_ms, 3, "right"),
    Col("what", "WHAT", 10, _target_what, lambda p: None, 2, grows=True),
)


class Tasks(Resting):
    """The newest tasks, and the targets of one."""

    title: ClassVar[str] = "Tasks"
    place: ClassVar[int | None] = 6
    kind: ClassVar[str] = TASK
    row: ClassVar[type] = TaskRow
    noun: ClassVar[str] = "tasks"
    sort: ClassVar[str] = "-task"
    cols: ClassVar[tuple[Col, ...]] = (
        Col("task", "TASK", 5, lambda t: (str(t[0].task_id), "strong"), lambda t: t[0].task_id, align="right"),
        Col("operation", "OPERATION", 18, lambda t: (t[0].operation, ""), lambda t: t[0].operation),
        Col("state", "STATE", 11, lambda t: _state(t[0]), lambda t: t[0].state),
        Col("bar", "PROGRESS", _BAR, lambda t: (bar(t[0]), _state(t[0])[1]), lambda t: t[0].succeeded / t[0].targets, 4),
        Col("of", "OF", 4, lambda t: (str(t[0].targets), ""), lambda t: t[0].targets, 2, "right"),
        Col("ok", "OK", 4, lambda t: (str(t[0].succeeded), ""), lambda t: t[0].succeeded, 1, "right"),
        Col("failed", "FAIL", 4, lambda t: (str(t[0].failed), "alert" if t[0].failed else "dim"),
            lambda t: t[0].failed, 1, "right"),
        Col("waiting", "WAIT", 4, lambda t: (str(t[0].waiting), "suspended" if t[0].waiting else "dim"),
            lambda t: t[0].waiting, 3, "right"),
        Col("age", "AGE", 5, lambda t: (ago(t[0].started_at, t[1]), "dim"), lambda t: t[0].started_at, 2, "right"),
        Col("who", "WHO", 12, lambda t: (t[0].actor, ""), lambda t: t[0].actor, 5),
        Col("given", "GIVEN", 10, lambda t: (_given(t[0]), "dim"), lambda t: _given(t[0]), 6, grows=True),
    )  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "failed", "only failed targets", id="tasks.failed")]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.book = TaskBook(lambda word: charger_of(word, self.desk.picture.live))
        self._changed: set[str] = set()
        self._stale = True
        self._listening: list[list[events.Event]] = []
        self._failed_only = False
        self._went_to: int | None = None

    def compose(self) -> ComposeResult:
        """The list, and the targets below or beside it."""
        yield Lines(classes="summary")
        yield Lines(classes="list-title")
        with Container(classes="list-and-preview"):
            yield RowTable(self.cols, self.row_of, classes="list")
            with Vertical(classes="task"):
                yield Lines(classes="preview")
                yield RowTable(TARGET_COLS, self._target, classes="targets")

    @property
    def heading(self) -> str:
        """With how many go on."""
        return f"{self.title}({self.book.running})" if self.book.running else self.title

    @property
    def targets(self) -> RowTable:
        """The targets of the task under the cursor."""
        return self.query_one(".targets", RowTable)

    def all_keys(self) -> Collection[str]:
        """Their numbers."""
        return self.book.tasks.keys()

    def row_of(self, key: str) -> Any:
        """The task as `task list` has it, and the moment of looking."""
        return self.book.tasks[key].row, self._now()

    def record(self, key: str) -> dict[str, object]:
        """The row of `task list`."""
        return vars(self.book.tasks[key].row)

    def opened(self) -> None:
        """Read what is stored, once; from then on events keep it true."""
        super().opened()
        if self._stale:
            self._stale = False
            self.run_worker(self._read(), exclusive=True, group="read")
        self._go_to_newest()

    def resynced(self) -> None:
        """What happened meanwhile was not heard."""
        self._stale = True
        if self.display:
            self.opened()

    def told(self, event: events.Event) -> None:
        """Keep the list true, also while hidden."""
        for heard in self._listening:
            heard.append(event)
        if not self._stale:
            self._changed |= self.book.told(event, stored(self._now()))

    def freshen(self, changed: frozenset[str]) -> None:
        """The tasks that events have told of."""
        tasks, self._changed = frozenset(self._changed), set()
        if tasks:
            super().freshen(tasks)
            self._sum_up()
            self.rest()

    def tick(self) -> None:
        """Ages have changed; what events did not tell enough of is asked."""
        super().tick()
        if self.book.unsure:
            self.run_worker(self._ask_unsure(), exclusive=True, group="unsure")

    def summary(self) -> list[Line]:
        """What goes on, in targets."""
        running = [task.row for task in self.book.tasks.values() if task.row.state == "running"]
        if not running:
            return [[(" nothing goes on", "dim")]]
        well, failed, waiting, of = (
            sum(getattr(row, name) for row in running) for name in ("succeeded", "failed", "waiting", "targets")
        )
        told = f" {len(running)} running: {well} of {of} targets ok, "
        return [[(told, "strong"), (f"{failed} failed", "alert" if failed else "dim"), (f", {waiting} waiting", "dim")]]

    def preview(self, key: str) -> list[Line]:
        """What was asked, above its targets."""
        row = self.book.tasks[key].row
        again = f" · repeats task {row.retry_of}" if row.retry_of else ""
        counts = f"{row.succeeded} ok, {row.failed} failed, {row.waiting} waiting of {row.targets}"
        return [
            [(f" task {row.task_id}: {row.operation} {_given(row)}{again}", "header")],
            [(f" {counts}", "strong"), (f" · {row.actor}, {local(row.started_at)}", "dim"), *self._only()],
        ]

    def command(self) -> str:
        """`task show` of the one under the cursor, or the list with the same filter."""
        if self.targets.has_focus and self.table.cursor:
            return f"cpoctl task show {self.table.cursor} --explain"
        return f"cpoctl task list --where '{self.filtered_by}'" if self.filtered_by else "cpoctl task list"

    def exported(self) -> tuple[type, list[TaskRow]]:
        """The tasks as shown."""
        return TaskRow, [self.book.tasks[key].row for key in self.table.keys]

    def back(self) -> bool:
        """From the targets to the list."""
        if not self.has_class("-inside"):
            return False
        self.remove_class("-inside")
        self.table.focus()
        return True

    def lacks(self, key: str) -> bool:
        """Whether its targets are not known."""
        task = self.book.tasks.get(key)
        return task is not None and (task.places is None or key in self.book.unsure)

    async def read_more(self, key: str) -> None:
        """Its targets."""
        await self._show(int(key))

    def action_failed(self) -> None:
        """All targets of a task, or those that failed."""
        self._failed_only = not self._failed_only
        self._tell()

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """Into the targets, and into the one that is there or chosen."""
        event.stop()
        key = self.table.cursor
        task = self.book.tasks.get(key or "")
        if event.table is not self.table:
            self.run_worker(self._open_page(*map(int, event.key.split("/"))), exclusive=True, group="page")
        elif task is not None and task.row.targets == 1:
            self.run_worker(self._open_page(task.row.task_id, 0), exclusive=True, group="page")
        else:
            self.add_class("-inside")
            self.targets.focus()

    def _only(self) -> Line:
        return [(" · only those that failed", "alert")] if self._failed_only else []

    def _target(self, key: str) -> Place:
        number, _, position = key.partition("/")
        places = self.book.tasks[number].places
        if places is None:  # the list was read anew, and the targets are being asked for
            raise KeyError(key)
        return places[int(position)]

    def _tell(self) -> None:
        super()._tell()
        key, targets = self.table.cursor, self.targets
        task = self.book.tasks.get(key or "")
        self.query_one(".preview", Lines).tell(self.preview(key) if key is not None and task is not None else [])
        places = task.places if task is not None else None
        targets.empty = (
            "nothing here" if task is None else "asking for its targets" if places is None else "none failed"
        )
        shown = [f"{key}/{p.position}" for p in places or () if not self._failed_only or p.ok is False]
        another = shown[:1] and targets.keys[:1] and targets.keys[0].partition("/")[0] != key
        targets.show(shown)
        if another:
            targets.action_first()
        targets.touch_all()

    def _go_to_newest(self) -> None:
        """What was begun here last is what somebody wants to see."""
        newest = self.desk.outcomes.newest
        if newest is not None and newest != self._went_to and str(newest) in self.table.keys:
            self._went_to = newest
            self.table.go_to(str(newest))

    async def _read(self) -> None:
        try:
            told, meanwhile = await self._asked(ListTasks(limit=_NEWEST))
        except CpoctlError as error:
            self._stale = True
            self.desk.tell_error(error)
            return
        self.book.read(msgspec.convert(told, list[TaskRow]))
        self._take_in(meanwhile)
        self.rebuild()
        self._go_to_newest()
        self.rest()

    async def _show(self, number: int) -> None:
        told, meanwhile = await self._asked(ShowTask(task=number))
        self.book.show(msgspec.convert(told, TaskDetail))
        self._take_in([event for event in meanwhile if getattr(event, "task_id", None) == number])
        self.table.touch([str(number)])
        self._tell()

    async def _ask_unsure(self) -> None:
        try:
            for key in sorted(self.book.unsure, key=int)[:_ASKED_AT_ONCE]:
                await self._show(int(key))
        except CpoctlError as error:
            self.desk.tell_error(error)

    async def _asked(self, query: Query) -> tuple[Any, list[events.Event]]:
        """What the server tells, and what has happened meanwhile: the answer may be older than that."""
        heard: list[events.Event] = []
        self._listening.append(heard)
        try:
            return await self.desk.ask(query), heard
        finally:
            self._listening = [each for each in self._listening if each is not heard]

    def _take_in(self, happened: list[events.Event]) -> None:
        for event in happened:
            self.book.told(event, stored(self._now()))

    async def _open_page(self, number: int, position: int) -> None:
        try:
            told = await self.desk.ask(ShowTask(task=number, explain=True))
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        detail = msgspec.convert(told, TaskDetail)
        result = detail.results[position]
        title = f"task {number}: {detail.operation} {result.target}"
        await self.desk.push_screen_wait(Page(title, list(page(detail, result))))


def page(detail: TaskDetail, result: TargetDetail) -> Iterator[Line]:
    """Everything of one target: when, what came of it, why, and what to try."""
    facts = (
        ("result", result.status if result.ok is not None else f"{result.status}, not ended"),
        ("took", millis(result.latency_ms)),
        ("sent", local(result.sent_at)),
        ("ended", local(result.finished_at)),
        ("until", local(result.expires_at) if result.state == "waiting" else "-"),
        ("given", " ".join(f"{name}={value}" for name, value in detail.given.items()) or "-"),
        ("error", said(result.error) or "-"),
    )
    for name, text in facts:
        if text != "-":
            yield [(f"{name:<9}", "dim"), (text, "alert" if name == "error" else "")]
    for hint in (result.error or {}).get("hints") or ():
        yield [("try      ", "dim"), (str(hint), "strong")]
    if result.result:
        yield from ([], [("what it told", "strong")])
        yield from ([(line, "")] for line in json.dumps(result.result, indent=2, ensure_ascii=False).splitlines())
    lines = explained([each.line for each in detail.explanation], result.target or detail.operation)
    if lines:
        yield from ([], [("explanation", "strong")])
        yield from ([(line, "")] for line in lines)


def explained(lines: list[str], name: str) -> list[str]:
    """What an explanation of a task says of one target: its line, and those below that stand deeper."""
    begin = next((number for number, line in enumerate(lines) if line.startswith(f"{name}: ")), len(lines))
    end = next((number for number in range(begin + 1, len(lines)) if not lines[number].startswith(" ")), len(lines))
    return lines[begin:end]
