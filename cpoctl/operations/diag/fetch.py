"""Let a charger upload its diagnostics, or one of its logs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from cpoctl import events
from cpoctl.errors import Refused, UsageProblem
from cpoctl.ocpp.asks import firmware, logs
from cpoctl.operations import Act, Answer, Operator, Option, Outcome, Watch, accepted, instant, whole_charger
from cpoctl.operations._forms import ARRIVES_WITHIN_S, Trial, Tried, is_answer, wanted
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.firmware import (
    OverFtp,
    OwnUrl,
    Retries,
    RetryInterval,
    finished,
    location,
    must_reach,
    new_request_id,
    pace,
    warning,
)
from cpoctl.table import Column, megabytes

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet
    from cpoctl.ocpp import Version

UPLOADED, UNDER_WAY = "Uploaded", ("Idle", "Uploading")
AGREED = ("Accepted", "AcceptedCanceled", "Answered")
NOTHING = "the charger has nothing to upload"
CANCELLED = "an upload that was under way was cancelled"
_SPAN = timedelta(days=7)  # of a charger that wants to be told one
DOUBTED_WITHIN_S = 3.0  # over FTP a connection that broke looks like the end of the file: the charger knows better


@dataclass(frozen=True)
class FetchOutcome(Outcome):
    """What the charger said; `file` is the name that it will upload under, `upload` the number of what has come."""

    file: Annotated[str | None, Column("FILE")] = None
    upload: Annotated[int | None, Column("UPLOAD", 2, "right")] = None
    bytes: Annotated[int | None, Column("SIZE", 2, "right", megabytes)] = None
    form: Annotated[str | None, Column("FORM", 3)] = None
    request_id: Annotated[int | None, Column("REQUEST", 3, "right")] = None
    note: Annotated[str | None, Column("NOTE", 2)] = None
    grants: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FetchDiagnostics(Act):
    """Let a charger upload its diagnostics, or one of its logs. OCPP 1.6 §5.9, security whitepaper · OCPP 2.0.1 N01

    Without --url it uploads to this server: by HTTP, else by FTP, as the charger takes it; what works is remembered.
    """

    path = "diag fetch"
    route = "POST /chargers/{charger}/diagnostics"
    row = FetchOutcome
    waits_for = "the file to arrive, or the charger to tell that it failed"
    wait_most = 1800.0
    many_calls = True
    examples = (
        "cpoctl diag fetch HQ-07 --wait",
        "cpoctl diag fetch HQ-07 --log security --from 2h --wait --out hq-07-security.log",
        "cpoctl diag fetch HQ-07 --url ftp://files.example.com/chargers/",
    )

    charger: Charger
    url: OwnUrl = None
    ftp: OverFtp = False
    out: Annotated[
        str | None, Option("wait for the file and write it here, with several chargers into this folder", kind="save")
    ] = None
    since: Annotated[
        str | None,
        Option("nothing older than this: a time, or a duration, so 2h is two hours ago", kind="time", long="from"),
    ] = None
    until: Annotated[
        str | None,
        Option("nothing newer than this: a time, or a duration, so 1h is an hour ago", kind="time", long="to"),
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
        if self.url is None:
            tried = await self._to_us(operator, name, version, now)
            answer, ask, grants, form = tried.answer, tried.ask, tried.grants, tried.form
        else:
            if self.ftp:
                raise UsageProblem("--ftp is for uploads to this server, without --url", target=name)
            ask, grants, form = self._ask(self.url, version, now), (), None
            must_reach(self.url, name, operator.live)
            answer = await operator.call(name, ask, timeout=self.timeout)
        ways = f"cpoctl var get {name} {firmware.TOLD_BY[version]}    how it can upload"
        outcome = accepted(answer, name, AGREED, [ways, *self._plainly(name)])
        file, number = logs.file_name(answer.payload), ask.number(version)
        nothing = NOTHING if file is None and number is None else None
        notes = [nothing, CANCELLED if answer.status == "AcceptedCanceled" else None, self.url and warning(self.url)]
        note = "; ".join(note for note in notes if note)
        return FetchOutcome(**vars(outcome), file=file, request_id=number, form=form, grants=grants, note=note or None)

    async def _to_us(self, operator: Operator, name: str, version: "Version", now: datetime) -> Tried:
        """Try the forms; one that the charger neither refuses nor leaves unused is the one."""
        trial = Trial(
            charger_id=name,
            purpose="diagnostics",
            ask=lambda offer: self._ask(offer.url, version, now, offer.dates),
            refused=lambda answer: self._is_no(answer, version),
            failing=_failed,
            claiming=lambda event: isinstance(event, events.DiagnosticsStatusReported) and event.status == UPLOADED,
            patient=False,
            timeout=self.timeout,
        )
        return await trial.run(operator, await wanted(operator, name, "diagnostics", ftp=self.ftp))

    def _is_no(self, answer: Answer, version: "Version") -> bool:
        """Whether an answer refuses. Of a URL that they cannot use many of 1.6 say that there is no file (§6.28)."""
        if answer.error is not None or answer.status not in AGREED:
            return True
        return logs.unnumbered(version, self.log) and logs.file_name(answer.payload) is None

    def _ask(self, url: str, version: "Version", now: datetime, dates: str = "asked") -> logs.Fetch:
        since = instant(self.since, now, "from", ago=True) if self.since is not None else None
        until = instant(self.until, now, "to", ago=True) if self.until is not None else None
        if dates == "always":
            since, until = since or now - _SPAN, until or now
        return logs.Fetch(
            request_id=new_request_id(),
            url=location(url, self.path, firmware.longest_url(version, plain=not self.log)),
            kind=self.log,
            since=None if dates == "never" else since,
            until=None if dates == "never" else until,
            pace=pace(self.retries, self.retry_interval),
        )

    async def settled(self, outcome: Outcome, watch: Watch) -> Outcome:
        """The file, or the last step that the charger tells. Raises Refused for a failure, and for a lie about success."""
        number, grants = getattr(outcome, "request_id", None), getattr(outcome, "grants", ())
        if number is None and getattr(outcome, "file", None) is None:
            raise Refused(
                f"{outcome.target}: {NOTHING}",
                target=outcome.target,
                hints=[f"cpoctl log list {outcome.target} --last 10    what it said"],
                detail={"decided_by": "charger", "outcome": replace(outcome, ok=False)},
            )

        def ended(event: events.Event) -> events.FileTransferFinished | str | None:
            if isinstance(event, events.FileTransferFinished):
                return _arrived(event, grants)
            if not isinstance(event, events.DiagnosticsStatusReported) or event.request_id not in (None, number):
                return None
            return event.status if event.status not in UNDER_WAY else None

        end = None
        if len(grants) > 1:
            end = await watch.until(lambda event: _arrived(event, grants) or is_answer(event, outcome) or None)
        if not isinstance(end, events.FileTransferFinished):
            end = await watch.until(ended)
        ended_by_file = isinstance(end, events.FileTransferFinished)
        if end == UPLOADED and grants:
            came = await watch.within(ARRIVES_WITHIN_S, lambda event: _arrived(event, grants))
            if came is None:
                raise _nothing_came(outcome)
            end = came
        if isinstance(end, events.FileTransferFinished):
            doubt = await watch.within(DOUBTED_WITHIN_S, _failure) if end.form == "ftp" and ended_by_file else None
            if doubt:
                raise _in_part(outcome, doubt, end)
            return _with_file(outcome, end)
        if str(end) != UPLOADED and grants and getattr(outcome, "form", None) == "ftp":
            # It has broken off and says so: whether a part is kept is known when this end has noticed it too.
            part = await watch.within(DOUBTED_WITHIN_S, lambda event: _arrived(event, grants))
            if part is not None and part.form == "ftp":
                raise _in_part(outcome, str(end), part)
        return finished(replace(outcome, status=str(end)), (UPLOADED,))

    def still(self, live: "LiveFleet") -> list[str]:
        """How far the newest upload came."""
        moving = live.transfers.newest(self.charger, "diagnostics")
        if moving is None:
            return [f"cpoctl diag fetch {self.charger} --ftp --wait    by FTP: nothing has come so far"]
        return [f"cpoctl transfer list --charger {self.charger}    {megabytes(moving.bytes)} came so far"]

    def _plainly(self, name: str) -> list[str]:
        """The way without a log of its own, which more chargers know."""
        return [f"cpoctl diag fetch {name}    without --log, which more chargers know"] if self.log else []


def _arrived(event: events.Event, grants: Sequence[int]) -> events.FileTransferFinished | None:
    """The whole file, by whichever name it came."""
    came = isinstance(event, events.FileTransferFinished) and event.grant_id in grants and event.state == "whole"
    return event if came and isinstance(event, events.FileTransferFinished) else None


def _failed(event: events.Event) -> bool:
    """Whether a charger tells that it could not upload."""
    return _failure(event) is not None


def _failure(event: events.Event) -> str | None:
    told = isinstance(event, events.DiagnosticsStatusReported) and event.status not in (*UNDER_WAY, UPLOADED)
    return event.status if told and isinstance(event, events.DiagnosticsStatusReported) else None


def _with_file(outcome: Outcome, came: events.FileTransferFinished) -> Outcome:
    if not isinstance(outcome, FetchOutcome):
        return outcome
    return replace(outcome, status=UPLOADED, file=came.name, upload=came.transfer_id, bytes=came.bytes, form=came.form)


def _in_part(outcome: Outcome, status: str, came: events.FileTransferFinished) -> Refused:
    name, kept = outcome.target, replace(_with_file(outcome, came), ok=False, status=status)
    return Refused(
        f"{name} told {status}: upload {came.transfer_id}, {megabytes(came.bytes)}, is perhaps not all of the file",
        target=name,
        hints=[
            f"cpoctl diag show {came.transfer_id}    what has come",
            f"cpoctl log list {name} --last 10    what it told on the way",
        ],
        detail={"decided_by": "charger", "outcome": kept},
    )


def _nothing_came(outcome: Outcome) -> Refused:
    name = outcome.target
    return Refused(
        f"{name} told Uploaded, but nothing has arrived",
        target=name,
        hints=[
            f"cpoctl diag fetch {name} --ftp --wait    by FTP",
            f"cpoctl transfer list --charger {name}    what has ever arrived from it",
            "cpoctl doctor    whether chargers reach the file exchange",
        ],
        detail={"decided_by": "charger", "outcome": replace(outcome, ok=False, status="NothingArrived")},
    )
