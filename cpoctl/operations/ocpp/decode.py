"""Tell in words what frames say, wherever they come from."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl import knowledge
from cpoctl.errors import CheckFailed, UsageProblem
from cpoctl.operations import Argument, Danger, DatabaseFiles, LocalAct, Option, Role
from cpoctl.operations.ocpp import Spoken, sender_of, version_of
from cpoctl.operations.ocpp._in_words import FieldRow, Message, fields_of, of_error
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.operations.ocpp._seen import Seen

_OTHER = {"charger": "csms", "csms": "charger"}
_BEFORE_MOST = 120
_EXAMPLE = """cpoctl ocpp decode '[2,"17","Heartbeat",{}]'    a frame"""


@dataclass(frozen=True)
class ViolationRow:
    """How a frame breaks the standard."""

    path: Annotated[str, Column("WHERE")]
    rule: Annotated[str, Column("RULE")]
    message: Annotated[str, Column("MESSAGE")]


@dataclass(frozen=True)
class DecodedRow:
    """A frame in words. `sender` is charger, csms or both, `call` the number of the frame that it answers."""

    frame: Annotated[int, Column("FRAME", align="right")]
    line: Annotated[int, Column("LINE", 2, "right")]
    before: Annotated[str | None, Column("BEFORE IT", 4)]
    kind: Annotated[str, Column("KIND")]
    action: Annotated[str | None, Column("ACTION")]
    says: Annotated[str | None, Column("SAYS", 2)]
    sender: Annotated[str | None, Column("FROM", 2)]
    version: Annotated[str, Column("OCPP", 2)]
    message_id: Annotated[str | None, Column("MESSAGE ID", 3)]
    call: Annotated[int | None, Column("ANSWERS", 3, "right")]
    valid: Annotated[bool | None, Column("VALID")]
    fields: list[FieldRow]
    violations: list[ViolationRow]


@dataclass(frozen=True, kw_only=True)
class Decode(LocalAct):
    """Tell in words what frames say, and how they break the standard. No server is needed.

    A frame may stand in a line of any log, within JSON or over several lines; what is no frame is passed over. An answer is
    read by its Call if that stands in the same text, else by --action. Without --ocpp the version is the one that the
    frames fit, of several the oldest. The exit code is 11 when a frame breaks the standard.
    """

    path = "ocpp decode"
    row = DecodedRow
    danger = Danger.READ
    role = Role.VIEWER
    on_database = False
    told_as = "table"
    cards = True
    examples = (
        """cpoctl ocpp decode '[2,"17","StatusNotification",{"connectorId":1,"errorCode":"NoError","status":"Charging"}]'""",
        """cpoctl ocpp decode '[3,"17",{"status":"Rejected"}]' --action UnlockConnector""",
        "cpoctl ocpp decode @steve.log -o json | jq '.[] | select(.valid == false)'",
        "cpoctl log export --charger HQ-07 --from 1h | cpoctl ocpp decode - --fields line,action,valid",
    )

    frames: Annotated[str, Argument("text with frames in it, @FILE, or - for standard input", kind="file")]
    action: Annotated[str | None, Option("what an answer is to whose Call is not there", kind="action")] = None
    ocpp: Spoken = None

    def run_local(self, files: DatabaseFiles) -> list[DecodedRow]:
        """Every frame. Raises CheckFailed with all of them when one breaks the standard."""
        from cpoctl.ocpp import Version
        from cpoctl.operations.ocpp._seen import seen

        if self.action is not None:
            version_of(self.action, self.ocpp)
        found = seen(self.frames, Version(self.ocpp) if self.ocpp else None, self.action)
        if not found:
            raise UsageProblem(
                'no frame is in this text: one is a list such as [2,"17","Heartbeat",{}]',
                hints=[_EXAMPLE, "cpoctl ocpp decode @FILE    reads a file"],
            )
        rows = [_row(number, each) for number, each in enumerate(found, 1)]
        if broken := sum(row.valid is False for row in rows):
            told = f"{broken} of {len(rows)} frames break" if len(rows) > 1 else "the frame breaks"
            raise CheckFailed(f"{told} the standard", hints=_hints(rows), detail={"rows": rows})
        return rows


def _hints(rows: list[DecodedRow]) -> list[str]:
    """The schemas that say how it should have been."""
    broken = [row for row in rows if row.valid is False and row.action and row.kind in ("Call", "CallResult")]
    told = (
        f"cpoctl ocpp schema {row.action}{' --answer' if row.kind == 'CallResult' else ''} --ocpp {row.version}"
        for row in broken
        if not any(each.rule == "action" for each in row.violations)
    )
    return [*list(dict.fromkeys(told))[:3], "cpoctl ocpp actions    all that there are"]


def _row(number: int, seen: "Seen") -> DecodedRow:
    kind, frame = type(seen.frame).__name__, seen.frame
    if getattr(frame, "sent", False):
        kind = "Send"
    found = [ViolationRow(each.path, each.rule, each.message) for each in seen.violations]
    is_answer = kind not in ("Call", "Send")
    asker = _asker(seen)
    return DecodedRow(
        frame=number,
        line=seen.pasted.line,
        before=seen.pasted.before[:_BEFORE_MOST] or None,
        kind=kind,
        action=seen.action or getattr(frame, "action", None),
        says=_says(seen, is_answer=is_answer),
        sender=_OTHER.get(asker or "", asker) if is_answer else asker,
        version=seen.version,
        message_id=getattr(frame, "message_id", None),
        call=None if seen.call is None else seen.call + 1,
        valid=not found if seen.is_judged or found else None,
        fields=_fields(seen, is_answer=is_answer, to_charger=asker in ("csms", "both")),
        violations=found,
    )


def _asker(seen: "Seen") -> str | None:
    """Who sends the Call that it is, or is about; None where nobody can tell."""
    from cpoctl.ocpp import schemas

    known = seen.action is not None and seen.action in schemas.every(seen.version)
    return sender_of(seen.action or "", seen.version) if known else None


def _says(seen: "Seen", *, is_answer: bool) -> str | None:
    if seen.action is None:
        return "an answer; --action says to what" if seen.is_judged is False else None
    means = knowledge.word("action", seen.action)
    return f"the answer to: {means}" if is_answer and means else means


def _fields(seen: "Seen", *, is_answer: bool, to_charger: bool) -> list[FieldRow]:
    from cpoctl.ocpp.frames import Call, CallError, CallResult, CallResultError

    message = Message(seen.action, seen.version, is_answer, to_charger)
    match seen.frame:
        case Call() | CallResult() as whole:
            return fields_of(whole.payload, message)
        case CallError() | CallResultError() as error:
            return of_error(error.code, error.description, error.details, message)
    return []
