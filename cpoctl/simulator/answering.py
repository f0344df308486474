"""How a simulated charger answers one Call of the server: as it should, or as it has been told to misbehave.

OCPP-J 1.6 §4.2 · OCPP 2.0.1 part 4 §4.2
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.codes import Problem
from cpoctl.ocpp.frames import Call, encode_error, encode_result
from cpoctl.simulator import misbehaving
from cpoctl.simulator.answers import Answer, AnswerFn, Refusal, answer_to
from cpoctl.simulator.misbehaving import Carriage, Kind, Misbehaviour

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

_PROBLEMS: Final = {
    "required": Problem.OCCURRENCE_CONSTRAINT_VIOLATION,
    "type": Problem.TYPE_CONSTRAINT_VIOLATION,
    "enum": Problem.PROPERTY_CONSTRAINT_VIOLATION,
    "maxLength": Problem.PROPERTY_CONSTRAINT_VIOLATION,
}
"""Which rule of a schema is whose. OCPP 2.0.1 part 4 §4.3"""


class Answering:
    """Answers Calls for one charger."""

    def __init__(self, charger: "Controller", send: Callable[[bytes], Awaitable[None]]) -> None:
        """`send` puts a frame on the wire."""
        self._charger = charger
        self._send = send
        self._own: dict[str, AnswerFn] = {}

    def on(self, action: str, answer: AnswerFn) -> None:
        """Answer this action differently from now on."""
        self._own[action] = answer

    async def serve(self, call: Call) -> None:
        """Answer a Call; what follows from it, and what waits, goes on in the background."""
        how = self._how(call)
        if how is None or isinstance(how.kind, Carriage):
            await self._serve_well(call)
        elif how.kind in (Kind.DELAY, Kind.LATE):
            self._charger.spawn(lambda: self._serve_later(call, how.seconds))
        else:
            await self._serve_badly(call, how)

    def _how(self, call: Call) -> Misbehaviour | None:
        if misbehaving.about_itself(call.action, call.payload):
            return None
        how = misbehaving.towards(misbehaving.read(self._charger.settings[misbehaving.SETTING]), call.action)
        if how is not None:
            self._charger.happened(f"misbehaves at {call.action}", detail=how.kind)
        return how

    async def _serve_well(self, call: Call, *, times: int = 1) -> None:
        try:
            answer = self._answer(call)
        except Refusal as refusal:
            await self._refuse(call, refusal.problem, refusal.description)
            return
        self._charger.happened(f"answered {call.action}", detail=str(answer.payload.get("status", "")))
        for _ in range(times):
            await self._send(encode_result(call.message_id, answer.payload))
        if answer.then is not None:
            self._charger.spawn(answer.then)

    async def _serve_later(self, call: Call, seconds: float) -> None:
        await asyncio.sleep(seconds)  # real ones: whoever waits for the answer lives by the real clock
        await self._serve_well(call)

    async def _serve_badly(self, call: Call, how: Misbehaviour) -> None:
        match how.kind:
            case Kind.REJECT if word := misbehaving.no(call.action, self._charger.version):
                await self._send(encode_result(call.message_id, misbehaving.answered(word, call.action, call.payload)))
            case Kind.REJECT:
                await self._refuse(call, Problem.NOT_SUPPORTED, f"{call.action} is not supported here")
            case Kind.ERROR:
                await self._refuse(call, Problem.INTERNAL_ERROR, "simulated")
            case Kind.TWICE:
                await self._serve_well(call, times=2)
            case Kind.LIE:
                await self._lie(call)
            case _:
                pass  # it is dropped

    async def _lie(self, call: Call) -> None:
        """Say yes; where the standard has no such word, answer truly and leave it at that."""
        word = None if call.action == "GetVariables" else misbehaving.yes(call.action, self._charger.version)
        try:
            told = misbehaving.answered(word, call.action, call.payload) if word else self._answer(call).payload
        except Refusal as refusal:
            await self._refuse(call, refusal.problem, refusal.description)
            return
        await self._send(encode_result(call.message_id, told))

    async def _refuse(self, call: Call, problem: Problem, why: str) -> None:
        await self._send(encode_error(call.message_id, problem, why, self._charger.version))

    def _answer(self, call: Call) -> Answer:
        answer = self._own.get(call.action) or answer_to(call.action, self._charger.version)
        if answer is None:
            raise Refusal(Problem.NOT_IMPLEMENTED, f"{call.action} is not known here")
        self._judge(call)
        try:
            return answer(self._charger, call.payload)
        except (
            AttributeError,
            LookupError,
            TypeError,
            ValueError,
        ) as error:  # the request is not what the standard says
            raise Refusal(Problem.FORMATION_VIOLATION, f"{call.action}: {error}") from error

    def _judge(self, call: Call) -> None:
        """Refuse what breaks the schema, as chargers that speak 2.x do; those of 1.6 take what they can read."""
        version = self._charger.version
        judge = schemas.judge(version, call.action) if version is not Version.V16 else None
        if judge is not None and not judge.valid(call.payload):
            wrong = judge.violations(call.payload)[0]
            problem = _PROBLEMS.get(wrong.rule, Problem.FORMATION_VIOLATION)
            raise Refusal(problem, f"{call.action}: {wrong.path} {wrong.message}")
