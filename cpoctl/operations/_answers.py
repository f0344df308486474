"""Calls and what came of them: the request, the charger's answer, and the outcome that an operator sees."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from shlex import quote
from typing import Annotated

from cpoctl.errors import Refused
from cpoctl.ocpp import answers
from cpoctl.store import Record
from cpoctl.table import Column, millis

REFUSALS = frozenset(
    {"Rejected", "NotSupported", "NotImplemented", "Failed", "Invalid", "Faulted", "Occupied", "Unavailable"}
    | {"UnlockFailed", "OngoingAuthorizedTransaction", "UnknownConnector", "VersionMismatch"}
    | {"UnknownVendorId", "UnknownMessageId", "UnknownComponent", "UnknownVariable", "NotSupportedAttributeType"}
    | {"UnsupportedMonitorType", "Duplicate", "InvalidCertificate", "RevokedCertificate", "DownloadOngoing"}
    | {"NotSupportedMessageFormat", "NotSupportedPriority", "NotSupportedState", "LanguageNotSupported"}
    | {"UnknownTransaction", "TxNotFound", "NoProfile", "NoCurrencyChange", "DuplicateTariffId", "TooManyElements"}
    | {"ConditionNotSupported"}
)
"""What a charger answers when it does not do what was asked. That there was nothing to do it with is no refusal."""

_HINTS_MOST = 6  # more than that nobody reads


@dataclass(frozen=True)
class Answer:
    """What a charger really said to a Call. `error` is its CallError: code and description.

    `why` is what such an answer of such a charger usually means, `tries` are commands to try next.
    """

    charger_id: str
    command_id: int
    action: str
    payload: Record
    error: tuple[str, str] | None
    sent: str
    received: str
    latency_ms: float
    why: tuple[str, ...] = ()
    tries: tuple[str, ...] = ()

    @property
    def status(self) -> str:
        """The answer in one word: its status, its error code, or Answered when it has neither."""
        if self.error:
            return self.error[0]
        return answers.word(self.payload) or "Answered"

    @property
    def reason(self) -> str | None:
        """Why, in the charger's own words: of an error its description, of a status its reason. None: it says nothing."""
        return (self.error[1] or None) if self.error else answers.reason(self.payload)


@dataclass(frozen=True)
class Report:
    """A charger's answer and the messages that followed it; `whole` False: not all of them came in time."""

    answer: Answer
    parts: list[Record]
    whole: bool


@dataclass(frozen=True)
class Outcome:
    """One target's outcome of an act."""

    target: Annotated[str, Column("TARGET")]
    ok: bool
    status: Annotated[str, Column("STATUS")]
    latency_ms: Annotated[float | None, Column("TOOK", show=millis, align="right")] = None
    command_id: int | None = None
    answer: Record | None = None


def accepted(answer: Answer, name: str, ok: Sequence[str] = ("Accepted",), hints: Sequence[str] = ()) -> Outcome:
    """The outcome of an answer that is one of `ok`; any other answer is Refused, with both frames.

    `hints` say what to try next, beside what the field knows and the log of what was said before.
    """
    outcome = Outcome(name, answer.status in ok, answer.status, answer.latency_ms, answer.command_id, answer.payload)
    if outcome.ok and answer.error is None:
        return outcome
    why = f": {answer.reason}" if answer.reason else ""
    means, tries = _reason(answer)
    raise Refused(
        f"{name} answered {answer.action} with {answer.status}{why}",
        target=name,
        hints=[
            *_each_once([*hints, *tries, *answer.tries]),
            f"cpoctl log list {answer.charger_id} --last 10    what was said before",
        ],
        detail={
            "decided_by": "charger",
            "why": [*means, *answer.why],
            "sent": answer.sent,
            "received": answer.received,
            "outcome": replace(outcome, ok=False),
        },
    )


def _reason(answer: Answer) -> tuple[list[str], list[str]]:
    """What the code means that stands beside a status, and what to try then. OCPP 2.0.1 part 2 appendix 5"""
    from cpoctl import knowledge  # not at the top: whoever only lists needs none of it

    code = "" if answer.error else answers.reason_code(answer.payload)
    known = knowledge.reason(code)
    if known is None:
        return [], []
    return [f"{code}: {known.means}"], [each.replace("{charger}", quote(answer.charger_id)) for each in known.tries]


def _each_once(hints: Sequence[str]) -> list[str]:
    """The first few hints, each command once, whatever stands behind it."""
    by_command: dict[str, str] = {}
    for hint in hints:
        by_command.setdefault(re.split(r"\s{3,}", hint)[0], hint)
    return list(by_command.values())[:_HINTS_MOST]
