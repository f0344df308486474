"""What an operator can do: one file a noun, one frozen dataclass an operation.

The command line, the HTTP endpoint and later the dashboard's form are derived from the declaration:
fields are parameters, the docstring is the help, `path` is the command and `route` the endpoint.
A `Query` reads (SQL, then a live overlay where the server runs), a `Stream` reads and goes on with what
happens; an `Act` changes something and goes through the server. Nothing here imports asyncio or a
concrete store: whatever an operation needs comes in as its `Operator`, so that the command line can
load a declaration in a millisecond.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cpoctl.clock import duration
from cpoctl.errors import CpoctlError, NotFound, UsageProblem, nearest
from cpoctl.ocpp.asks import Ask as Ask
from cpoctl.ocpp.asks import Request as Request
from cpoctl.operations._answers import REFUSALS as REFUSALS
from cpoctl.operations._answers import Answer as Answer
from cpoctl.operations._answers import Outcome as Outcome
from cpoctl.operations._answers import Report as Report
from cpoctl.operations._answers import accepted as accepted
from cpoctl.operations._contracts import DatabaseFiles as DatabaseFiles
from cpoctl.operations._contracts import Operator as Operator
from cpoctl.operations._contracts import Store as Store
from cpoctl.operations._contracts import Tasks as Tasks
from cpoctl.operations._contracts import Watch as Watch
from cpoctl.operations._files import FORMS as FORMS
from cpoctl.operations._files import Content as Content
from cpoctl.operations._files import Files as Files
from cpoctl.operations._files import Form as Form
from cpoctl.operations._files import Offer as Offer
from cpoctl.operations._files import Purpose as Purpose
from cpoctl.operations._targets import Target as Target
from cpoctl.operations._targets import at_evse as at_evse
from cpoctl.operations._targets import known_charger as known_charger
from cpoctl.operations._targets import must_be_word as must_be_word
from cpoctl.operations._targets import target as target
from cpoctl.operations._targets import whole_charger as whole_charger
from cpoctl.store import Each as Each
from cpoctl.store import Read as Read
from cpoctl.store import Record as Record

if TYPE_CHECKING:
    from cpoctl.charts import Chart
    from cpoctl.domain.fleet import LiveCharger, LiveFleet
    from cpoctl.events import Event
    from cpoctl.formats import Rows
    from cpoctl.table import Field


Step = Callable[[int, "int | None"], None]
WEEK = 7 * 86400.0
BITS_31 = 2**31 - 1
"""The highest number that the standard's integers are sure to hold."""


class Danger(IntEnum):
    """How much an operation may hurt (UX §4.7)."""

    READ = 0
    HARMLESS = 1
    DISRUPTS = 2
    SEVERE = 3


class Role(StrEnum):
    """Who may do it; each role may what the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(frozen=True)
class Argument:
    """A positional parameter of the command. `kind` tells completion and prompts what it names.

    Of the kind `file` it is a text, which the command line also reads from `@file` or `-`; so is such an Option.
    Of the kind `source` it is such a text as well, or a URL at which the command line reads it.
    Of the kind `path` it is a text, for which the command line takes the path of the file that holds it, or `-`.
    Of the kind `content` it names what the server was handed; the command line takes a path, and hands that file over.
    An Option of the kind `time` is an instant or a duration, one of the kind `day` such a one or a day on the wall of whatever it
    is about: to times without a zone the faces add that of the machine they run on.
    An Option of the kind `save` is the command line's alone: where it writes the upload that the outcome names.
    """

    help: str
    kind: str = ""
    least: int | None = None
    most: int | None = None
    """Of a number: what every face refuses below and above."""


@dataclass(frozen=True)
class Option:
    """A named parameter; `--field-name` on the command line, or `--long` where the name is no word of Python's."""

    help: str
    short: str = ""
    kind: str = ""
    long: str = ""
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Secret:
    """A parameter that never stands in argv: the command line reads `--field-name-file FILE` (`-`: stdin)."""

    help: str


@dataclass(frozen=True)
class JsonText:
    """A positional parameter of type str, or a `named` one, that holds JSON text as the caller wrote it.

    The command line takes the text, `@file` or `-`; in an HTTP body it is the JSON value itself.
    """

    help: str
    named: bool = False


class Operation:
    """One thing an operator can do. Subclasses are frozen, keyword-only dataclasses."""

    path: ClassVar[str]
    route: ClassVar[str]
    row: ClassVar[type]
    danger: ClassVar[Danger] = Danger.READ
    role: ClassVar[Role] = Role.VIEWER
    examples: ClassVar[tuple[str, ...]] = ()
    told_as: ClassVar[str | None] = None
    """The output format where the caller names none; a terminal's and a pipe's usual ones without it."""
    cards: ClassVar[bool] = False
    """Whether a table tells each of its rows as a card, with what is nested in it."""

    def told_now(self) -> str | None:
        """The output format of this very invocation, where the caller names none."""
        return self.told_as

    def danger_now(self) -> Danger:
        """The danger of this very invocation."""
        return self.danger

    def role_now(self) -> Role:
        """Who may do this very invocation."""
        return self.role

    def consequence(self) -> str:
        """What it will do, as the confirmation says it."""
        return f"{self.path}"

    def lacking(self) -> tuple[str, ...]:
        """Words that this very invocation would be refused without, such as a reason, so that a face names them at once."""
        return ()

    def subject(self) -> "Query | None":
        """What a face looks up before it asks, so that the confirmation can say what it is about."""
        return None

    def consequence_for(self, found: Record) -> str:
        """What it will do, as the confirmation says it of the subject's row."""
        return self.consequence()

    def confirm_with(self) -> str:
        """The text that a severe operation wants typed."""
        return ""

    def pinned(self, now: datetime) -> Self:
        """The same with words that mean something else tomorrow made exact; `now` bears the caller's zone."""
        return self


class Query(Operation):
    """Reads. `select` runs on a reader, also with the server down; `overlay` adds what only the server knows."""

    many: ClassVar[bool] = True
    noun: ClassVar[str] = "rows"
    local: ClassVar[bool] = False
    """Whether it reads nothing of ours and needs neither server nor database."""
    newest_last: ClassVar[bool] = False
    """Whether the newest row stands at the end, so that --limit keeps the last ones."""
    heavy: ClassVar[bool] = False
    """Whether it reads so much that the command line, where it may, reads the file itself instead of asking the server."""

    remarks: ClassVar[type | None] = None
    """The rows of `beside`, which an answer over HTTP tells with its own: then it is an object, else the rows alone."""

    def select(self, read: Read) -> list[Any]:
        """Rows from the database."""
        raise AssertionError(f"{type(self).__name__} selects nothing")

    def in_steps(self, read: Read, step: Step) -> list[Any]:
        """The rows of `select`, where that takes long: `step` is told how many sessions of about how many were looked at."""
        return self.select(read)

    def overlay(self, row: Any, live: "LiveFleet", now: datetime) -> Any:
        """The row with live facts; called only where the server runs."""
        return row

    def chosen(self, rows: list[Any]) -> list[Any]:
        """The rows that are told, once the live facts are in."""
        return rows

    def objection(self, rows: Sequence[Mapping[str, Any]]) -> CpoctlError | None:
        """With what the command line ends, once these rows are told, if they are not as they should be."""
        return None

    def places(self) -> Mapping[str, str]:
        """What stands for `{month}` and the like in the name of a file that it is written to."""
        return {}

    def title(self) -> str:
        """What a page of its rows is called: the command, and what narrows it down."""
        return f"cpoctl {self.path}"

    def told_fields(self) -> "Sequence[Field] | None":
        """Of which fields its rows are that `in_turn` tells; None where it tells none, and `select` all of them."""
        return None

    def in_turn(self, read: Read, each: Each) -> "Rows":
        """Its rows as they are read, where there may be more than fit into the memory."""
        raise AssertionError(f"{type(self).__name__} tells its rows at once")

    def laid_out(self, rows: "Rows") -> "Rows":
        """The rows as their reader wants them: which columns, called how, written how."""
        return rows

    def beside(self) -> "Query | None":
        """What tells whether all data was there. Its rows go to stderr and on paper, and its objection is the end of the command."""
        return None

    @classmethod
    def remark(cls, row: Mapping[str, Any]) -> str:
        """A row as a line on stderr, where it is told beside another query."""
        raise AssertionError(f"{cls.__name__} is told beside nothing")

    def chart(self, rows: Sequence[Mapping[str, Any]]) -> "Chart | None":
        """What its rows, as JSON data, look like; None where they make no picture."""
        return None


class Stream(Query):
    """Reads what is stored, then, with its field `follow`, goes on with what happens."""

    frames: ClassVar[bool] = False
    """Whether it wants the frames of the journal, which are published only while somebody listens."""

    def take(self, event: "Event") -> Any | None:
        """The row that an event is, or None."""
        raise AssertionError(f"{type(self).__name__} takes nothing")

    def take_live(self, event: "Event", live: "LiveFleet") -> Any | None:
        """The same for a row that the event alone does not make: the live state has just taken the event in."""
        return self.take(event)

    def final(self, row: Record) -> bool:
        """Whether the stream ends with this row; the server and its client ask it of the row's JSON data."""
        return False

    def numbered(self, row: Any, seq: int | None) -> Any:
        """The row of an event with the event's sequence number, for a stream that tells it."""
        return row

    def place(self, row: Any) -> int | None:
        """A number that grows from row to row, so that none is told twice."""
        return None

    @classmethod
    def line(cls, row: Record) -> str:
        """One row on one line of a terminal; the command line makes it harmless and cuts it."""
        raise AssertionError(f"{cls.__name__} has no line")


class Act(Operation):
    """Changes something. Runs in the server.

    One whose row is an Outcome and whose first argument names a charger takes many targets, and may wait
    for a charger that is away; `run` always sees one of them.
    """

    danger: ClassVar[Danger] = Danger.HARMLESS
    role: ClassVar[Role] = Role.OPERATOR
    tells_targets: ClassVar[bool] = False
    """Whether the rows that its error carries are the targets of a task, and not its own."""
    recorded: ClassVar[bool] = True
    """Whether an invocation is kept as a task."""
    queue_most: ClassVar[float] = WEEK
    """How many seconds it may wait for a charger that is away; 0: not at all."""
    many_calls: ClassVar[bool] = False
    """Whether it makes as many Calls as it needs, each with its timeout; whoever asked waits for them all."""
    takes_minutes: ClassVar[bool] = False
    """Whether the server may work at it for so long that silence tells nothing: whoever asked waits for its end."""
    nothing: ClassVar[str] = ""
    """What a reader at a terminal is told where it lists nothing."""
    waits_for: ClassVar[str] = ""
    """What --wait waits for, as its help says it; empty where an answer is all there is."""
    wait_most: ClassVar[float] = 300.0
    """How many seconds --wait waits where the caller says nothing."""
    of_waiting: ClassVar[bool] = False
    """Whether globs and selectors choose among the chargers that wait for approval, in place of those that have it."""
    harmless_again: ClassVar[bool] = False
    """Whether doing it once more changes nothing: whoever may have done it already can simply be asked again."""

    async def run(self, operator: Operator) -> Any:
        """Do it and tell the outcome as a row."""
        raise AssertionError(f"{type(self).__name__} does nothing")

    def preview(self, now: datetime) -> Query | None:
        """What tells what it would come to, in place of the frames and rows of a dry run, where those would be too many."""
        return None

    def concerns(self, live: "LiveFleet") -> str | None:
        """The charger that it is about, where its first argument does not name one."""
        return None

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """Wait until what was asked has come about. Raises Refused when it has not and never will."""
        return outcome

    @classmethod
    def came_about(
        cls, goal: str | None, charger: "LiveCharger", event: "Event | None" = None, since: str = ""
    ) -> bool | None:
        """Whether it has come about at a charger that nobody waits for any more, by what that tells; None: it does not tell.

        `goal` is what it makes of a charger, where that is known; `since` when it was asked. False only by an event.
        """
        return None

    def still(self, live: "LiveFleet") -> Sequence[str]:
        """Commands for whoever has waited in vain: what keeps it from coming about."""
        return ()


class LocalAct(Operation):
    """Works on the database file itself, without the server; runs in the command line's process."""

    on_database: ClassVar[bool] = True
    """Whether it needs a database at all: what needs none is done whichever server is named."""

    danger: ClassVar[Danger] = Danger.HARMLESS
    role: ClassVar[Role] = Role.ADMIN
    route: ClassVar[str] = ""

    def run_local(self, files: DatabaseFiles) -> Any:
        """Do it and tell the outcome as a row."""
        raise AssertionError(f"{type(self).__name__} does nothing")


def new_request_id() -> int:
    """A number by which the charger's reports of something that we ask for are known; it fits 31 bits."""
    import secrets  # not at the top: it takes hashlib along, and a list needs neither

    return secrets.randbelow(2**31 - 1) + 1


def instant(text: str, now: datetime, field: str, *, ago: bool = False, zone: tzinfo | None = None) -> datetime:
    """Read `2026-12-31T23:59:59Z`, or `2h` from now or ago. Raises UsageProblem.

    Without a zone it is that of `zone`, else the server's: the faces add the caller's.
    """
    try:
        if text[:1].isdigit() and "-" not in text:
            span = timedelta(seconds=duration(text))
            return now - span if ago else now + span
        told = datetime.fromisoformat(text)
        return (told if told.tzinfo else told.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageProblem(
            f"--{field}: {text!r} is neither a time nor a duration",
            hints=[
                f"cpoctl help time    such as --{field} 2026-12-31T23:59:59Z, "
                f"or --{field} 2h: two hours {'ago' if ago else 'from now'}"
            ],
        ) from None


def one(rows: Sequence[Any], noun: str, name: str, read: Read, names: str) -> Any:
    """The only row, or NotFound with the nearest known name. `names` selects the known names."""
    if rows:
        return rows[0]
    known = [next(iter(record.values())) for record in read(names)]
    raise NotFound(
        f"no {noun} {name}{nearest(name, known)}", target=name, hints=[f"cpoctl {noun} list    all that are known"]
    )
