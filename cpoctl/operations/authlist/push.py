"""Give a charger our tags as its local list, in as many parts as it wants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.clock import wire
from cpoctl.errors import NotFound, Refused
from cpoctl.operations import Act, Answer, Danger, Operator, Option, Outcome, Request, accepted, target
from cpoctl.operations.authlist import asked_version
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.domain.tags import Tag

MOST_KEY = "SendLocalListMaxLength"


@dataclass(frozen=True)
class PushOutcome(Outcome):
    """The outcome of a push; `version` is the list's version after its last part."""

    version: Annotated[int | None, Column("VERSION", align="right")] = None
    tags: Annotated[int, Column("TAGS", align="right")] = 0
    parts: Annotated[int, Column("PARTS", 2, "right")] = 0


@dataclass(frozen=True, kw_only=True)
class PushList(Act):
    """Give a charger our tags as its local list, whole or only as changes. OCPP 1.6 §5.15

    Blocked and expired tags go along with their status. A list longer than the charger takes at once is
    sent in parts, each with the next version. --differential adds and changes tags and removes none.
    """

    path = "authlist push"
    route = "POST /chargers/{charger}/authlist/push"
    row = PushOutcome
    danger = Danger.DISRUPTS
    examples = ("cpoctl authlist push HQ-07 --yes", "cpoctl authlist push HQ-07 --differential --version 12 --yes")

    charger: Charger
    differential: Annotated[bool, Option("add and change only; without it the whole list is replaced")] = False
    version: Annotated[int | None, Option("the list's version; the charger's own plus one without it")] = None
    timeout: Timeout = 30.0

    def consequence(self) -> str:
        """What it will do."""
        return f"{'add our tags to' if self.differential else 'replace'} the local list of {self.charger}"

    async def run(self, operator: Operator) -> PushOutcome:
        """Ask how much fits, then send part by part; a part that is refused ends it."""
        name = target(self.charger, operator.live).charger_id
        entries = _entries(list(operator.live.tags.values()), operator.clock.now())
        if self.differential and not entries:
            raise NotFound(
                "there are no tags to add", target=name, hints=["cpoctl tag add ANNA-K    one to begin with"]
            )
        most = await _asked_most(operator, name, self.timeout)
        first = self.version if self.version is not None else await self._next(operator, name)
        parts = list(_parts(entries, most))
        for number, part in enumerate(parts):
            kind = "Differential" if self.differential or number else "Full"
            # 1.6 §6.41; each part raises the version, or the charger takes it for an old one (1.6 §5.15)
            payload = {"listVersion": first + number, "localAuthorizationList": part, "updateType": kind}
            answer = await operator.call(name, Request("SendLocalList", payload), timeout=self.timeout)
            done = accepted(answer, name, hints=_why_not(answer, name, number, len(parts)))
        return PushOutcome(**vars(done), version=first + len(parts) - 1, tags=len(entries), parts=len(parts))

    async def _next(self, operator: Operator, name: str) -> int:
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
        return version + 1


def _entries(known: "list[Tag]", now: datetime) -> list[dict[str, Any]]:
    """Tags as the standard lists them. 1.6 §7.8, §7.27"""
    return [{"idTag": tag.tag_id, "idTagInfo": _info(tag, now)} for tag in sorted(known, key=lambda tag: tag.tag_id)]


def _info(tag: "Tag", now: datetime) -> dict[str, str]:
    expiry = {"expiryDate": wire(tag.expires_at)} if tag.expires_at else {}
    parent = {"parentIdTag": tag.parent_id} if tag.parent_id else {}
    return {**expiry, **parent, "status": tag.verdict(now)}


def _parts(entries: list[dict[str, Any]], most: int | None) -> Iterator[list[dict[str, Any]]]:
    """The entries in parts of at most `most`; an empty list is one empty part, which clears the charger's."""
    step = most or max(len(entries), 1)
    for begin in range(0, max(len(entries), 1), step):
        yield entries[begin : begin + step]


async def _asked_most(operator: Operator, name: str, timeout: float) -> int | None:
    """How many tags the charger takes in one message, None when it does not say. 1.6 §9.3.3"""
    answer = await operator.call(name, Request("GetConfiguration", {"key": [MOST_KEY]}), timeout=timeout)
    listed = answer.payload.get("configurationKey")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict) and str(entry.get("key", "")).casefold() == MOST_KEY.casefold():
            text = str(entry.get("value")).strip()  # some send a number where the standard wants text (ha#1499)
            return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and int(text) else None
    return None


def _why_not(answer: Answer, name: str, number: int, parts: int) -> list[str]:
    """What to try after a refused part."""
    tried = {
        "VersionMismatch": f"cpoctl authlist version {name}    the version that it has",
        "NotSupported": f"cpoctl var set {name} LocalAuthListEnabled true --yes    switch local lists on",
    }.get(answer.status, f"cpoctl var get {name} {MOST_KEY} LocalAuthListMaxLength    how many tags it takes")
    if not number:
        return [tried]
    return [tried, f"cpoctl authlist push {name} --yes    {number} of {parts} parts arrived, send them afresh"]
