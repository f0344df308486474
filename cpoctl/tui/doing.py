"""Doing: the way from an action to an operation that the server was asked for (UX §4.7).

What must be known is asked in a form, what is dangerous is said and agreed to, and what comes of it is followed by
`outcomes.py`.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cpoctl.command_lines import command_line
from cpoctl.errors import CpoctlError, Denied, ServerDown, UsageProblem
from cpoctl.operations import Act, Danger, Operation
from cpoctl.operations.tag.list import ListTags
from cpoctl.parameters import targeted
from cpoctl.routes import asked
from cpoctl.tui import actions
from cpoctl.tui.actions import CHARGER, EVSE, Action, Subject
from cpoctl.tui.describing import described
from cpoctl.tui.outcomes import Begun
from cpoctl.tui.widgets.dialogs import Confirm, Form, Menu, plain

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_FRAMES_SHOWN = 3
_TOLD = 5
_MARKS = {Danger.READ: "", Danger.HARMLESS: "", Danger.DISRUPTS: "!", Danger.SEVERE: "!!"}


class Doing:
    """Does actions for a dashboard."""

    def __init__(self, desk: "Dashboard") -> None:
        self._desk = desk

    async def choose(self, subject: Subject) -> None:
        """Show what can be done, and how dangerous it is."""
        known = actions.on(subject.kind) if subject.ids else []
        if not known:
            self._desk.notify("nothing can be done here", severity="warning")
            return
        possible = self.offered(subject)
        if not possible:
            self._desk.tell_error(self._denied())
            return
        keys = self._desk.wishes.keymap
        words = [
            f"{keys.get(action.id, action.key) or ' '}  {action.label:<32} {_MARKS[action.operation.danger]:<3} cpoctl {action.path}"
            for action in possible
        ]
        chosen = await self._desk.push_screen_wait(Menu(f"{subject.told}: what to do", words))
        if chosen is not None:
            self._desk.act(possible[chosen], subject)

    def offered(self, subject: Subject) -> list[Action]:
        """What can be done to it by whoever watches; a replay changes nothing."""
        known = actions.on(subject.kind) if subject.ids and not self._desk.replay else []
        return [action for action in known if self._desk.may(action)]

    async def do(self, action: Action, subject: Subject, given: dict[str, Any]) -> None:
        """Ask what must be known, say what it will do, do it."""
        try:
            self._must_be_able(action)
            if not subject.ids:
                raise UsageProblem(f"there is no {subject.kind} here to {action.label}")
            meant = await self._asked(action, subject, given)
            if meant is not None and await self._agreed(action, *meant):
                await self._send(action, *meant)
                self._desk.front.acted(action)
        except CpoctlError as error:
            self._desk.tell_error(error)

    def _must_be_able(self, action: Action) -> None:
        if self._desk.replay or not self._desk.may(action):
            raise self._denied()
        if self._desk.following.lost:
            raise ServerDown("the server is away, so nothing is sent")

    def _denied(self) -> Denied:
        """Why nothing is done from here."""
        if self._desk.replay:
            return Denied("a replay changes nothing", hints=["cpoctl dashboard    what is so now"])
        if self._desk.following.viewer:
            hints = ["cpoctl key create NAME --role operator    an admin makes one that may act"]
            return Denied("this key is a viewer's: it may look and do nothing", hints=hints)
        return Denied("this dashboard is read-only", hints=["cpoctl dashboard    without --read-only"])

    async def _asked(
        self, action: Action, subject: Subject, given: dict[str, Any]
    ) -> tuple[Subject, dict[str, Any]] | None:
        """What must be known, also which EVSE of a charger is meant; None where it is given up."""
        charger = self._desk.picture.live.charger(subject.ids[0]) if subject.kind == CHARGER else None
        place = action.place(subject, [number for number in sorted(charger.evses) if number] if charger else ())
        questions = [*([place] if place else []), *action.questions(given)]
        if not questions:
            return subject, given

        def meant(answers: dict[str, Any]) -> tuple[Subject, dict[str, Any]]:
            values = given | action.read(answers)
            word = values.pop(EVSE, action.anywhere) if place else action.anywhere
            there = replace(subject, kind=EVSE, ids=(f"{subject.ids[0]}:{word}",))
            return subject if word == action.anywhere else there, values

        def told(answers: dict[str, Any]) -> str:
            there, values = meant(answers)
            return "\n".join(_same(action, there, action.each(values, there.ids)))

        title = f"{action.label.rstrip('…')} · {subject.named}"
        lines = [subject.about] if subject.about else []
        if subject.kind not in (CHARGER, EVSE):  # what runs there matters only where it may end
            lines = described(subject, self._desk.picture.live, self._desk.front)
        form = Form(title, questions, given, told, lines=lines, known=self._names)
        answers = await self._desk.push_screen_wait(form)
        return None if answers is None else meant(answers)

    async def _names(self, kind: str) -> Sequence[str]:
        """The names that there are; none where they cannot be had, for they are only a help."""
        try:
            return [row["tag_id"] for row in await self._desk.ask(ListTags())]
        except CpoctlError:
            return ()

    async def _agreed(self, action: Action, subject: Subject, values: dict[str, Any]) -> bool:
        """Say exactly what will be done, to how many, and have it agreed to."""
        done = action.each(values, subject.ids)
        operation = done[0]
        danger = actions.danger(operation, subject.ids if len(done) > 1 else ())
        if danger < Danger.DISRUPTS:
            return True
        many = len(done) > 1
        word = (str(len(done)) if many else operation.confirm_with()) if danger >= Danger.SEVERE else ""
        lines = [_consequence(action, subject, done), ""]
        if many:
            lines += [", ".join(subject.ids[:20]) + (" …" if len(subject.ids) > 20 else ""), ""]
        about = described(subject, self._desk.picture.live, self._desk.front)
        lines += [*about, ""] if about else []
        frames = await self.frames(action, subject, values)
        lines += [_sent(frame) for frame in [each for each in frames if each.startswith("[")] or frames]
        lines += _same(action, subject, done)
        verb = action.label.rstrip("…").capitalize()
        return bool(await self._desk.push_screen_wait(Confirm(f"{verb} {subject.named}?", lines, verb, word)))

    async def frames(self, action: Action, subject: Subject, values: dict[str, Any]) -> list[str]:
        """The very frames that would be sent, of the first few targets."""
        if targeted(action.operation) is None:
            return []
        targets = list(subject.ids[:_FRAMES_SHOWN])
        request = asked(action.operation, values, {"operation": action.path, "targets": targets, "dry_run": True})
        told = await asyncio.to_thread(self._desk.client.ask, request)
        return [row["frame"] or row["note"] or "" for row in told["frames"]]

    async def _send(self, action: Action, subject: Subject, values: dict[str, Any]) -> None:
        kind = action.operation
        if targeted(kind) is None:
            for operation, word in zip(action.each(values, subject.ids), subject.ids, strict=False):
                told = await self._desk.ask(operation)
                if kind.danger == Danger.READ:  # its rows are for a screen to show
                    self._desk.notify(plain(f"{word}: {len(told)} read").plain, title=action.path, markup=False)
                else:
                    self._tell_done(action, told)
            return
        awaits = kind.waits_for.partition(";")[0] if issubclass(kind, Act) else ""
        body = {"operation": action.path, "targets": list(subject.ids), "plan": {"wait": True} if awaits else {}}
        told = await asyncio.to_thread(self._desk.client.ask, asked(kind, values, body))
        self._desk.notify(f"task {told['task_id']}: sent to {subject.told}", title=action.path, markup=False)
        one = subject.ids[0] if len(subject.ids) == 1 else ""
        self._desk.outcomes.begun(Begun(told["task_id"], action.path, one, awaits))

    def _tell_done(self, action: Action, told: Any) -> None:
        """What an operation on no charger has told, a line each; of a task that it began the outcome will follow."""
        lines = []
        for row in told if isinstance(told, list) else [told]:
            known = row if isinstance(row, dict) else {}
            about = known.get("where") or (f"{action.on[0]} {known['target']}" if known.get("target") else "")
            lines.append(f"{about}: {known.get('status', 'done')}" if about else "done")
            if number := known.get("task_id"):
                lines[-1] += f", now task {number}"
                self._desk.outcomes.begun(Begun(number, action.path, ""))
            lines += [known["note"]] if known.get("note") and about else []
        more = [f"and {len(lines) - _TOLD} more"] if len(lines) > _TOLD else []
        self._desk.notify(plain("\n".join([*lines[:_TOLD], *more])).plain, title=action.path, markup=False)


def _consequence(action: Action, subject: Subject, done: Sequence[Operation]) -> str:
    """What it will do, to how many."""
    aim = action.target
    if len(done) < 2:
        return done[0].consequence()
    if subject.kind in (CHARGER, EVSE) and aim is not None:
        return replace(done[0], **{aim.name: subject.told}).consequence()  # type: ignore[type-var] # each is a dataclass
    return f"{done[0].consequence()}; and {len(done) - 1} more likewise"


def _sent(frame: str) -> str:
    """A frame, or what else the operation would do."""
    return f"Sends: {frame}" if frame.startswith("[") else frame[:1].upper() + frame[1:]


def _same(action: Action, subject: Subject, done: Sequence[Operation]) -> list[str]:
    """The command lines that do the same, of the first few."""
    if targeted(action.operation) is not None:
        return [f"Same as: {command_line(done[0], subject.ids if len(done) > 1 else ())}"]
    return [f"Same as: {command_line(each)}" for each in done[:_FRAMES_SHOWN]]
