"""Knocks: connections that were refused lately, and what their URL lacked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cpoctl.checks import Said, fail, warn
from cpoctl.checks.machine import Place
from cpoctl.table import ago

_NAMELESS = "?"
_LATELY = timedelta(days=1)


def check(place: Place) -> Said | None:
    """Judge those of the last day; one that named no charger is a wrong URL."""
    since = datetime.now(UTC) - _LATELY
    lately = [k for k in place.knocks() if k["reason"] != "waits for approval" and _at(k) > since]
    nameless = [k for k in lately if k["charger_id"] == _NAMELESS]
    if nameless:
        often = f"{nameless[0]['attempts']} times" if nameless[0]["attempts"] > 1 else "once"
        return fail(
            f"{nameless[0]['address']} knocked {often} without a charger's id, last {_ago(nameless[0])} ago",
            "cpoctl charger unknown    who it may be; the URL given to it must end in the charger's id: ws://HOST:PORT/CHARGER",
        )
    if not lately:
        return None
    said = ", ".join(f"{k['charger_id']} ({k['reason']}, {_ago(k)} ago)" for k in lately[:3])
    return warn(f"refused in the last day: {said}", f"cpoctl doctor {lately[0]['charger_id']}    what mends it")


def _at(knock: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(knock["last_seen_at"])


def _ago(knock: Mapping[str, Any]) -> str:
    return ago(knock["last_seen_at"])
