"""Overlaps: sessions that exceed their tag's limit all the same.

Two chargers may start with one tag before either start is on disk, and both hear that they may: the later one is
flagged once both are, so that somebody looks at it before anybody is billed.
"""

from cpoctl import events
from cpoctl.csms.ledger import Ledger, noted
from cpoctl.csms.metering import text
from cpoctl.domain import access, sessions, tags
from cpoctl.store import rows


def watch(ledger: Ledger) -> None:
    """Flag such sessions from now on."""

    def started(seq: int | None, event: events.Event) -> None:
        if isinstance(event, events.SessionStarted) and _exceeds(event, ledger):
            _flag(event, ledger)

    ledger.bus.listen(started, events.SessionStarted)


def _exceeds(event: events.SessionStarted, ledger: Ledger) -> bool:
    tag = ledger.live.tag(event.tag_id)
    if tag is None or tag.sessions_most is None or event.tag_status != tags.ACCEPTED:
        return False
    return len(access.running(event.tag_id, ledger.live)) > tag.sessions_most


def _flag(event: events.SessionStarted, ledger: Ledger) -> None:
    flags = sessions.with_flags(event.flags, sessions.EXCEEDED)
    flagged = events.SessionFlagged(
        charger_id=event.charger_id, session_id=event.session_id, transaction_id=event.transaction_id, flags=flags
    )
    ledger.commit([rows.SessionFlags(text(flags), event.session_id)], [flagged], noted)
