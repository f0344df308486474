"""Answers: what a charger says to a Call, in one word and with its reason, wherever its version has put them.

OCPP 1.6 §6 · OCPP 2.0.1 part 2 §1, StatusInfoType
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_LISTS: Final = ("setVariableResult", "setMonitoringResult", "clearMonitoringResult", "clearTariffsResult")
_STATUS: Final = ("status", "attributeStatus")
_INFO: Final = ("statusInfo", "attributeStatusInfo")


def word(payload: Mapping[str, Any]) -> str | None:
    """Its status; of several the first that is not Accepted. None: it has none."""
    words = (str(entry[name]) for entry in _judged(payload) for name in _STATUS if entry.get(name))
    return next(words, None)


def reason(payload: Mapping[str, Any]) -> str | None:
    """Why it says so, in its own words: the reason's code and what it adds, of the first entry that has one."""
    info = _info(payload)
    return ", ".join(str(info[name]) for name in ("reasonCode", "additionalInfo") if info.get(name)) or None


def reason_code(payload: Mapping[str, Any]) -> str:
    """The reason's code alone, of the first entry that has one; empty where there is none."""
    return str(_info(payload).get("reasonCode") or "")


def _info(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """StatusInfoType of the first entry that has one."""
    infos = (entry.get(name) for entry in _judged(payload) for name in _INFO)
    return next((info for info in infos if isinstance(info, dict)), {})


def _judged(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parts of an answer that carry a status: itself, or the entries of its list. One that is Accepted stands last."""
    if "status" in payload:
        yield payload
        return
    entries = [entry for name in _LISTS for entry in _listed(payload.get(name))]
    yield from sorted(entries, key=lambda entry: "Accepted" in (entry.get(name) for name in _STATUS))


def _listed(value: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
