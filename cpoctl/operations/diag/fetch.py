"""Let a charger upload its diagnostics, or one of its logs."""

from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal

from cpoctl import events
from cpoctl.clock import wire
from cpoctl.operations import Act, Operator, Option, Outcome, Request, Watch, accepted, instant, target
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    Retries,
    RetryInterval,
    Url,
    finished,
    location,
    new_request_id,
    pause,
    tries,
    warning,
)
from cpoctl.table import Column

UPLOADED, UNDER_WAY = "Uploaded", ("Idle", "Uploading")
LOG_TYPES = {"diagnostics": "DiagnosticsLog", "security": "SecurityLog"}
LONGEST_URL = 512  # security whitepaper
NOTHING = "the charger has nothing to upload"
CANCELLED = "an upload that was under way was cancelled"


@dataclass(frozen=True)
class FetchOutcome(Outcome):
    """What the charger said; `file` is the name that it will upload under."""

    file: Annotated[str | None, Column("FILE")] = None
    request_id: Annotated[int | None, Column("REQUEST", 2, "right")] = None
    note: Annotated[str | None, Column("NOTE", 2)] = None


@dataclass(frozen=True, kw_only=True)
class FetchDiagnostics(Act):
    """Let a charger upload its diagnostics, or one of its logs. OCPP 1.6 §5.9, security whitepaper.

    Chargers differ in what they want: a folder with a slash at its end, or a file; ftp works nearly everywhere.
    """

    path = "diag fetch"
    route = "POST /chargers/{charger}/diagnostics"
    row = FetchOutcome
    waits_for = "the charger to tell that it has uploaded, or that it failed"
    wait_most = 1800.0
    examples = (
        "cpoctl diag fetch HQ-07 --url ftp://files.example.com/chargers/",
        "cpoctl diag fetch HQ-07 --url https://files.example.com/up/ --log security --from 2026-11-01T00:00:00Z",
    )

    charger: Charger
    url: Url
    since: Annotated[
        str | None, Option("nothing older than this: a time, or a duration, so 2h is two hours ago", long="from")
    ] = None
    until: Annotated[
        str | None, Option("nothing newer than this: a time, or a duration, so 1h is an hour ago", long="to")
    ] = None
    retries: Retries = None
    retry_interval: RetryInterval = None
    log: Annotated[
        Literal["diagnostics", "security"] | None,
        Option("this log, of the security extension; plain diagnostics without it"),
    ] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> FetchOutcome:
        """Ask the charger. An answer without a file name means that there is nothing (1.6 §6.28)."""
        name = target(self.charger, operator.live).charger_id
        now = operator.clock.now()
        since = wire(instant(self.since, now, "from", ago=True)) if self.since is not None else None
        until = wire(instant(self.until, now, "to", ago=True)) if self.until is not None else None
        number = new_request_id() if self.log else None
        request = self._log(self.log, number, since, until) if self.log else self._diagnostics(since, until)
        answer = await operator.call(name, request, timeout=self.timeout)
        outcome = accepted(answer, name, ("Accepted", "AcceptedCanceled", "Answered"), self._why_not(name))
        told = answer.payload.get("filename" if self.log else "fileName")
        file = told if isinstance(told, str) and told else None
        nothing = NOTHING if file is None and not self.log else None
        notes = [nothing, CANCELLED if answer.status == "AcceptedCanceled" else None, warning(self.url)]
        note = "; ".join(note for note in notes if note)
        return FetchOutcome(**vars(outcome), file=file, request_id=number, note=note or None)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure; nothing to upload is the end as well."""
        number = getattr(outcome, "request_id", None)
        if not self.log and getattr(outcome, "file", None) is None:
            return outcome

        def ended(event: events.Event) -> str | None:
            if not isinstance(event, events.DiagnosticsStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status not in UNDER_WAY else None

        return finished(replace(outcome, status=await watch.until(ended)), (UPLOADED,))

    def _diagnostics(self, since: str | None, until: str | None) -> Request:
        """The Call of 1.6. §6.27"""
        span = _given(startTime=since, stopTime=until)
        waits = {**tries(self.retries), **pause(self.retry_interval)}
        return Request("GetDiagnostics", {"location": location(self.url, self.path), **waits, **span})

    def _log(self, log: str, number: int | None, since: str | None, until: str | None) -> Request:
        """The Call of the security whitepaper."""
        waits = {**tries(self.retries), **pause(self.retry_interval)}
        where = {
            "remoteLocation": location(self.url, self.path, LONGEST_URL),
            **_given(oldestTimestamp=since, latestTimestamp=until),
        }
        return Request("GetLog", {"log": where, "logType": LOG_TYPES[log], "requestId": number, **waits})

    def _why_not(self, name: str) -> list[str]:
        """What to try after a refusal."""
        ways = f"cpoctl var get {name} SupportedFileTransferProtocols SupportedFeatureProfiles    how it can upload"
        if not self.log:
            return [ways]
        return [ways, f"cpoctl diag fetch {name} --url ftp://files.example.com/    without --log, as 1.6 itself has it"]


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
