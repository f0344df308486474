"""The snapshot: the live fleet at one sequence number, to which the event stream from there on adds."""

from typing import Any

from cpoctl.clock import stored
from cpoctl.domain.fleet import LiveCharger
from cpoctl.http import ServerFace
from cpoctl.table import record


def snapshot(server: ServerFace) -> dict[str, Any]:
    """Everything live. Built without an await, so that it is true for exactly its `seq`."""
    chargers = list(server.live.chargers.values())
    return {
        "seq": server.latest_seq,
        "at": stored(server.clock.now()),
        "waiting": server.live.waiting(),
        "chargers": [_charger(charger) for charger in chargers],
        "sessions": [
            {"charger_id": charger.charger_id} | record(session)
            for charger in chargers
            for session in charger.sessions.values()
        ],
    }


def _charger(charger: LiveCharger) -> dict[str, Any]:
    """A charger without what is secret."""
    return {
        "charger_id": charger.charger_id,
        "known": charger.known,
        "registration": charger.registration,
        "connected": charger.connected,
        "version": charger.link.version if charger.link else None,
        "auth": charger.link.auth if charger.link else None,
        "address": charger.link.address if charger.link else None,
        "connected_since": charger.link.since if charger.link else None,
        "last_seen_at": stored(charger.last_seen) if charger.last_seen else None,
        "booted_at": charger.booted_at,
        "vendor": charger.vendor,
        "model": charger.model,
        "serial": charger.serial,
        "firmware": charger.firmware,
        "site_id": charger.site_id,
        "labels": charger.labels,
        "evses": [record(evse) for evse in charger.evses.values()],
    }
