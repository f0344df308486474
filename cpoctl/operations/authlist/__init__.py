"""Local lists: the tags that a charger may let in without asking."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cpoctl.clock import stored, wire
from cpoctl.domain.tags import ACCEPTED, INVALID, key
from cpoctl.ocpp.asks import authlists
from cpoctl.operations import Answer, Operator
from cpoctl.store import rows

if TYPE_CHECKING:
    from datetime import datetime

    from cpoctl.domain.tags import Tag

Entry = authlists.Entry
REMEMBERED = "SELECT version, entries, certain, accepted_at FROM local_list WHERE charger_id = ?"


@dataclass(frozen=True)
class Pushed:
    """The list that a charger has, by what it accepted. Not `certain`: a push did not come to its end."""

    version: int
    entries: list[Entry]
    certain: bool
    accepted_at: str


async def remembered(operator: Operator, charger_id: str) -> Pushed | None:
    """What the charger was given."""
    for found in await operator.store.read(REMEMBERED, [charger_id]):
        return Pushed(found["version"], json.loads(found["entries"]), bool(found["certain"]), found["accepted_at"])
    return None


async def remember(operator: Operator, charger_id: str, version: int, entries: list[Entry], *, certain: bool) -> None:
    """Keep what the charger was given."""
    text = json.dumps(entries, separators=(",", ":"), ensure_ascii=False)
    at = stored(operator.clock.now())
    await operator.commit([rows.LocalList(charger_id, version, text, int(certain), at)])


async def asked_version(operator: Operator, charger_id: str, timeout: float) -> tuple[Answer, int | None]:
    """The charger's answer, and the version in it. OCPP 1.6 §5.10 · OCPP 2.0.1 D02"""
    ask = authlists.AskVersion()
    answer = await operator.call(charger_id, ask, timeout=timeout)
    return answer, ask.read(answer.payload)


def entries_of(operator: Operator, charger_id: str) -> list[Entry]:
    """Our tags as this charger would get them now, as the standard lists them. 1.6 §7.8, §7.27"""
    charger, now = operator.live.charger(charger_id), operator.clock.now()
    site_id = charger.site_id if charger else None
    known = sorted(operator.live.tags.values(), key=lambda tag: tag.tag_id)
    entries = [{"idTag": tag.tag_id, "idTagInfo": _info(tag, charger_id, site_id, now)} for tag in known]
    return authlists.expressible(operator.version(charger_id), entries)


def _info(tag: "Tag", charger_id: str, site_id: str | None, now: "datetime") -> dict[str, Any]:
    verdict, evses = tag.verdict(now), tag.evses_of(charger_id, site_id)
    if verdict == ACCEPTED and evses == ():
        verdict = INVALID  # as it would be answered when the charger asks
    expiry = {"expiryDate": wire(tag.expires_at)} if tag.expires_at else {}
    parent = {"parentIdTag": tag.parent_id} if tag.parent_id else {}
    within = {authlists.EVSES: list(evses)} if verdict == ACCEPTED and evses else {}
    return {**expiry, **parent, "status": verdict, **within}


def changes(had: Iterable[Entry], wanted: Iterable[Entry]) -> list[Entry]:
    """The entries that make one list of another; one without idTagInfo takes the tag away. 1.6 §7.8"""
    before = {key(entry["idTag"]): entry for entry in had}
    after = {key(entry["idTag"]): entry for entry in wanted}
    gone = [{"idTag": entry["idTag"]} for place, entry in before.items() if place not in after]
    return [*gone, *(entry for place, entry in after.items() if before.get(place) != entry)]


def changed(had: Iterable[Entry], part: Iterable[Entry]) -> list[Entry]:
    """A list after a differential update."""
    entries = {key(entry["idTag"]): entry for entry in had}
    for entry in part:
        if "idTagInfo" in entry:
            entries[key(entry["idTag"])] = entry
        else:
            entries.pop(key(entry["idTag"]), None)
    return [entries[place] for place in sorted(entries)]
