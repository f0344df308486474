"""Tags: who may charge."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from cpoctl import events
from cpoctl.clock import stored
from cpoctl.domain import tags
from cpoctl.errors import NotFound, UsageProblem, nearest
from cpoctl.operations import Argument, Operator, Option, at_evse, instant
from cpoctl.operations.site import LONGEST, known_site
from cpoctl.store import rows
from cpoctl.table import Column, local

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet

TagId = Annotated[str, Argument("the tag's id", kind="tag")]
TagType = Annotated[
    str | None,
    Option("what OCPP 2.x is to call the tag; by its looks without it: ISO14443 for a card's number, or Central"),
]
NAMES = "SELECT tag_id FROM tag"


@dataclass(frozen=True)
class TagRow:
    """A tag in a list; `status` is what it is worth now, wherever it is held."""

    tag_id: Annotated[str, Column("TAG")]
    status: Annotated[str, Column("STATUS")]
    parent_id: Annotated[str | None, Column("GROUP", 3)]
    expires_at: Annotated[str | None, Column("EXPIRES", 2, show=local)]
    note: Annotated[str | None, Column("NOTE", 2)]
    sessions_most: Annotated[int | None, Column("SESSIONS MOST", 3, "right")]
    sites: Annotated[list[str], Column("SITES", 3)]
    places: Annotated[list[str], Column("PLACES", 3)]
    added_at: Annotated[str, Column("ADDED", 3, show=local)]


RowType = TypeVar("RowType", bound=TagRow)


def fields_of(record: dict[str, Any]) -> dict[str, Any]:
    """The fields of a row of a record of the table `tag`."""
    return record | {name: json.loads(record[name]) for name in ("sites", "places")}


def worth_now(row: RowType, now: datetime) -> RowType:
    """The row with its expiry judged."""
    expired = row.status == tags.ACCEPTED and row.expires_at is not None and row.expires_at <= stored(now)
    return replace(row, status=tags.EXPIRED) if expired else row


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a tag shall be. None: as it is, or the default of a new one; an empty text or 0 clears."""

    status: str | None = None
    parent_id: str | None = None
    expires: str | None = None
    note: str | None = None
    sessions_most: int | None = None
    sites: tuple[str, ...] | None = None
    places: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Change:
    """A tag as it shall be written, with the event that tells it."""

    row: "rows.Tag"
    event: "events.TagChanged"


def change(tag_id: str, old: dict[str, Any], wish: Wish, live: "LiveFleet", now: datetime) -> Change:
    """What a tag becomes. `old` is its record, empty for a new one. Raises UsageProblem, NotFound."""
    sites = tuple(json.loads(old.get("sites", "[]")))
    if wish.sites is not None:
        sites = tuple(dict.fromkeys(known_site(site, live) for site in wish.sites))
    places = tuple(json.loads(old.get("places", "[]")))
    if wish.places is not None:
        places = tuple(dict.fromkeys(known_place(place, live, places) for place in wish.places))
    row = rows.Tag(
        tag_id=old.get("tag_id") or checked_id(tag_id),
        status=wish.status or old.get("status", tags.ACCEPTED),
        parent_id=old.get("parent_id") if wish.parent_id is None else _parent(wish.parent_id),
        expires_at=old.get("expires_at") if wish.expires is None else _expiry(wish.expires, now),
        note=old.get("note") if wish.note is None else _note(wish.note),
        sessions_most=old.get("sessions_most") if wish.sessions_most is None else _most(wish.sessions_most),
        sites=json.dumps(sites),
        places=json.dumps(places),
        added_at=old.get("added_at", stored(now)),
    )
    event = events.TagChanged(
        tag_id=row.tag_id,
        status=row.status,
        parent_id=row.parent_id,
        expires_at=row.expires_at,
        sessions_most=row.sessions_most,
        sites=sites,
        places=places,
    )
    return Change(row, event)


def checked_id(text: str) -> str:
    """The id of a tag as it is kept. Raises UsageProblem for one that no charger can send."""
    tag_id = tags.shown(text)
    if not 0 < len(tag_id) <= tags.LONGEST:
        raise UsageProblem(
            f"a tag has 1 to {tags.LONGEST} characters, {text!r} has {len(tag_id)}", hints=["cpoctl tag add ANNA-K"]
        )
    return tag_id


def known_place(text: str, live: "LiveFleet", had: Iterable[str] = ()) -> str:
    """A charger or an EVSE of one, as it is kept, or NotFound; one that the tag has may be of a charger that is gone."""
    if kept := next((place for place in had if place.casefold() == text.casefold()), None):
        return kept
    at = at_evse(text, live)
    if at.evse_id == 0:
        raise UsageProblem(f"EVSEs count from 1; the whole charger is {at.charger_id}", target=text)
    return at.charger_id if at.evse_id is None else f"{at.charger_id}:{at.evse_id}"


def _parent(text: str) -> str | None:
    if len(parent := tags.shown(text)) > tags.LONGEST_16:  # it goes out as parentIdTag, 1.6 §7.28
        raise UsageProblem(f"a group has at most {tags.LONGEST_16} characters, {text!r} has {len(parent)}")
    return parent or None


def _expiry(text: str, now: datetime) -> str | None:
    return stored(instant(text, now, "expires")) if text.strip() else None


def _note(text: str) -> str | None:
    if len(note := tags.shown(text)) > LONGEST:
        raise UsageProblem(f"a note has at most {LONGEST} characters, this has {len(note)}")
    return note or None


def _most(number: int) -> int | None:
    if not 0 <= number <= 1000:
        raise UsageProblem(f"a tag may have 1 to 1000 sessions at once, or 0 for any number, not {number}")
    return number or None


def known_tag(name: str, live: "LiveFleet") -> tags.Tag:
    """A tag of ours, or NotFound with the nearest one."""
    if tag := live.tag(name):
        return tag
    known = [tag.tag_id for tag in live.tags.values()]
    raise NotFound(
        f"no tag {name}{nearest(name, known)}",
        target=name,
        hints=[
            "cpoctl tag list       all that are known",
            "cpoctl tag unknown    which chargers presented and nobody knows",
        ],
    )


async def written(operator: Operator, tag: tags.Tag) -> dict[str, Any]:
    """The record of a tag."""
    found = await operator.store.read("SELECT * FROM tag WHERE tag_id = ?", [tag.tag_id])
    return found[0] if found else {"tag_id": tag.tag_id}


def doubt(
    tag_id: str, charger: "LiveCharger", live: "LiveFleet", now: datetime, evse_id: int | None = None
) -> str | None:
    """Why a session that is started with this tag would be refused, or None."""
    from cpoctl.domain import access

    running = access.running(tag_id, live, charger, evse_id)
    at = access.presented(tags.shown(tag_id), charger, live, now, running=running, evse_id=evse_id)
    broken = next((finding for finding in tags.findings(at) if finding.ok is False), None)
    if broken is None:
        return None
    where = f"{charger.charger_id}:{evse_id}" if evse_id and broken.rule == "place" else charger.charger_id
    return f"tag {tag_id} would be answered {broken.status} at {where}: {broken.told}"
