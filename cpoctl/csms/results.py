"""Results: what became of one target, as a task keeps it. No secret and no password is in it (RELIABILITY V-12)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.domain.secrets import masked
from cpoctl.errors import CpoctlError, NotSent, TimedOut
from cpoctl.operations import Outcome
from cpoctl.table import record

_WORDS: Final = {"offline": "Offline", "timeout": "Timeout", "refused": "Refused", "not-found": "NotFound"}
_COMMON: Final = ("target", "ok", "status", "latency_ms", "command_id")
_FAILED = CpoctlError("the server failed unexpectedly", hints=["cpoctl status    and look into the server's log"])


@dataclass(frozen=True)
class Result:
    """One target's result."""

    ok: bool
    status: str
    latency_ms: float | None = None
    command_id: int | None = None
    error: dict[str, Any] | None = None
    result: dict[str, Any] | None = None

    @property
    def brief(self) -> dict[str, Any] | None:
        """The error without what explains it, for the stream."""
        return {name: value for name, value in self.error.items() if name != "detail"} if self.error else None


def of_row(row: Any) -> Result:
    """What an act has told."""
    if not isinstance(row, Outcome):
        return Result(True, "Done")
    told = {name: value for name, value in record(row).items() if name not in _COMMON and value is not None}
    return Result(row.ok, _storable(row.status), row.latency_ms, row.command_id, result=_kept(told) if told else None)


def of_error(error: CpoctlError, status: str | None = None) -> Result:
    """What went wrong."""
    outcome = error.detail.get("outcome")
    detail = {name: record(value) for name, value in error.detail.items() if name != "outcome"}
    told = _kept(error.as_json() | {"detail": detail})
    if isinstance(outcome, Outcome):
        return Result(False, status or _storable(outcome.status), outcome.latency_ms, outcome.command_id, told)
    return Result(False, status or _WORDS.get(error.code, "Failed"), error=told)


def unexpected() -> Result:
    """What nobody foresaw; the log says more."""
    return of_error(_FAILED)


def given_up(target: str, status: str, why: str) -> Result:
    """A target to which nothing was sent."""
    return of_error(NotSent(f"{target}: {why}", target=target, hints=["cpoctl task list"]), status)


def expired(target: str, when: str | None) -> Result:
    """A target that waited in vain."""
    what = "free of sessions" if when == "idle" else "back"
    late = TimedOut(
        f"{target} was not {what} in time; nothing was sent", target=target, hints=[f"cpoctl charger show {target}"]
    )
    return of_error(late, "Expired")


def unknown(target: str, *, answered: bool = False) -> Result:
    """A target whose Call was on its way, or whose effect was waited for, when the server ended."""
    lost = TimedOut(
        f"the server ended after {target} had answered; what came of it is not known"
        if answered
        else f"the server ended before {target} answered; whether it did it is unknown",
        target=target,
        hints=[f"cpoctl log list {target} --last 10    what was said"],
    )
    return of_error(lost, "Unknown")


def not_settled(outcome: Outcome, waits_for: str, within: float, still: Sequence[str] = ()) -> TimedOut:
    """The error of a charger that agreed, and did not do it in time; `still` says what keeps it."""
    charger_id = outcome.target.partition(":")[0]
    told = Outcome(outcome.target, False, "Timeout", outcome.latency_ms, outcome.command_id, outcome.answer)
    return TimedOut(
        f"{outcome.target} agreed ({outcome.status}), but within {within:g} s this did not come: {waits_for}",
        target=outcome.target,
        hints=[*still, f"cpoctl log list {charger_id} --last 10    what it says"],
        detail={"decided_by": "time", "outcome": told},
    )


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(masked(_storable(json.dumps(data, ensure_ascii=False))))
    return shown


def _storable(text: str) -> str:
    """Text without the half characters that some chargers send and no database takes."""
    return text.encode("utf-8", "replace").decode()
