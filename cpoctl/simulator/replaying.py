"""Replaying: a charger that says again what a recorded one said, and notes where the server answers differently."""

import json
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import stored
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.codes import Problem, spelled
from cpoctl.simulator.answers import Answer, Refusal
from cpoctl.simulator.charger import VirtualCharger
from cpoctl.simulator.link import CallRefused, LinkLost, Payload
from cpoctl.simulator.recording import Exchange, Reply, TransactionIds, differences
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


@dataclass(frozen=True)
class Differing:
    """A request that the server answered differently from then."""

    recorded_at: Annotated[str, Column("RECORDED", show=local)]
    action: Annotated[str, Column("ACTION")]
    difference: Annotated[str, Column("DIFFERENCE")]
    request: Annotated[dict[str, Any], Column("REQUEST", 3)]


class Replay:
    """One playing of a recording."""

    def __init__(self, charger: VirtualCharger, recording: Sequence[Exchange]) -> None:
        """The charger's own time decides how fast it is."""
        self._charger = charger
        self._said = [each for each in recording if each.sender == "charger"]
        self._answers: dict[str, deque[Reply]] = defaultdict(deque)
        for each in recording:
            if each.sender == "csms" and each.reply is not None:
                self._answers[each.action].append(each.reply)
        self._ids = TransactionIds()
        self.played, self.total = 0, len(self._said)
        self.found: list[Differing] = []

    async def play(self, heard: Callable[[str, list[str]], None]) -> None:
        """Say everything, in order and with the recorded pauses. LinkLost when the server cannot be had (again)."""
        for action in schemas.actions(self._charger.version):
            self._charger.on(action, self._answer_as_then(action))
        await self._charger.connect()
        last = self._said[0].at if self._said else None
        for each in self._said:
            await self._pause(last, each.at)
            last = each.at
            wrong = differences(each.reply, await self._said_again(each))
            self.played += 1
            heard(each.action, wrong)
            self.found += [Differing(stored(each.at), each.action, what, each.payload) for what in wrong]

    async def _pause(self, last: datetime | None, now: datetime) -> None:
        if last is not None:
            await self._charger.time.elapse((now - last).total_seconds())

    async def _said_again(self, each: Exchange) -> Reply | None:
        """Say it and give the answer; None if there was none."""
        await self._charger.connect()
        payload = json.dumps(self._ids.mapped(each.payload), separators=(",", ":"))  # half a surrogate pair too
        try:
            if each.sent:  # OCPP 2.1 part 4 §4.2.5: nothing comes back
                await self._charger.send(each.action, payload)
                return each.reply
            now = Reply(await self._charger.call(each.action, payload))
        except CallRefused as refused:
            return Reply(error=refused.code, description=refused.description)
        except LinkLost:
            return None
        self._ids.learn(each.reply, now)
        return now

    def _answer_as_then(self, action: str) -> "Callable[[Controller, Payload], Answer]":
        """Answer with what was answered then, one after the other; the last of them stays."""

        def answer(_: "Controller", __: Payload) -> Answer:
            then = self._answers[action]
            if not then:
                raise Refusal(Problem.NOT_SUPPORTED, f"the recording has no answer to {action}")
            reply = then.popleft() if len(then) > 1 else then[0]
            if reply.error is not None:
                raise Refusal(_problem(reply.error, self._charger.version), reply.description)
            return Answer(reply.payload)

        return answer


def _problem(code: str, version: Version) -> Problem:
    return next((each for each in Problem if spelled(each, version) == code), Problem.GENERIC_ERROR)
