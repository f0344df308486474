"""Let a charger upload its diagnostics, or one of its logs."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal

from cpoctl import events
from cpoctl.ocpp.asks import firmware, logs
from cpoctl.operations import Act, Operator, Option, Outcome, Watch, accepted, instant, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    Retries,
    RetryInterval,
    Url,
    finished,
    location,
    new_request_id,
    pace,
    warning,
)
from cpoctl.table import Column

UPLOADED, UNDER_WAY = "Uploaded", ("Idle", "Uploading")
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
    """Let a charger upload its diagnostics, or one of its logs. OCPP 1.6 §5.9, security whitepaper · OCPP 2.0.1 N01

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
        Literal["diagnostics", "security", "collector"] | None,
        Option("this log; plain diagnostics without it. 1.6 needs the security extension for it; collector is of 2.1"),
    ] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> FetchOutcome:
        """Ask the charger. An answer without a file name means in 1.6 that there is nothing (§6.28)."""
        name = whole_charger(self.charger, operator.live)
        version, now = operator.version(name), operator.clock.now()
        ask = logs.Fetch(
            request_id=new_request_id(),
            url=location(self.url, self.path, firmware.longest_url(version, plain=not self.log)),
            kind=self.log,
            since=instant(self.since, now, "from", ago=True) if self.since is not None else None,
            until=instant(self.until, now, "to", ago=True) if self.until is not None else None,
            pace=pace(self.retries, self.retry_interval),
        )
        answer = await operator.call(name, ask, timeout=self.timeout)
        ways = f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can upload"
        outcome = accepted(answer, name, ("Accepted", "AcceptedCanceled", "Answered"), [ways, *self._plainly(name)])
        file, number = logs.file_name(answer.payload), ask.number(version)
        nothing = NOTHING if file is None and number is None else None
        notes = [nothing, CANCELLED if answer.status == "AcceptedCanceled" else None, warning(self.url)]
        note = "; ".join(note for note in notes if note)
        return FetchOutcome(**vars(outcome), file=file, request_id=number, note=note or None)

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The last step that the charger tells. Raises Refused for a failure; nothing to upload is the end as well."""
        number = getattr(outcome, "request_id", None)
        if number is None and getattr(outcome, "file", None) is None:
            return outcome

        def ended(event: events.Event) -> str | None:
            if not isinstance(event, events.DiagnosticsStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status not in UNDER_WAY else None

        return finished(replace(outcome, status=await watch.until(ended)), (UPLOADED,))

    def _plainly(self, name: str) -> list[str]:
        """The way without a log of its own, which more chargers know."""
        return (
            [f"cpoctl diag fetch {name} --url ftp://files.example.com/    without --log, which more chargers know"]
            if self.log
            else []
        )
