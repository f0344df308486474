"""Access: what the live state says about a tag that is held to a charger, for `tags.verdict`.

A limit of sessions decides about a start only (1.6 §7.2): a tag that is presented to end its session, or one of
its group, must not be refused for having it.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from cpoctl.domain import tags
from cpoctl.domain.tags import Presented

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession


def presented(
    tag_id: str,
    charger: "LiveCharger | None",
    live: "LiveFleet",
    now: datetime,
    *,
    running: tuple[str, ...] = (),
    evse_id: int | None = None,
) -> Presented:
    """The facts about a tag, at a charger, at an EVSE of it, or at none in particular."""
    return Presented(
        tag_id=tag_id,
        tag=live.tag(tag_id),
        now=now,
        charger_id=charger.charger_id if charger else None,
        registration=charger.registration if charger else tags.ACCEPTED,
        site_id=charger.site_id if charger else None,
        accepts_unknown=live.accepts_unknown_tags,
        running=running,
        evse_id=evse_id,
    )


def sessions_of(tag: tags.Tag, live: "LiveFleet") -> "Iterator[tuple[LiveCharger, OpenSession]]":
    """Every open session of a tag. One that another superseded on its EVSE cannot be running any more."""
    name = tags.key(tag.tag_id)
    for charger in live.chargers.values():
        newest = {session.evse_id or -session.session_id: session for session in charger.sessions.values()}
        for session in newest.values():
            if session.tag_id == tag.tag_id or tags.key(session.tag_id) == name:
                yield charger, session


def running(
    tag_id: str, live: "LiveFleet", charger: "LiveCharger | None" = None, evse_id: int | None = None
) -> tuple[str, ...]:
    """The open sessions that count against a tag's limit, in words; none where it has no limit.

    A start on the EVSE supersedes the session that is still open there, so that one does not count.
    """
    tag = live.tag(tag_id)
    if tag is None or tag.sessions_most is None:
        return ()
    return tuple(
        f"session {session.session_id} at {where.charger_id}:{session.evse_id}"
        for where, session in sessions_of(tag, live)
        if where is not charger or not evse_id or session.evse_id != evse_id
    )


def _most(tag_id: str, live: "LiveFleet") -> int | None:
    tag = live.tag(tag_id)
    return tag.sessions_most if tag else None


def at_start(status: str, tag_id: str, charger: "LiveCharger", live: "LiveFleet", evse_id: int | None) -> str:
    """The verdict on a tag that starts a session on an EVSE, where `status` is the one without a limit."""
    most = _most(tag_id, live) if status == tags.ACCEPTED else None
    return tags.CONCURRENT if most is not None and len(running(tag_id, live, charger, evse_id)) >= most else status


def at_swipe(status: str, tag_id: str, charger: "LiveCharger", live: "LiveFleet") -> str:
    """The verdict on a tag that is held to a reader: with a session at this charger it may be there to end it."""
    if _most(tag_id, live) is None or any(one_group(tag_id, s.tag_id, live) for s in charger.sessions.values()):
        return status
    return at_start(status, tag_id, charger, live, None)


def one_group(tag_id: str, other_id: str, live: "LiveFleet") -> bool:
    """Whether two tags are the same or have the same parent, so that one may end the other's session. 1.6 §4.10"""
    if tags.key(tag_id) == tags.key(other_id):
        return True
    tag, other = live.tag(tag_id), live.tag(other_id)
    if tag is None or other is None or not tag.parent_id or not other.parent_id:
        return False
    return tags.key(tag.parent_id) == tags.key(other.parent_id)
