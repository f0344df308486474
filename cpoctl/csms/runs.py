"""Runs: a task while it goes on, with its targets, and how it is written down.

What is kept never holds a secret: an operation that was given one is marked as not repeatable.
"""

import asyncio
import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, NamedTuple

from cpoctl import events
from cpoctl.clock import parsed, stored
from cpoctl.csms.results import Result
from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.secrets import MASK, is_secret, masked
from cpoctl.errors import CpoctlError
from cpoctl.operations import Act, JsonText, Secret, Target, target
from cpoctl.operations.task import Plan
from cpoctl.parameters import Parameter, aimed, given, named, parameters, targeted
from cpoctl.store import Record, rows


@dataclass
class Place:
    """One target: pending → waiting → sent → done."""

    position: int
    target: str
    charger_id: str | None
    state: str = "pending"
    expires_at: datetime | None = None


class Cause(NamedTuple):
    """The target of a task that a Call is for."""

    task_id: int
    position: int


@dataclass
class Run:
    """A task that goes on. `given` has every field of the operation but the one that names the target."""

    task_id: int
    operation: str
    kind: type[Act]
    given: dict[str, Any]
    places: list[Place]
    plan: Plan
    actor: str
    retry_of: int | None = None
    failed: int = 0
    succeeded: int = 0
    cancelled: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def act(self, place: Place) -> Act:
        """The operation for one target."""
        return aimed(self.kind, self.given, place.target)

    @property
    def stopped(self) -> bool:
        """Whether no further target is to be begun."""
        return self.cancelled or (self.plan.fail_fast and self.failed > 0)

    @property
    def left(self) -> int:
        """How many targets have no result yet."""
        return len(self.places) - self.succeeded - self.failed

    def begin(self, now: datetime) -> list[rows.Row]:
        """The rows of its beginning."""
        told, repeatable = kept(self.kind, self.given)
        plan = json.dumps({name: value for name, value in asdict(self.plan).items() if value != getattr(Plan(), name)})
        task = rows.Task(
            self.task_id, self.operation, told, int(repeatable), plan, self.actor, self.retry_of, "running", stored(now)
        )
        return [task, *(rows.TaskTarget(self.task_id, *_told(place)) for place in self.places)]

    def moved(self, place: Place, now: datetime | None = None) -> rows.TaskTargetState:
        """The row of a target's new state; `now` when its Call goes out."""
        expires = stored(place.expires_at) if place.expires_at else None
        return rows.TaskTargetState(place.state, expires, stored(now) if now else None, self.task_id, place.position)

    def end(self, place: Place, result: Result, now: datetime) -> list[rows.Row]:
        """Give a target its result; the rows of that, and of the task's end if it was the last."""
        place.state = "done"
        self.succeeded, self.failed = self.succeeded + result.ok, self.failed + (not result.ok)
        told: list[rows.Row] = [
            rows.TaskTargetEnded(
                int(result.ok),
                result.status,
                result.latency_ms,
                result.command_id,
                json.dumps(result.error) if result.error else None,
                json.dumps(result.result) if result.result else None,
                stored(now),
                self.task_id,
                place.position,
            )
        ]
        return told if self.left else [*told, rows.TaskEnded(self.state, stored(now), self.task_id)]

    @property
    def state(self) -> str:
        """Its state in a word."""
        return "running" if self.left else "cancelled" if self.cancelled else "finished"

    def started(self) -> events.Event:
        """The event of its beginning."""
        return events.TaskStarted(
            task_id=self.task_id, operation=self.operation, actor=self.actor, targets=len(self.places)
        )

    def cause(self, place: Place) -> Cause:
        """What a Call to a target's charger is for."""
        return Cause(self.task_id, place.position)

    def sent(self, place: Place) -> events.Event:
        """The event of a target whose turn has come."""
        return events.TaskTargetSent(charger_id=place.charger_id, task_id=self.task_id, position=place.position)

    def waits(self, place: Place) -> events.Event:
        """The event of a target that waits."""
        return events.TaskTargetWaits(
            charger_id=place.charger_id,
            task_id=self.task_id,
            position=place.position,
            target=place.target,
            expires_at=stored(place.expires_at) if place.expires_at else "",
        )

    def told(self, place: Place, result: Result) -> list[events.Event]:
        """The events of a target's end, and of the task's if it was the last."""
        ended = events.TaskTargetFinished(
            charger_id=place.charger_id,
            task_id=self.task_id,
            position=place.position,
            target=place.target,
            ok=result.ok,
            status=result.status,
            latency_ms=result.latency_ms,
            error=result.brief,
            result=result.result,
            left=self.left,
        )
        return [ended] if self.left else [ended, self._finished()]

    def _finished(self) -> events.Event:
        return events.TaskFinished(
            task_id=self.task_id,
            operation=self.operation,
            state=self.state,
            succeeded=self.succeeded,
            failed=self.failed,
        )


def _told(place: Place) -> tuple[int, str, str | None, str]:
    return place.position, place.target, place.charger_id, place.state


def placed(words: list[str], live: LiveFleet) -> list[Place]:
    """Targets in their order. One that is no charger's has no charger."""
    return [Place(number, word, _charger_of(word, live)) for number, word in enumerate(words)]


def _charger_of(word: str, live: LiveFleet) -> str | None:
    try:
        at: Target = target(word, live)
    except CpoctlError:
        return None
    return at.charger_id


_WHOLE_FILES = ("file", "path", "source")  # text that names nothing


def split(act: Act) -> tuple[str, dict[str, Any]]:
    """An act's target, or the first thing that it names, and what else it was given."""
    values = given(act)
    parameter = targeted(type(act))
    if parameter is not None:
        return str(values.pop(parameter.name)), values
    first = next((p for p in parameters(type(act)) if p.positional and p.kind not in _WHOLE_FILES), None)
    named = (first.name if first and not first.many else "", "charger", "site")
    return next((str(values[name]) for name in named if values.get(name) is not None), ""), values


def kept(kind: type[Act], values: dict[str, Any]) -> tuple[str, bool]:
    """What was given, as JSON without secrets, and whether nothing is missing in it."""
    known = {parameter.name: parameter for parameter in parameters(kind)}
    names_secret = is_secret(str(values.get("name", "")))  # a variable's value
    shown = {
        name: MASK if names_secret and name == "value" else _shown(known[name], value) for name, value in values.items()
    }
    text = json.dumps(shown)
    return text, text == json.dumps(values)


def _shown(parameter: Parameter, value: Any) -> Any:
    if isinstance(parameter.mark, Secret):
        return MASK
    if not isinstance(value, str):
        return value
    whole = isinstance(parameter.mark, JsonText) or parameter.kind in ("file", "path") or "://" in value
    return masked(value) if whole else value


def plan_of(told: str) -> Plan:
    """The plan that a task was begun with, as far as this version knows it."""
    known = {field.name for field in fields(Plan)}
    return Plan(**{name: value for name, value in json.loads(told).items() if name in known})


def read(kind: type[Act], told: str) -> dict[str, Any]:
    """What `kept` has written, as the operation's values again."""
    known = {parameter.name: parameter for parameter in parameters(kind)}
    values: dict[str, Any] = json.loads(told)
    return {name: _value(known[name], value) for name, value in values.items() if name in known}


def resumed(record: Record, targets: list[Record]) -> Run:
    """A task as it was left by an earlier run of the server. Its kind is Act where this version has none such."""
    found = named(record["operation"])
    kind = found if found is not None and issubclass(found, Act) else Act
    places = [
        Place(each["position"], each["target"], each["charger_id"], each["state"], _instant(each["expires_at"]))
        for each in targets
    ]
    given = read(kind, record["given"]) if kind is not Act else {}
    plan, number = plan_of(record["plan"]), record["task_id"]
    run = Run(number, record["operation"], kind, given, places, plan, record["actor"], record["retry_of"])
    run.succeeded, run.failed = (sum(each["ok"] == ok for each in targets) for ok in (1, 0))
    return run


def _instant(text: str | None) -> datetime | None:
    return parsed(text) if text else None


def _value(parameter: Parameter, value: Any) -> Any:
    if parameter.many:
        return tuple(value)
    return parameter.scalar(value) if parameter.choices and isinstance(parameter.scalar, type) else value
