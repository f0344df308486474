"""Keeping the charger in or out of service: Reset, ChangeAvailability, ClearCache. 1.6 §5.2, §5.4, §5.14"""

from typing import TYPE_CHECKING, Any

from cpoctl.simulator.answers import Answer, AnswerFn, status

if TYPE_CHECKING:
    from cpoctl.simulator.controller import Controller


def reset(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Restart, soft or hard."""
    kind = request["type"]
    if kind not in ("Soft", "Hard"):
        raise ValueError(f"type {kind!r}")
    return status("Accepted", lambda: charger.reboot(f"{kind}Reset"))


def change_availability(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Open or close one connector, or all of them (0); a running session is let finish."""
    number, operative = request["connectorId"], request["type"] == "Operative"
    if number != 0 and number not in charger.outlets:
        return status("Rejected")
    outlets = list(charger.outlets.values()) if number == 0 else [charger.outlets[number]]
    scheduled = not operative and any(outlet.session is not None for outlet in outlets)

    async def change() -> None:
        for outlet in outlets:
            await outlet.set_operative(operative)

    return status("Scheduled" if scheduled else "Accepted", change)


def clear_cache(charger: "Controller", request: dict[str, Any]) -> Answer:
    """Forget the tags the server has answered for; there is nothing to clear where nothing is kept."""
    if not charger.settings.truth("AuthorizationCacheEnabled"):
        return status("Rejected")
    charger.tags.forget()
    return status("Accepted")


ANSWERS: dict[str, AnswerFn] = {
    "Reset": reset,
    "ChangeAvailability": change_availability,
    "ClearCache": clear_cache,
}
