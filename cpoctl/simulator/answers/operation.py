"""Keeping the charger in or out of service: Reset, ChangeAvailability, ClearCache.

OCPP 1.6 §5.2, §5.4, §5.14 · OCPP 2.0.1 B11, B12, C11, G03, G04
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import EVERY, V2, V16, Answer, because, status, table
from cpoctl.simulator.outlet import Outlet

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller

EVSE_RESTARTS_S = 4


def reset(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Restart, soft or hard."""
    kind = request["type"]
    if kind not in ("Soft", "Hard"):
        raise ValueError(f"type {kind!r}")
    return status("Accepted", lambda: charger.reboot(f"{kind}Reset"))


def reset_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Restart the charger or one EVSE, now or once it is idle; in 2.1 also so that transactions go on. B11, B12"""
    kind, number = request["type"], request.get("evseId")
    if kind not in ("Immediate", "OnIdle", "ImmediateAndResume"):
        raise ValueError(f"type {kind!r}")
    if number is not None and number not in charger.outlets:
        return because("Rejected", "UnknownEvse")
    outlets = list(charger.outlets.values()) if number is None else [charger.outlets[number]]
    busy = any(outlet.session is not None for outlet in outlets)
    if kind == "OnIdle" and busy:
        return status("Scheduled", partial(_restart_when_idle, charger, outlets, number))
    resume = kind == "ImmediateAndResume"
    return status("Accepted", partial(_restart, charger, outlets, number, "RemoteReset", resume=resume))


def change_availability(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Open or close one connector, or all of them (0); a running session is let finish."""
    number, operative = request["connectorId"], request["type"] == "Operative"
    if number != 0 and number not in charger.outlets:
        return status("Rejected")
    return _opened(list(charger.outlets.values()) if number == 0 else [charger.outlets[number]], operative)


def change_availability_2(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Open or close an EVSE, its connector, or all of them. G03, G04"""
    place, operative = request.get("evse"), request["operationalStatus"] == "Operative"
    if place is None:
        return _opened(list(charger.outlets.values()), operative)
    if place["id"] not in charger.outlets or place.get("connectorId", 1) != 1:
        return because("Rejected", "UnknownEvse")
    return _opened([charger.outlets[place["id"]]], operative)


def clear_cache(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Forget the tags the server has answered for; there is nothing to clear where nothing is kept."""
    if not charger.settings.truth("AuthorizationCacheEnabled"):
        return status("Rejected")
    charger.tags.forget()
    return status("Accepted")


def _opened(outlets: list[Outlet], operative: bool) -> Answer:
    scheduled = not operative and any(outlet.session is not None for outlet in outlets)
    return status("Scheduled" if scheduled else "Accepted", _opening(outlets, operative))


def _opening(outlets: list[Outlet], operative: bool) -> Callable[[], Awaitable[None]]:
    async def change() -> None:
        for outlet in outlets:
            await outlet.set_operative(operative)

    return change


async def _restart_when_idle(charger: "Controller", outlets: list[Outlet], number: int | None) -> None:
    for outlet in outlets:
        await outlet.idle.wait()
    await _restart(charger, outlets, number, "ScheduledReset")


async def _restart(
    charger: "Controller", outlets: list[Outlet], number: int | None, why: str, *, resume: bool = False
) -> None:
    if number is None:
        await charger.reboot("HardReset", why, resume=resume)
    else:
        await _restart_evse(charger, outlets[0], resume=resume)
    for outlet in outlets if resume else ():
        if outlet.session is not None:
            await charger.voice.noted(outlet, outlet.session, "TxResumed")


async def _restart_evse(charger: "Controller", outlet: Outlet, *, resume: bool) -> None:
    """One EVSE is away for a moment; the charger and its line stay. B11"""
    if not resume:
        await outlet.stop("HardReset")
        await charger.voice.released(outlet, "HardReset")
    was = outlet.operative
    await outlet.set_operative(False)
    await charger.time.elapse(EVSE_RESTARTS_S)
    await outlet.set_operative(was)


ANSWERS = (
    table(EVERY, {"ClearCache": clear_cache})
    | table(V16, {"Reset": reset, "ChangeAvailability": change_availability})
    | table(V2, {"Reset": reset_2, "ChangeAvailability": change_availability_2})
)
