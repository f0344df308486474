"""Reports: what was charged and earned and how well it went, drawn and as a table, over a span of the calendar."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, get_args, get_type_hints

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from cpoctl.charts import drawn
from cpoctl.command_lines import command_line
from cpoctl.errors import CpoctlError, UsageProblem
from cpoctl.tui.spans import Span
from cpoctl.tui.views import View
from cpoctl.tui.widgets.lines import Line, Lines, Piece
from cpoctl.tui.widgets.records import Record, Records
from cpoctl.tui.working import begin

if TYPE_CHECKING:
    from cpoctl.operations.report import Report

_FIRST = "energy"
_LOOKS = ("", "-table", "-plot")
_FILTERS = ("site", "charger", "tag")


class Reports(View):
    """One report at a time."""

    title: ClassVar[str] = "Reports"
    place: ClassVar[int | None] = 5
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "report(1)", "report", id="reports.next"),
        Binding("shift+tab", "report(-1)", "report before", show=False, id="reports.before"),
        Binding("left", "move(-1)", "earlier", id="reports.earlier"),
        Binding("right", "move(1)", "later", show=False, id="reports.later"),
        Binding("left_square_bracket", "zoom(-1)", "shorter", show=False, id="reports.shorter"),
        Binding("right_square_bracket", "zoom(1)", "longer", show=False, id="reports.longer"),
        Binding("b", "group", "by", id="reports.by"),
        Binding("z", "look", "table/plot", id="reports.look"),
    ]

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._report = _FIRST
        self._by: dict[str, str] = {}
        self._filter: dict[str, str] = {}
        self._span: Span | None = None
        self._remarks: list[str] = []
        self._problem = ""
        self._reading = False

    def compose(self) -> ComposeResult:
        """Which reports there are, what is shown of which days, the drawing and the table."""
        yield Lines(classes="summary")
        yield Lines(classes="list-title")
        with VerticalScroll(classes="drawing", can_focus=False):
            yield Lines(classes="chart")
        yield Records(None, classes="list")
        yield Lines(classes="same-as")

    @cached_property
    def kinds(self) -> Mapping[str, "type[Report]"]:
        """Every report by its name."""
        from cpoctl.operations import report  # not before somebody wants one: the first picture does not wait for it
        from cpoctl.parameters import declared

        kinds = {kind.path.rpartition(" ")[2]: kind for kind in declared(report) if issubclass(kind, report.Report)}
        return {name: kinds[name] for name in sorted(kinds)}

    @property
    def table(self) -> Records:
        """The rows."""
        return self.query_one(Records)

    @property
    def span(self) -> Span:
        """The days that are meant: at first this month, by the server's clock."""
        if self._span is None:
            self._span = Span("month", self.desk.picture.now().astimezone().date())
        return self._span

    @property
    def filtered_by(self) -> str:
        """Which sites, chargers and tags."""
        return " ".join(f"{name}:{word}" for name, word in self._filter.items())

    def filter(self, text: str) -> None:
        """`site:HQ`, `charger:HQ-07`, `tag:ANNA`: a report is narrowed down by what it takes. Raises UsageProblem."""
        found = {}
        for term in text.split():
            name, colon, word = term.partition(":")
            if name not in _FILTERS or not colon or not word:
                at = text.index(term)
                raise UsageProblem(
                    f"a report is filtered by {', '.join(f'{name}:…' for name in _FILTERS)}",
                    detail={"text": text, "from": at, "to": at + len(term)},
                )
            found[name] = word
        self._filter = found
        self._ask()

    def operation(self) -> "Report":
        """What is asked of the server."""
        kind = self.kinds[self._report]
        since, until = self.span.words
        chosen = {"by": self._by[self._report]} if self._report in self._by else {}
        return kind(since=since, until=until, **self._filter, **chosen)

    def ways(self) -> tuple[str, ...]:
        """What a row of it may be of."""
        hint = get_type_hints(self.kinds[self._report]).get("by")
        return get_args(hint) if hint is not None else ()

    def opened(self) -> None:
        """Ask anew: what was true when it was looked at last may not be."""
        self.table.focus()
        self._ask()

    def attend(self) -> None:
        """The table takes the keys; it is as it was."""
        self.table.focus()

    def command(self) -> str:
        """The command line that tells the same."""
        return command_line(self.operation())

    def exported(self) -> tuple[type, Sequence[Any]] | None:
        """The rows as the server told them."""
        return (self.kinds[self._report].row, list(self.table.records.values())) if self.table.records else None

    def action_report(self, by: int) -> None:
        """Another report."""
        names = list(self.kinds)
        self._report = names[(names.index(self._report) + by) % len(names)]
        self._ask()

    def action_move(self, by: int) -> None:
        """Earlier or later."""
        self._span = self.span.moved(by)
        self._ask()

    def action_zoom(self, by: int) -> None:
        """A longer or a shorter time."""
        self._span = self.span.zoomed(by)
        self._ask()

    def action_group(self) -> None:
        """A row for each of something else."""
        ways = self.ways()
        if not ways:
            self.desk.notify(f"{self._report} has no groups", severity="warning")
            return
        now = getattr(self.operation(), "by", ways[0])
        self._by[self._report] = ways[(ways.index(now) + 1) % len(ways)]
        self._ask()

    def action_look(self) -> None:
        """Drawing and table, the table alone, the drawing alone."""
        now = next((look for look in _LOOKS[1:] if self.has_class(look)), "")
        self.remove_class(*_LOOKS[1:])
        if wanted := _LOOKS[(_LOOKS.index(now) + 1) % len(_LOOKS)]:
            self.add_class(wanted)

    def on_resize(self) -> None:
        """A drawing is as wide as its place."""
        if self.display:
            self._draw()

    def _ask(self) -> None:
        if self.display:
            self._reading = True
            self._tell()
            begin(self, "report", self._read)

    async def _read(self) -> None:
        operation = self.operation()
        try:
            rows: list[Record]
            if operation.remarks is not None:
                rows, remarks = await self.desk.ask_remarked(operation)
            else:  # the one that is made of remarks
                rows, remarks = await self.desk.ask(operation), []
        except CpoctlError as error:
            self._problem, rows, remarks = error.message, [], []
        else:
            self._problem = ""
        if not self.query(Records):  # it was left meanwhile
            return
        self._reading = False
        self._remarks = [str(row["says"]) for row in remarks if row["missing"]]
        self.table.describe(operation.row)
        self.table.fill(rows)
        self._tell()
        self._draw()
        self.table.refresh()  # other columns, and other words where it has no rows

    def _draw(self) -> None:
        chart = self.operation().chart(list(self.table.records.values())) if self.table.records else None
        self.set_class(chart is None, "-undrawn")
        lines = drawn(chart, max(20, self.size.width - 2)) if chart is not None else ["nothing to draw"]
        self.query_one(".chart", Lines).tell(
            [[(f" {line}", "header" if not at else "")] for at, line in enumerate(lines)]
        )

    def _tell(self) -> None:
        """Which report of how many, of which days; what is missing in its data."""
        names: list[Piece] = [(" ", "")]
        for name in self.kinds:
            names += [(f"[{name}]", "strong") if name == self._report else (f" {name} ", "dim")]
        self.query_one(".summary", Lines).tell([names])
        operation = self.operation()
        since, until = self.span.words
        days = f"{since} … {until}" if until else since
        parts = [
            f"{self._report} of {days}",
            f"by {operation.by}" if hasattr(operation, "by") else "",
            self.filtered_by,
        ]
        pieces: list[Piece] = [(" " + " · ".join(part for part in parts if part), "header")]
        if self._reading:
            pieces.append(("  reading…", "dim"))
        if self._problem:
            pieces.append((f"  {self._problem}", "alert"))
        self.query_one(".list-title", Lines).tell([pieces])
        self.table.empty = "reading…" if self._reading else self._problem or "nothing in this time"
        missing: list[Line] = [[(f" ! {remark}", "alert")] for remark in self._remarks[:2]]
        self.query_one(".same-as", Lines).tell([*missing, [(f" The same as: {self.command()}", "dim")]])
