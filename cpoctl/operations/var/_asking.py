"""Asking a charger for its variables, whatever it takes to get them told. OCPP 1.6 §5.8"""

from collections.abc import Sequence
from typing import Any

from cpoctl.domain.variables import MOST_NAMES, NAMES, about, meant
from cpoctl.errors import Refused
from cpoctl.operations import Answer, Operator, Request, accepted
from cpoctl.operations.var import CACHED, VariableRow, keep, shown
from cpoctl.store import Record


class Asking:
    """Asks a charger for its variables, in as many parts as it needs, and keeps what it tells. 1.6 §5.8"""

    def __init__(self, operator: Operator, charger_id: str, timeout: float) -> None:
        self.found: dict[str, VariableRow] = {}
        self.unknown: dict[str, VariableRow] = {}
        self.answer: Answer
        self._operator, self._charger_id, self._timeout = operator, charger_id, timeout
        self._known: list[Record] = []

    async def ask(self, names: Sequence[str] = ()) -> None:
        """Ask for these, or for all. Raises Refused for a charger that tells nothing."""
        self._known = await self._operator.store.read(CACHED, [self._charger_id])
        await (self._named(names) if names else self._all())

    async def _all(self) -> None:
        if (answer := await self._send({})).error:
            accepted(answer, self._charger_id)
        nothing = not self.found and "configurationKey" in answer.payload
        if not nothing and len(self.found) != self._most():
            return
        # Some tell an empty list unasked (ha#1293), some exactly as many as they may be asked for at once.
        own = [record["name"] for record in self._known]
        by_key = {name.casefold(): name for name in [*NAMES, *own] if name.casefold() not in self.found}
        try:
            await self._named(list(by_key.values()))
        except Refused:
            if not self.found:
                raise
        self.unknown.clear()  # nobody named them

    async def _named(self, names: Sequence[str]) -> None:
        left, most = list(names), self._most()
        while left:
            part = left[:most]
            answer = await self._send({"key": part})
            if answer.error:
                most = await self._fewer(answer, len(part))
                continue
            told = {*self.found, *self.unknown}
            if not any(name.casefold() in told for name in part):  # unknownKey may be missing (ha#432)
                self.unknown |= {name.casefold(): self._lacking(name) for name in part}
                left = left[len(part) :]
            # What an answer leaves out is asked for again: it may have told only as many as fit.
            left = [name for name in left if name.casefold() not in told]

    async def _fewer(self, refusal: Answer, asked: int) -> int:
        """How many names the charger takes, when that explains its refusal; else raises it. 1.6 §9.1.9"""
        if asked > 1:
            await self._send({"key": [MOST_NAMES]})
        most = self._most()
        if most is None or most >= asked:
            accepted(refusal, self._charger_id)
        return most or 1

    async def _send(self, payload: dict[str, Any]) -> Answer:
        self.answer = answer = await self._operator.call(
            self._charger_id, Request("GetConfiguration", payload), timeout=self._timeout
        )
        told = [_row(entry) for entry in listed(answer.payload.get("configurationKey")) if isinstance(entry, dict)]
        await keep(self._operator, self._charger_id, told, self._known)
        self.found |= {row.name.casefold(): row for row in told}
        self.unknown |= {str(n).casefold(): self._lacking(str(n)) for n in listed(answer.payload.get("unknownKey"))}
        return answer

    def _most(self) -> int | None:
        """How many names may be asked for at once, by what the charger said last."""
        told = self.found.get(MOST_NAMES.casefold())
        before = (record["value"] for record in self._known if record["name"].casefold() == MOST_NAMES.casefold())
        text = (told.value if told else next(before, None)) or ""
        return (int(text) or None) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def _lacking(self, name: str) -> VariableRow:
        near = meant(name, (record["name"] for record in self._known))
        return VariableRow(name, None, None, False, near.strip(" ()"))


def listed(value: Any) -> list[Any]:
    """A list of an answer; some send null or leave it out (ha#432)."""
    return value if isinstance(value, list) else []


def _row(entry: dict[str, Any]) -> VariableRow:
    name, value, readonly = str(entry.get("key", "")), entry.get("value"), entry.get("readonly")
    known = about(name)
    return VariableRow(
        name,
        shown(name, None if value is None else text_of(value)),
        readonly if isinstance(readonly, bool) else None,
        True,
        known.meaning if known else "",
    )


def text_of(value: object) -> str:
    """A value as text: some send numbers or booleans where the standard wants it (ha#1499)."""
    return str(value).lower() if isinstance(value, bool) else str(value)
