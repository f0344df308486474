"""Describing: what is told of rows before something is done to them, so that nobody agrees to a mere number (UX §4.7)."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cpoctl.domain.fleet import LiveCharger, LiveFleet, OpenSession
from cpoctl.operations.alert import place
from cpoctl.table import kwh
from cpoctl.tui.actions import ALERT, CHARGER, EVSE, SESSION, TASK, Subject
from cpoctl.tui.listing import Listing
from cpoctl.tui.picture import used_wh

if TYPE_CHECKING:
    from cpoctl.tui.views import View

_DESCRIBED = 5


def described(subject: Subject, live: LiveFleet, front: "View") -> list[str]:
    """A line for each row that has only a number, and for each session that runs there; of many the first ones."""
    told = [subject.about] if subject.about else []
    if subject.kind == SESSION:
        told += _sessions(subject, live)
    elif subject.kind in (CHARGER, EVSE):
        told += _running(subject, live)
    elif subject.kind == ALERT:
        found = [live.alerts.open[int(word)] for word in subject.ids if int(word) in live.alerts.open]
        told += [f"alert {a.alert_id}: {place(a.charger_id, a.evse_id)}, {a.what}" for a in found]
    elif subject.kind == TASK:
        told += _tasks(subject, front)
    more = len(told) - _DESCRIBED
    return [*told[:_DESCRIBED], *([f"and {more} more"] if more > 0 else [])]


def _sessions(subject: Subject, live: LiveFleet) -> Iterator[str]:
    wanted = set(subject.ids)
    for charger in live.chargers.values():
        for session in charger.sessions.values():
            if str(session.session_id) in wanted:
                yield _session(charger, session)


def _running(subject: Subject, live: LiveFleet) -> Iterator[str]:
    for word in subject.ids:
        name, _, evse = word.rpartition(":") if subject.kind == EVSE else (word, "", "")
        charger = live.charger(name)
        for session in charger.sessions.values() if charger else ():
            if charger and evse in ("", str(session.evse_id)):
                yield _session(charger, session)


def _session(charger: LiveCharger, session: OpenSession) -> str:
    where = f"{charger.charger_id}:{session.evse_id}" if session.evse_id else charger.charger_id
    used = used_wh(session)
    so_far = f", {kwh(used)} kWh so far" if used is not None else ""
    return f"session {session.session_id}: {where}, tag {session.tag_id or '-'}{so_far}"


def _tasks(subject: Subject, front: "View") -> Iterator[str]:
    if not isinstance(front, Listing) or front.kind != TASK:
        return
    for word in subject.ids:
        row = front.record(word)
        targets = f"{row['targets']} target{'' if row['targets'] == 1 else 's'}"
        yield f"task {word}: {row['operation']}, {targets}, {row['succeeded']} ok, {row['failed']} failed"
