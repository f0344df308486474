"""What can be done: the one table that keys, menu, palette and help are made of (UX §5.2). Every row is an operation.

Adding an action is adding a row. What it needs to know is asked in a form made from its operation; how dangerous it is,
and what it will do, the operation says itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from cpoctl.operations import Danger, Operation, Option
from cpoctl.parameters import Parameter, aimed, named, parameters, targeted

CHARGER, EVSE, SESSION, ALERT, TASK, VARIABLE, TAG = "charger", "evse", "session", "alert", "task", "variable", "tag"
STATE: Final = "state"
"""The question for one of several flags, of which exactly one is meant."""


@dataclass(frozen=True)
class Subject:
    """What an action is about: the rows that are marked, or the one under the cursor. `ids` are words of its operations."""

    kind: str
    ids: tuple[str, ...] = ()
    about: str = field(default="", compare=False)
    """What the screen knows of it beyond its name, for whoever is asked about it."""

    @property
    def told(self) -> str:
        """`HQ-07`, or `3 chargers`."""
        kind = "EVSE" if self.kind == EVSE else self.kind
        return self.ids[0] if len(self.ids) == 1 else f"{len(self.ids)} {kind}s"

    @property
    def named(self) -> str:
        """`HQ-07`, or `session 954`: what has only a number says what it is."""
        return f"{self.kind} {self.ids[0]}" if len(self.ids) == 1 and self.ids[0].isdecimal() else self.told


@dataclass(frozen=True)
class Action:
    """One thing that can be done to rows of these kinds; with `…` in its label it never happens without a question.

    `asks`: optional parameters worth a question; a key of '' is none.
    """

    id: str
    key: str
    label: str
    path: str
    on: tuple[str, ...]
    asks: tuple[str, ...] = ()
    shown: bool = False
    """Whether the line of keys has room for it."""
    one_of: tuple[str, ...] = ()
    """Flags of which exactly one is meant: they are one question."""
    anywhere: str | None = None
    """Asked which EVSE where a charger has several: what none of them is called; '' where one must be named."""

    @property
    def operation(self) -> type[Operation]:
        """What is done."""
        found = named(self.path)
        assert found is not None, self.path  # noqa: S101 # tests/tui walk over the table
        return found

    @property
    def target(self) -> Parameter | None:
        """The parameter that names what it is about."""
        return targeted(self.operation) or next((p for p in parameters(self.operation) if p.positional), None)

    def questions(self, given: Collection[str] = (), *, all: bool = False) -> list[Parameter]:
        """What must be known before it can be done: what is required, and what is worth asking, but for what is given."""
        aim = self.target
        found = [
            parameter
            for parameter in parameters(self.operation)
            if (aim is None or parameter.name != aim.name)
            and parameter.name not in ("timeout", *self.one_of, *given)
            and (all or parameter.required or parameter.name in self.asks)
        ]
        return [self._state(), *found] if self.one_of and not set(given) & set(self.one_of) else found

    def _state(self) -> Parameter:
        """The one question for several flags."""
        told = [f"{p.name}: {p.mark.help}" for p in parameters(self.operation) if p.name in self.one_of]
        return choice(STATE, self.one_of, "; ".join(told))

    def read(self, answers: dict[str, Any]) -> dict[str, Any]:
        """What the answers to its questions mean to the operation."""
        values = dict(answers)
        if chosen := values.pop(STATE, None) if self.one_of else None:
            values[chosen] = True
        return values

    def place(self, subject: Subject, evses: Sequence[int]) -> Parameter | None:
        """The question which EVSE of a charger is meant, where there is a choice."""
        if self.anywhere is None or subject.kind != CHARGER or len(subject.ids) != 1 or len(evses) < 2:
            return None
        words = [*([self.anywhere] if self.anywhere else []), *map(str, evses)]
        return choice(EVSE, words, f"which EVSE of {subject.ids[0]}", self.anywhere or None)

    def made(self, values: dict[str, Any], word: str) -> Operation:
        """The operation on one target. Raises UsageProblem where the values contradict each other."""
        return self.each(values, (word,))[0]

    def each(self, values: dict[str, Any], words: Sequence[str]) -> list[Operation]:
        """The operations on these: one for each, or one for all where it takes many at once. Raises UsageProblem."""
        kind, aim = self.operation, self.target
        if targeted(kind) is not None or aim is None:
            return [aimed(kind, values, word) for word in words]
        typed = [int(word) if aim.scalar is int else word for word in words]
        if aim.many:
            return [kind(**values, **{aim.name: tuple(typed)})]
        return [kind(**values, **{aim.name: each}) for each in typed]


def choice(name: str, words: Sequence[str], help: str, default: str | None = None) -> Parameter:
    """A question that is answered by one of these words."""
    kind = Literal.__getitem__(tuple(words))
    return Parameter(name, kind, kind, Option(help), required=default is None, default=default)


ACTIONS: Final = (
    Action("session.start", "s", "start…", "session start", (CHARGER, EVSE), shown=True, anywhere="any"),
    Action("session.stop", "S", "stop…", "session stop", (SESSION, EVSE, CHARGER), shown=True),
    Action("charger.reset", "R", "reset…", "charger reset", (CHARGER,), ("hard",), shown=True),
    Action("charger.unlock", "U", "unlock…", "charger unlock", (EVSE, CHARGER), anywhere=""),
    Action("charger.availability", "A", "change availability…", "charger availability", (EVSE, CHARGER),
           one_of=("operative", "inoperative"), anywhere="whole charger"),
    Action("var.get", "F", "read variables…", "var get", (CHARGER,), ("names",)),
    Action("var.set", "V", "set variable…", "var set", (CHARGER,)),
    Action("charger.trigger", "M", "trigger message…", "charger trigger", (EVSE, CHARGER), anywhere="whole charger"),
    Action("firmware.update", "w", "update firmware…", "firmware update", (CHARGER,), ("at",)),
    Action("diag.fetch", "D", "fetch diagnostics…", "diag fetch", (CHARGER,), ("log", "since", "until")),
    Action("charger.clear-cache", "", "clear the authorization cache", "charger clear-cache", (CHARGER,)),
    Action("charger.ping", "", "ping", "charger ping", (CHARGER,)),
    Action("charger.disconnect", "", "close its connection…", "charger disconnect", (CHARGER,)),
    Action("charger.edit", "E", "edit…", "charger edit", (CHARGER,), ("name", "note", "site", "label")),
    Action("charger.rm", "", "remove…", "charger rm", (CHARGER,)),
    Action("reservation.add", "", "reserve…", "reservation add", (EVSE, CHARGER), anywhere="any"),
    Action("session.close", "C", "close by hand…", "session close", (SESSION,), ("energy_wh", "meter_stop_wh", "at")),
    Action("alert.ack", "A", "acknowledge…", "alert ack", (ALERT,), ("comment",), shown=True),
    Action("task.cancel", "c", "cancel…", "task cancel", (TASK,), shown=True),
    Action("task.retry", "R", "retry failed…", "task retry", (TASK,), ("unknown",), shown=True),
)  # fmt: skip


def called(id: str) -> Action:
    """The one of an id."""
    return next(action for action in ACTIONS if action.id == id)


def on(kind: str) -> list[Action]:
    """What can be done to rows of a kind."""
    return [action for action in ACTIONS if kind in action.on]


def danger(operation: Operation, targets: Sequence[str]) -> Danger:
    """How dangerous it is on so many targets: more than one is never harmless, more than 20 must be typed (UX §4.7)."""
    alone = operation.danger_now()
    if len(targets) < 2 or alone == Danger.READ:
        return alone
    return max(alone, Danger.SEVERE if len(targets) > 20 else Danger.DISRUPTS)
