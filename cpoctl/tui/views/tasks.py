"""Tasks: what was asked of chargers and by whom, and of the task under the cursor every target as it goes."""

from collections.abc import Collection
from typing import Any, ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical

from cpoctl import events
from cpoctl.charts.progress import progress
from cpoctl.clock import stored
from cpoctl.errors import CpoctlError
from cpoctl.operations import Query
from cpoctl.operations.task import TaskRow
from cpoctl.operations.task.list import ListTasks
from cpoctl.operations.task.show import ShowTask, TaskDetail
from cpoctl.operations.transfer import MOVES
from cpoctl.table import local
from cpoctl.tui.actions import TASK
from cpoctl.tui.resting import Resting
from cpoctl.tui.task_book import Place, TaskBook
from cpoctl.tui.task_looks import COLS, TARGET_COLS, counts, given, page
from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.dialogs import Page
from cpoctl.tui.widgets.lines import Line, Lines
from cpoctl.tui.widgets.table import RowTable
from cpoctl.tui.working import begin

_NEWEST = 500
_BAR_WIDTH = 60
_FILES = (events.FileTransferStarted, events.FileTransferProgressed, events.FileTransferFinished)
_ASKED_AT_ONCE = 20


class Tasks(Resting):
    """The newest tasks, and the targets of one."""

    title: ClassVar[str] = "Tasks"
    place: ClassVar[int | None] = 6
    kind: ClassVar[str] = TASK
    row: ClassVar[type] = TaskRow
    noun: ClassVar[str] = "tasks"
    sort: ClassVar[str] = "-task"
    cols: ClassVar[tuple[Col, ...]] = COLS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f", "failed", "failed only", id="tasks.failed")]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.book = TaskBook()
        self._changed: set[str] = set()
        self._files_moved = False
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
        """The task as `task list` has it, and how its age is told."""
        return self.book.tasks[key].row, self.desk.times

    def record(self, key: str) -> dict[str, object]:
        """The row of `task list`."""
        return vars(self.book.tasks[key].row)

    def opened(self) -> None:
        """Read what is stored, once; from then on events keep it true."""
        super().opened()
        if self._stale:
            self._stale = False
            begin(self, "read", self._read)
        self._go_to_newest()

    def resynced(self) -> None:
        """What happened meanwhile was not heard."""
        self._stale = True
        if self.display:
            self.opened()
        else:
            self.book.read(())

    def told(self, event: events.Event) -> None:
        """Keep the list true, also while hidden."""
        for heard in self._listening:
            heard.append(event)
        self._files_moved = self._files_moved or isinstance(event, _FILES)
        self._changed |= self.book.told(event, stored(self.desk.picture.now()))

    def freshen(self, changed: frozenset[str]) -> None:
        """The tasks that events have told of."""
        tasks, self._changed = frozenset(self._changed), set()
        if self._files_moved:
            self._files_moved = False
            self.targets.touch_all()
        if tasks:
            new = tasks & self.book.tasks.keys() - self.order.fitting.keys()
            super().freshen(tasks)
            if new:  # nobody waits for what has just begun
                self._line_up(self.order.arranged())
                self._go_to_newest()
                self._tell()
            self._sum_up()
            self.rest()

    def tick(self) -> None:
        """Ages have changed; what events did not tell enough of is asked."""
        super().tick()
        self._go_to_newest()  # its number may come after its row
        if self.book.unsure:
            begin(self, "unsure", self._ask_unsure)

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
        task = self.book.tasks[key]
        row = task.row
        again = f" · repeats task {row.retry_of}" if row.retry_of else ""
        return [
            [(f" task {row.task_id}: {row.operation} {given(row)}{again}", "header")],
            [
                (f" {counts(row, task.places)}", "strong"),
                (f" · {row.actor}, {local(row.started_at)}", "dim"),
                *self._only(),
            ],
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
            begin(self, "page", self._open_page, *map(int, event.key.split("/")))
        elif task is not None and task.row.targets == 1:
            begin(self, "page", self._open_page, task.row.task_id, 0)
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
        place = places[int(position)]
        place.moving = self._moving(self.book.tasks[number].row.operation, place)
        return place

    def _moving(self, operation: str, place: Place) -> str:
        """How far the file is that a target moves, where its task is one that has files moved."""
        moving = self.desk.picture.live.transfers.newest(place.target, MOVES.get(operation, ""))
        if moving is None or moving.state != "running":
            return ""
        return progress(moving.bytes, moving.total, moving.bytes_per_s, _BAR_WIDTH)

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
        if not self.query(".list-title"):
            return  # the dashboard ended meanwhile, and its lines have gone
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
            self.book.told(event, stored(self.desk.picture.now()))

    async def _open_page(self, number: int, position: int) -> None:
        try:
            told = await self.desk.ask(ShowTask(task=number, explain=True))
        except CpoctlError as error:
            self.desk.tell_error(error)
            return
        detail = msgspec.convert(told, TaskDetail)
        result = detail.results[position]
        title = f"task {number}: {detail.operation} {result.target}"
        await self.desk.push_screen_wait(Page(title, list(page(detail, result, self.size.width - 8))))
