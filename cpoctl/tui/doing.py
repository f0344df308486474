"""Doing: the way from an action to an operation that the server was asked for (UX §4.7).

What must be known is asked in a form, what is dangerous is said and agreed to, and what comes of it is followed by
`outcomes.py`.
"""

import asyncio
from typing import TYPE_CHECKING, Any

from cpoctl.command_lines import command_line
from cpoctl.errors import CpoctlError, Denied, UsageProblem
from cpoctl.operations import Act, Danger
from cpoctl.parameters import targeted
from cpoctl.routes import asked
from cpoctl.tui import actions
from cpoctl.tui.actions import Action, Subject
from cpoctl.tui.outcomes import Begun
from cpoctl.tui.task_book import charger_of
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
        possible = actions.on(subject.kind) if subject.ids else []
        if not possible:
            self._desk.notify("nothing can be done here", severity="warning")
            return
        keys = self._desk.wishes.keymap
        words = [
            f"{keys.get(action.id, action.key) or ' '}  {action.label:<32} {_MARKS[action.operation.danger]:<3} cpoctl {action.path}"
            for action in possible
        ]
        chosen = await self._desk.push_screen_wait(Menu(f"{subject.told}: what to do", words))
        if chosen is not None:
            self._desk.act(possible[chosen], subject)

    async def do(self, action: Action, subject: Subject, given: dict[str, Any]) -> None:
        """Ask what must be known, say what it will do, do it."""
        try:
            self._must_be_able()
            if not subject.ids:
                raise UsageProblem(f"there is no {subject.kind} here to {action.label}")
            values = await self._asked(action, subject, given)
            if values is not None and await self._agreed(action, subject, values):
                await self._send(action, subject, values)
        except CpoctlError as error:
            self._desk.tell_error(error)

    def _must_be_able(self) -> None:
        if self._desk.viewer:
            hints = ["cpoctl key create NAME --role operator    an admin makes one that may act"]
            raise Denied("this key is a viewer's: it may look and do nothing", hints=hints)
        if self._desk.read_only:
            raise Denied("this dashboard is read-only", hints=["cpoctl dashboard    without --read-only"])
        if self._desk.lost:
            raise UsageProblem("the server is away, so nothing is sent")

    async def _asked(self, action: Action, subject: Subject, given: dict[str, Any]) -> dict[str, Any] | None:
        questions = [question for question in action.questions() if question.name not in given]
        if not questions:
            return given

        def check(values: dict[str, Any]) -> None:
            action.made(given | values, subject.ids[0])

        title = f"{action.label.rstrip('…')} · {subject.told}"
        answers = await self._desk.push_screen_wait(Form(title, questions, given, check))
        return None if answers is None else given | answers

    async def _agreed(self, action: Action, subject: Subject, values: dict[str, Any]) -> bool:
        """Say exactly what will be done, to how many, and have it agreed to."""
        done = action.each(values, subject.ids)
        operation = done[0]
        danger = actions.danger(operation, subject.ids if len(done) > 1 else ())
        if danger < Danger.DISRUPTS:
            return True
        many = len(done) > 1
        word = (str(len(done)) if many else operation.confirm_with()) if danger >= Danger.SEVERE else ""
        lines = [operation.consequence() + (f", for {len(done)} of them" if many else ""), ""]
        if many:
            lines += [", ".join(subject.ids[:20]) + (" …" if len(subject.ids) > 20 else ""), ""]
        lines += [*(f"Sends: {frame}" for frame in await self.frames(action, subject, values))]
        if targeted(action.operation) is not None:
            lines.append(f"Same as: {command_line(operation, subject.ids if many else ())}")
        else:
            lines += [f"Same as: {command_line(each)}" for each in done[:_FRAMES_SHOWN]]
        verb = action.label.rstrip("…").capitalize()
        return bool(await self._desk.push_screen_wait(Confirm(f"{verb} {subject.told}?", lines, verb, word)))

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
            for operation in action.each(values, subject.ids):
                self._tell_done(action, await self._desk.ask(operation))
            return
        awaits = kind.waits_for.partition(";")[0] if issubclass(kind, Act) else ""
        body = {"operation": action.path, "targets": list(subject.ids), "plan": {"wait": True} if awaits else {}}
        told = await asyncio.to_thread(self._desk.client.ask, asked(kind, values, body))
        self._desk.notify(f"task {told['task_id']}: sent to {subject.told}", title=action.path, markup=False)
        one = subject.ids[0] if len(subject.ids) == 1 else ""
        self._desk.outcomes.begun(
            Begun(told["task_id"], action.path, one, charger_of(one, self._desk.picture.live), awaits)
        )

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
