"""Asking a charger for its variables, whatever it takes to get them told. OCPP 1.6 §5.8 · OCPP 2.0.1 B06, B07"""

from collections.abc import Sequence

from cpoctl.domain.variables import NAMES, meant
from cpoctl.errors import Refused
from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import variables
from cpoctl.ocpp.asks.variables import Told
from cpoctl.ocpp.reading import read
from cpoctl.operations import Answer, Ask, Operator, _reports, accepted, new_request_id
from cpoctl.operations.var import CACHED, VariableRow, keep, row_of
from cpoctl.store import Record

NOTHING = "EmptyResultSet"


class Asking:
    """Asks a charger for its variables, in as many parts as it needs, and keeps what it tells."""

    def __init__(self, operator: Operator, charger_id: str, timeout: float) -> None:
        self.found: dict[str, VariableRow] = {}
        self.unknown: dict[str, VariableRow] = {}
        self.told: dict[str, Told] = {}
        self.answer: Answer
        self.names: tuple[str, ...] = ()
        """Those that were asked for, as the charger's version writes them."""
        self._operator, self._charger_id, self._timeout = operator, charger_id, timeout
        self._version = operator.version(charger_id)
        self._known: list[Record] = []

    async def ask(self, names: Sequence[str] = (), *, settings_only: bool = False) -> None:
        """Ask for these, or for all; in 2.x perhaps only for what can be set. Raises Refused for a charger that tells nothing."""
        self.names = tuple(variables.spelled(name, self._version) for name in names)
        if self.names:
            self._known = await self._remembered()
            await self._named(self.names)
        else:
            several = self._version is not Version.V16
            await self.report(base=("configuration" if settings_only else "full") if several else None)

    async def report(
        self, *, base: str | None = None, components: Sequence[str] = (), criteria: Sequence[str] = ()
    ) -> None:
        """Have everything reported, or what is chosen. Raises Refused, TimedOut for a report that does not end."""
        number = new_request_id()
        ask = variables.Report(request_id=number, base=base, components=components, criteria=criteria)
        if self._version is Version.V16:
            await self._all(ask)
            return
        report = await self._operator.report(
            self._charger_id, ask, of="NotifyReport", request_id=number, timeout=self._timeout
        )
        self.answer = report.answer
        for part in _reports.told(report, f"cpoctl var report {self._charger_id}", (NOTHING,)):  # kept as they came
            self._take(list(variables.reported(read(v2.NotifyReport, part)[0])))

    async def remembered(self, name: str) -> int | None:
        """A limit that the charger told some time ago."""
        self._known = await self._remembered()
        return self._number(name)

    async def limit(self, name: str, asked: int) -> int | None:
        """A limit that explains why so many at once were refused; the charger is asked for it."""
        if asked <= 1:
            return None
        await self._send(variables.Get(names=[name]))
        most = self._number(name)
        return None if most is None or most >= asked else most

    async def _all(self, ask: variables.Report) -> None:
        self._known = await self._remembered()
        if (answer := await self._send(ask)).error:
            accepted(answer, self._charger_id)
        nothing = not self.found and "configurationKey" in answer.payload
        if not nothing and len(self.found) != self._number(self._most_name):
            return
        # Some tell an empty list unasked (ha#1293), some exactly as many as they may be asked for at once.
        own = [record["name"] for record in self._known if record["component"] is None]
        by_key = {name.casefold(): name for name in [*NAMES, *own] if name.casefold() not in self.found}
        try:
            await self._named(list(by_key.values()))
        except Refused:
            if not self.found:
                raise
        self.unknown.clear()  # nobody named them

    async def _named(self, names: Sequence[str]) -> None:
        left, most = list(names), self._number(self._most_name)
        size = None if self._version is Version.V16 else self._number(variables.MOST_BYTES)
        while left:
            part = variables.fitting(left, most, size, self._version)
            answer = await self._send(variables.Get(names=part))
            if answer.error:
                most = await self._fewer(answer, len(part))
                continue
            if most is None and (excess := self._rejected(part)):
                most = await self._most_of(len(part))
                if most is not None:
                    self.found = {key: row for key, row in self.found.items() if key not in excess}
                    left = [name for name in left if name.casefold() not in self.found]
                    continue
            told = {*self.found, *self.unknown}
            if not any(name.casefold() in told for name in part):  # unknownKey may be missing (ha#432)
                self.unknown |= {name.casefold(): self._lacking(Told(name=name, known=False)) for name in part}
                left = left[len(part) :]
            # What an answer leaves out is asked for again: it may have told only as many as fit.
            left = [name for name in left if name.casefold() not in told]

    async def _fewer(self, refusal: Answer, asked: int) -> int:
        """How many names the charger takes, when that explains its refusal; else raises it. 1.6 §9.1.9"""
        most = await self._most_of(asked)
        if most is None:
            accepted(refusal, self._charger_id)
        return most or 1

    async def _most_of(self, asked: int) -> int | None:
        """How many names the charger takes, if it was asked for more; it is asked for that too."""
        return await self.limit(self._most_name, asked)

    def _rejected(self, part: Sequence[str]) -> list[str]:
        """What was refused among others: 2.x rejects what is too much. B06.FR.05"""
        keys = [name.casefold() for name in part] if len(part) > 1 else []
        return [key for key in keys if key in self.told and self.told[key].why.startswith("Rejected")]

    async def _remembered(self) -> list[Record]:
        return await self._operator.store.read(CACHED, [self._charger_id])

    async def _send(self, ask: Ask) -> Answer:
        self.answer = answer = await self._operator.call(self._charger_id, ask, timeout=self._timeout)
        told = variables.told(answer.payload)
        await keep(self._operator, self._charger_id, told)
        self._take(told)
        return answer

    def _take(self, told: list[Told]) -> None:
        self.told |= {each.name.casefold(): each for each in told}
        self.found |= {each.name.casefold(): row_of(each) for each in told if each.known}
        self.unknown |= {each.name.casefold(): self._lacking(each) for each in told if not each.known}

    @property
    def _most_name(self) -> str:
        return variables.most_names(self._version)

    def _number(self, name: str) -> int | None:
        """A limit that the charger has told, by what it said last."""
        key = name.casefold()
        told = self.found.get(key)
        before = (record["value"] for record in self._known if record["name"].casefold() == key)
        text = (told.value if told else next(before, None)) or ""
        return (int(text) or None) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def _lacking(self, told: Told) -> VariableRow:
        near = meant(told.name, (record["name"] for record in self._known)).strip(" ()")
        why = " ".join(word for word in (told.why, f"({near})" if told.why and near else near) if word)
        return VariableRow(told.name, None, None, False, why)
