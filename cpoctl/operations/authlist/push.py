"""Give a charger our tags as its local list, in as many parts as it wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from cpoctl.errors import Conflict, Refused
from cpoctl.operations import Act, Answer, Danger, Operator, Option, Outcome, Request, accepted, target
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

MOST_KEY = "SendLocalListMaxLength"
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
    """Give a charger our tags as its local list, whole or only what changed. OCPP 1.6 §5.15

    Blocked and expired tags, and those of other sites, go along with their status. A list longer than the charger
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
        name = target(self.charger, operator.live).charger_id
        last = await remembered(operator, name)
        version = await self._asked_version(operator, name) if self.diff or self.version is None else None
        entries = entries_of(operator, name)
        if self.diff:
            entries = changes(_base(name, last, version).entries, entries)
            if not entries:
                return PushOutcome(name, True, UNCHANGED, version=version)
        most = await _asked_most(operator, name, self.timeout)
        # A version that is not higher than the charger's is refused (1.6 §5.15); one of ours is never used again.
        first = self.version if self.version is not None else max(version or 0, last.version if last else 0) + 1
        parts = list(_parts(entries, most))
        if len(parts) > PARTS_MOST:  # each of them is a Call, and the whole list written down twice
            raise Refused(
                f"{name} takes {most} tags at a time: {len(parts)} parts, and {PARTS_MOST} are sent at the most",
                target=name,
                hints=[
                    f"cpoctl var get {name} {MOST_KEY}    what it says",
                    f"cpoctl authlist push {name} --diff --yes",
                ],
                detail={"decided_by": "cpoctl"},
            )
        return await self._push(operator, name, last, first, parts)

    async def _push(
        self, operator: Operator, name: str, last: Pushed | None, first: int, parts: list[list[Entry]]
    ) -> PushOutcome:
        had = last.entries if last else []
        for number, part in enumerate(parts):
            kind = "Differential" if self.diff or number else "Full"
            version = first + number
            await remember(operator, name, version, had, certain=False)  # until it has answered
            # 1.6 §6.41
            payload = {"listVersion": version, "localAuthorizationList": part, "updateType": kind}
            answer = await operator.call(name, Request("SendLocalList", payload), timeout=self.timeout)
            done = accepted(answer, name, hints=self._why_not(answer, name, number, len(parts)))
            had = changed([] if kind == "Full" else had, part)
            await remember(operator, name, version, had, certain=True)
        tags = sum(map(len, parts))
        return PushOutcome(**vars(done), version=first + len(parts) - 1, tags=tags, parts=len(parts))

    async def _asked_version(self, operator: Operator, name: str) -> int:
        answer, version = await asked_version(operator, name, self.timeout)
        switch_on = f"cpoctl var set {name} LocalAuthListEnabled true --yes    switch local lists on"
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

    def _why_not(self, answer: Answer, name: str, number: int, parts: int) -> list[str]:
        """What to try after a refused part."""
        tried = {
            "VersionMismatch": f"cpoctl authlist version {name}    the version that it has",
            "NotSupported": f"cpoctl var set {name} LocalAuthListEnabled true --yes    switch local lists on",
        }.get(answer.status, f"cpoctl var get {name} {MOST_KEY} LocalAuthListMaxLength    how many tags it takes")
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


def _parts(entries: list[Entry], most: int | None) -> Iterator[list[Entry]]:
    """The entries in parts of at most `most`; an empty list is one empty part, which clears the charger's."""
    step = most or max(len(entries), 1)
    for begin in range(0, max(len(entries), 1), step):
        yield entries[begin : begin + step]


async def _asked_most(operator: Operator, name: str, timeout: float) -> int | None:
    """How many tags the charger takes in one message, None when it does not say. 1.6 §9.2.3"""
    answer = await operator.call(name, Request("GetConfiguration", {"key": [MOST_KEY]}), timeout=timeout)
    listed: Any = answer.payload.get("configurationKey")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and str(entry.get("key", "")).casefold() == MOST_KEY.casefold():
            text = str(entry.get("value")).strip()  # some send a number where the standard wants text (ha#1499)
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
    return None
