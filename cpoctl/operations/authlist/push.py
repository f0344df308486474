"""Give a charger our tags as its local list, in as many parts as it wants."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from cpoctl.errors import Conflict, Refused
from cpoctl.ocpp import settings
from cpoctl.ocpp.answers import reason_code
from cpoctl.ocpp.asks import authlists
from cpoctl.operations import Act, Answer, Danger, Operator, Option, Outcome, accepted, whole_charger
from cpoctl.operations.authlist import (
    Entry,
    Pushed,
    asked_version,
    changed,
    changes,
    entries_of,
    remember,
    remembered,
)
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column

UNCHANGED = "Unchanged"
PARTS_MOST = 500


@dataclass(frozen=True)
class PushOutcome(Outcome):
    """The outcome of a push; `version` is the list's version after its last part, `tags` how many entries went."""

    version: Annotated[int | None, Column("VERSION", align="right")] = None
    tags: Annotated[int, Column("TAGS", align="right")] = 0
    parts: Annotated[int, Column("PARTS", 2, "right")] = 0


@dataclass(frozen=True, kw_only=True)
class PushList(Act):
    """Give a charger our tags as its local list, whole or only what changed. OCPP 1.6 §5.15 · OCPP 2.0.1 D01

    Blocked and expired tags, and those of other places, go along with their status; one that may use some EVSEs only is
    left out where the list cannot say so (OCPP 1.6), and the charger has to ask. A list longer than the charger
    takes at once is sent in parts, each with the next version. With --diff only what changed since the last push
    is sent; a charger that has another version than that needs the whole list, and nothing is sent.
    """

    path = "authlist push"
    route = "POST /chargers/{charger}/authlist/push"
    row = PushOutcome
    danger = Danger.DISRUPTS
    many_calls = True
    examples = ("cpoctl authlist push HQ-07 --yes", "cpoctl authlist push HQ-07 --diff --yes")

    charger: Charger
    diff: Annotated[bool, Option("only what changed since the last push; without it the list is replaced")] = False
    version: Annotated[int | None, Option("the list's version; without it one higher than any before")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"{'change' if self.diff else 'replace'} the local list of {self.charger}"

    async def run(self, operator: Operator) -> PushOutcome:
        """Find out what is needed and how much fits, then send part by part; a part that is refused ends it."""
        name = whole_charger(self.charger, operator.live)
        last = await remembered(operator, name)
        version = await self._asked_version(operator, name) if self.diff or self.version is None else None
        entries = entries_of(operator, name)
        if self.diff:
            entries = changes(_base(name, last, version).entries, entries)
            if not entries:
                return PushOutcome(name, True, UNCHANGED, version=version)
        parts = await self._parts(operator, name, entries)
        # A version that is not higher than the charger's is refused (1.6 §5.15); one of ours is never used again.
        first = self.version if self.version is not None else max(version or 0, last.version if last else 0) + 1
        return await self._push(operator, name, last, first, parts)

    async def _parts(self, operator: Operator, name: str, entries: Sequence[Entry]) -> list[list[Entry]]:
        """The entries in parts of what the charger takes at once. 1.6 §9.2.3, D01.FR.11"""
        ask = authlists.AskCapacity()
        answer = await operator.call(name, ask, timeout=self.timeout)
        found = list(authlists.parts(operator.version(name), entries, ask.read(answer.payload)))
        if len(found) <= PARTS_MOST:
            return found
        raise Refused(  # each of them is a Call, and the whole list written down twice
            f"{name} takes {len(found[0])} tags at a time: {len(found)} parts, and {PARTS_MOST} are sent at the most",
            target=name,
            hints=[
                f"cpoctl var get {name} {_named(operator, name, 'SendLocalListMaxLength')}    what it says",
                f"cpoctl authlist push {name} --diff --yes",
            ],
            detail={"decided_by": "cpoctl"},
        )

    async def _push(
        self, operator: Operator, name: str, last: Pushed | None, first: int, parts: list[list[Entry]]
    ) -> PushOutcome:
        had = last.entries if last else []
        for number, part in enumerate(parts):
            version, full = first + number, not (self.diff or number)
            await remember(operator, name, version, had, certain=False)  # until it has answered
            ask = authlists.SendList(version=version, entries=part, full=full)
            answer = await operator.call(name, ask, timeout=self.timeout)
            done = accepted(answer, name, hints=self._why_not(operator, answer, number, len(parts)))
            had = changed([] if full else had, part)
            await remember(operator, name, version, had, certain=True)
        tags = sum(map(len, parts))
        return PushOutcome(**vars(done), version=first + len(parts) - 1, tags=tags, parts=len(parts))

    async def _asked_version(self, operator: Operator, name: str) -> int:
        answer, version = await asked_version(operator, name, self.timeout)
        switch_on = _switch_on(operator, name)
        if answer.error:
            accepted(answer, name, hints=[switch_on])
        if version is None or version < 0:
            raise Refused(
                f"{name} keeps no local list: it tells version {version}",
                target=name,
                hints=[switch_on, f"cpoctl authlist push {name} --version 1 --yes    send it all the same"],
                detail={"decided_by": "charger", "sent": answer.sent, "received": answer.received},
            )
        return version

    def _why_not(self, operator: Operator, answer: Answer, number: int, parts: int) -> list[str]:
        """What to try after a refused part."""
        name = answer.charger_id
        limits = _named(operator, name, "SendLocalListMaxLength", "LocalAuthListMaxLength")
        tried = {
            "VersionMismatch": f"cpoctl authlist version {name}    the version that it has",
            "NotSupported": _switch_on(operator, name),
        }.get(answer.status, f"cpoctl var get {name} {limits}    how many tags it takes")
        if reason_code(answer.payload) == "NotEnabled":  # what 2.x calls it, D01.FR.10
            tried = _switch_on(operator, name)
        if not number and not self.diff:
            return [tried]
        # 1.6 §5.15: after a failed differential update the whole list has to be sent
        return [tried, f"cpoctl authlist push {name} --yes    {number} of {parts} parts arrived, send the whole list"]


def _base(name: str, last: Pushed | None, version: int | None) -> Pushed:
    """The list that a difference builds on. Raises Conflict when the charger needs a whole one."""
    why = ""
    if last is None:
        why = "nothing was pushed to it before"
    elif not last.certain:
        why = "the last push did not come to its end"
    elif last.version != version:
        why = f"it has version {version} and was given {last.version}"
    if last is None or why:
        raise Conflict(
            f"{name} needs the whole list: {why}",
            target=name,
            hints=[f"cpoctl authlist push {name} --yes    send the whole list"],
        )
    return last


def _named(operator: Operator, name: str, *keys: str) -> str:
    return settings.named(operator.version(name), *keys)


def _switch_on(operator: Operator, name: str) -> str:
    return f"cpoctl var set {name} {_named(operator, name, 'LocalAuthListEnabled')} true --yes    switch local lists on"
