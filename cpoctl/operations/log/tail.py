"""Show the newest exchanges, one on a line, and with -f go on as they happen."""

from dataclasses import dataclass
from typing import Annotated

from cpoctl.events import Event, FrameLogged
from cpoctl.operations import Argument, Option, Read, Record, Stream
from cpoctl.operations.log import FrameRow, short
from cpoctl.operations.log.list import ListFrames
from cpoctl.table import clean, clock_time, millis

_ARROW = {"charger": "←", "csms": "→"}
_ODD = {"timeout": "  NO ANSWER"}


@dataclass(frozen=True, kw_only=True)
class TailFrames(Stream):
    """Show the newest exchanges, one on a line, and with -f go on as they happen."""

    path = "log tail"
    route = "GET /log/stream"
    row = FrameRow
    noun = "exchanges"
    frames = True
    examples = ("cpoctl log tail -f", "cpoctl log tail HQ-07 -f --json | jq -r .action")

    charger: Annotated[str | None, Argument("only of this charger", kind="charger")] = None
    follow: Annotated[bool, Option("go on with what happens", short="f")] = False
    last: Annotated[int, Option("how many to begin with")] = 10

    def select(self, read: Read) -> list[FrameRow]:
        """The last ones, to begin with."""
        return ListFrames(charger=self.charger, last=self.last).select(read)

    def take(self, event: Event) -> FrameRow | None:
        """A frame as a row."""
        if not isinstance(event, FrameLogged):
            return None
        if self.charger and (event.charger_id or "").casefold() != self.charger.casefold():
            return None
        return FrameRow(
            journal_id=str(event.journal_id),
            at=event.at,
            charger_id=event.charger_id or "",
            sender=event.sender,
            action=event.action,
            outcome=event.outcome,
            latency_ms=event.latency_ms,
            request=event.request,
            answer=event.answer,
            message_id=event.message_id,
            violations=list(event.violations),
        )

    def place(self, row: FrameRow) -> int:
        """Exchanges are numbered."""
        return int(row.journal_id)

    @classmethod
    def line(cls, row: Record) -> str:
        """`14:02:09.113 ← HQ-03  StatusNotification  8 ms  connectorId=1 status=Faulted errorCode=GroundFailure`"""
        took = millis(row["latency_ms"]) if row["latency_ms"] is not None else ""
        answer = f"  ⇒ {short(row['answer'])}" if row["answer"] else ""
        odd = "" if row["outcome"] == "result" else _ODD.get(row["outcome"], f"  [{row['outcome']}]")
        marks = "".join(f"  !{clean(violation, 80)}" for violation in row["violations"])
        head = f"{clock_time(row['at'])} {_ARROW.get(row['sender'], '?')} {row['charger_id']:<12} {row['action']:<22}"
        return f"{head} {took:>7}{odd}{marks}  {short(row['request'])}{answer}"
