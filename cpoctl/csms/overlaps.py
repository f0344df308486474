"""Overlaps: sessions that their tag should not have, and has all the same.

Two chargers may start with one tag, or tell the tag of a session that runs, before either is on disk, and both hear that
they may: the later one is flagged once both are. The same where the EVSE is told after the tag that may not charge there.
Somebody looks at such a session before anybody is billed.
"""

from collections.abc import Iterator

from cpoctl import events
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.metering import text
from cpoctl.domain import access, sessions, tags
from cpoctl.domain.fleet import LiveFleet
from cpoctl.store import rows

_Told = events.SessionStarted | events.SessionAmended


def watch(ledger: Ledger) -> None:
    """Flag such sessions from now on."""

    def told(seq: int | None, event: events.Event) -> None:
        if isinstance(event, _Told) and event.tag_status == tags.ACCEPTED:
            flags = sessions.with_flags(event.flags, *_doubts(event, ledger.live))
            if flags != event.flags:
                _flag(event, flags, ledger)

    ledger.bus.listen(told, events.SessionStarted, events.SessionAmended)


def _doubts(event: _Told, live: LiveFleet) -> Iterator[str]:
    """What is wrong with the tag of the session, as far as this event brings it."""
    tag, charger = live.tag(event.tag_id), live.of(event)
    if tag is None or charger is None:
        return
    tag_came, place_came = True, False  # a start is judged at its place
    if isinstance(event, events.SessionAmended):
        tag_came, place_came = event.tag_came, event.place_came
    most = tag.sessions_most
    if tag_came and most is not None and len(access.running(event.tag_id, live)) > most:
        yield sessions.EXCEEDED
    if place_came and not tag.allowed_at(charger.charger_id, charger.site_id, event.evse_id):
        yield sessions.ELSEWHERE


def _flag(event: _Told, flags: tuple[str, ...], ledger: Ledger) -> None:
    flagged = events.SessionFlagged(
        charger_id=event.charger_id, session_id=event.session_id, transaction_id=event.transaction_id, flags=flags
    )
    ledger.commit([rows.SessionFlags(text(flags), event.session_id)], [flagged], noted)
