"""Health: the server and its fleet in one row, as `status` and the control API tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from cpoctl.table import Column, kw, span

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet


def per_second(rate: float | None) -> str:
    """A rate with one decimal."""
    return "-" if rate is None else f"{rate:.1f}"


@dataclass(frozen=True)
class Health:
    """One screen: is the server well, and what does its fleet do. `server` is `up` or `down`."""

    server: Annotated[str, Column("SERVER")]
    healthy: bool
    version: Annotated[str | None, Column("VERSION")] = None
    uptime_s: Annotated[int | None, Column("UPTIME", show=span)] = None
    store: Annotated[str | None, Column("STORE")] = None
    chargers: Annotated[int | None, Column("CHARGERS")] = None
    online: Annotated[int | None, Column("ONLINE")] = None
    faulted: Annotated[int | None, Column("FAULTED")] = None
    waiting: Annotated[int | None, Column("WAITING")] = None
    sessions_open: Annotated[int | None, Column("SESSIONS")] = None
    power_w: Annotated[float | None, Column("kW", show=kw)] = None
    messages_per_s: Annotated[float | None, Column("MESSAGES/S", show=per_second)] = None
    address: Annotated[str | None, Column("ADDRESS")] = None
    db: str | None = None
    unknown: str | None = None
    any_tag: bool | None = None
    files: dict[str, str] | None = None
    alerts_open: Annotated[int | None, Column("ALERTS")] = None
    alerts_unacknowledged: Annotated[int | None, Column("UNACKNOWLEDGED", 2)] = None


DOWN = Health("down", healthy=False)


def standing(facts: Mapping[str, Any], live: "LiveFleet", now: datetime) -> Health:
    """The server's own facts, as its face tells them, with its fleet's."""
    known = [charger for charger in live.chargers.values() if charger.known]
    sessions = [session for charger in known for session in charger.sessions.values()]
    started = facts.get("started_at")
    return Health(
        server="up",
        healthy=facts.get("store") != "failing",
        version=facts.get("version"),
        uptime_s=int((now - datetime.fromisoformat(started)).total_seconds()) if started else None,
        store=facts.get("store"),
        chargers=len(known),
        online=sum(charger.connected for charger in known),
        faulted=sum(any(evse.status == "Faulted" for evse in charger.evses.values()) for charger in known),
        waiting=live.waiting(),
        sessions_open=len(sessions),
        power_w=sum(charger.power_w or 0.0 for charger in known),
        messages_per_s=facts.get("messages_per_s"),
        address=_usable(facts.get("address")),
        db=facts.get("db"),
        unknown=facts.get("unknown"),
        any_tag=facts.get("any_tag"),
        files=facts.get("files"),
        alerts_open=len(live.alerts.open),
        alerts_unacknowledged=live.alerts.unacknowledged(),
    )


def _usable(url: str | None) -> str | None:
    """The URL that a charger can be given, of one that says where we are bound."""
    if url is None:
        return None
    from urllib.parse import urlsplit  # only the server has an address to tell

    from cpoctl.addresses import usable

    parts = urlsplit(url)
    return parts._replace(netloc=f"{usable(parts.hostname or '')}:{parts.port}").geturl()
