"""What can be done: the one table that keys, menu, palette and help are made of (UX §5.2). Every row is an operation.

Adding an action is adding a row. What it needs to know is asked in a form made from its operation; how dangerous it is,
and what it will do, the operation says itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.operations import Danger, Operation
from cpoctl.parameters import Parameter, aimed, named, parameters, targeted

CHARGER, EVSE, SESSION, ALERT, TASK, VARIABLE, TAG = "charger", "evse", "session", "alert", "task", "variable", "tag"


@dataclass(frozen=True)
class Subject:
    """What an action is about: the rows that are marked, or the one under the cursor. `ids` are words of its operations."""

    kind: str
    ids: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """`HQ-07`, or `3 chargers`."""
        return self.ids[0] if len(self.ids) == 1 else f"{len(self.ids)} {self.kind}s"


@dataclass(frozen=True)
class Action:
    """One thing that can be done to rows of these kinds. `asks`: optional parameters worth a question; '' has no key."""

    id: str
    key: str
    label: str
    path: str
    on: tuple[str, ...]
    asks: tuple[str, ...] = ()
    shown: bool = False
    """Whether the line of keys has room for it."""

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

    def questions(self, *, all: bool = False) -> list[Parameter]:
        """What must be known before it can be done: what is required, and what is worth asking."""
        aim = self.target
        return [
            parameter
            for parameter in parameters(self.operation)
            if (aim is None or parameter.name != aim.name)
            and parameter.name != "timeout"
            and (all or parameter.required or parameter.name in self.asks)
        ]

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


ACTIONS: Final = (
    Action("session.start", "s", "start…", "session start", (CHARGER, EVSE), shown=True),
    Action("session.stop", "S", "stop…", "session stop", (SESSION, EVSE, CHARGER), shown=True),
    Action("charger.reset", "R", "reset…", "charger reset", (CHARGER,), ("hard",), shown=True),
    Action("charger.unlock", "U", "unlock…", "charger unlock", (EVSE, CHARGER), shown=True),
    Action("charger.availability", "A", "availability…", "charger availability", (EVSE, CHARGER),
           ("operative", "inoperative"), shown=True),
    Action("var.set", "V", "set variable…", "var set", (CHARGER,), shown=True),
    Action("charger.trigger", "M", "trigger message…", "charger trigger", (EVSE, CHARGER)),
    Action("firmware.update", "w", "firmware…", "firmware update", (CHARGER,), ("at",)),
    Action("diag.fetch", "D", "diagnostics…", "diag fetch", (CHARGER,)),
    Action("charger.clear-cache", "", "clear the authorization cache", "charger clear-cache", (CHARGER,)),
    Action("charger.ping", "", "ping", "charger ping", (CHARGER,)),
    Action("charger.disconnect", "", "close its connection…", "charger disconnect", (CHARGER,)),
    Action("charger.edit", "E", "edit…", "charger edit", (CHARGER,), ("name", "note", "site", "label")),
    Action("charger.rm", "", "remove…", "charger rm", (CHARGER,)),
    Action("reservation.add", "", "reserve…", "reservation add", (EVSE, CHARGER)),
    Action("session.close", "C", "close by hand…", "session close", (SESSION,), ("energy_wh", "meter_stop_wh", "at")),
    Action("alert.ack", "A", "acknowledge…", "alert ack", (ALERT,), ("comment",), shown=True),
    Action("task.cancel", "c", "cancel…", "task cancel", (TASK,), shown=True),
    Action("task.retry", "R", "retry failed…", "task retry", (TASK,), ("unknown",), shown=True),
)  # fmt: skip


def on(kind: str) -> list[Action]:
    """What can be done to rows of a kind."""
    return [action for action in ACTIONS if kind in action.on]


def danger(operation: Operation, targets: Sequence[str]) -> Danger:
    """How dangerous it is on so many targets: more than one is never harmless, more than 20 must be typed (UX §4.7)."""
    alone = operation.danger_now()
    if len(targets) < 2 or alone == Danger.READ:
        return alone
    return max(alone, Danger.SEVERE if len(targets) > 20 else Danger.DISRUPTS)
