"""Ask a charger which charging profiles it has."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from cpoctl.errors import TimedOut, UsageProblem
from cpoctl.ocpp.asks import profiles as asks
from cpoctl.ocpp.profiles import limits, purpose_of
from cpoctl.operations import BITS_31, Act, Danger, Operator, Option, Record, Role, accepted, at_evse
from cpoctl.operations.charger import Timeout
from cpoctl.operations.firmware import new_request_id
from cpoctl.operations.profile import At, at_text
from cpoctl.table import Column

AnyPurpose = Literal["charge-point-max", "tx-default", "tx", "priority", "local-generation", "external"]


@dataclass(frozen=True)
class ReportedRow:
    """A profile that a charger says it has, and who gave it: CSO is us, SO the grid's operator, EMS a manager of energy."""

    target: Annotated[str, Column("TARGET", 3)]
    evse_id: Annotated[int | None, Column("EVSE", align="right")]
    purpose: Annotated[str, Column("PURPOSE")]
    kind: Annotated[str, Column("KIND", 2)]
    stack_level: Annotated[int | None, Column("LEVEL", align="right")]
    limits: Annotated[str, Column("LIMITS")]
    source: Annotated[str, Column("SOURCE")]
    profile_id: Annotated[int | None, Column("NUMBER", align="right")]
    transaction_id: Annotated[str | None, Column("TRANSACTION", 3)]
    profile: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class AskProfiles(Act):
    """Ask a charger which charging profiles it has, whoever gave them. OCPP 2.0.1 K09

    OCPP 1.6 cannot be asked: `profile installed` tells what such a charger was given.
    """

    path = "profile ask"
    route = "POST /chargers/{charger}/profiles/ask"
    row = ReportedRow
    danger = Danger.READ
    role = Role.VIEWER
    many_calls = True
    examples = ("cpoctl profile ask HQ-07", "cpoctl profile ask HQ-07:1 --purpose tx-default --json")

    charger: At
    id: Annotated[int | None, Option("only the profile with this number", least=0, most=BITS_31)] = None
    purpose: Annotated[AnyPurpose | None, Option("only of this purpose")] = None
    stack_level: Annotated[int | None, Option("only of this stack level", least=0, most=BITS_31)] = None
    timeout: Timeout = 30.0

    async def run(self, operator: Operator) -> list[ReportedRow]:
        """Ask, and wait for what it tells. NoProfiles means that there are none."""
        at = at_evse(self.charger, operator.live)
        if self.id is not None and (self.purpose or self.stack_level is not None):  # K09.FR.03
            raise UsageProblem(
                "a number names one profile by itself", hints=[f"cpoctl profile ask {at_text(at)} --id 9"]
            )
        number = new_request_id()
        ask = asks.ReportProfiles(
            request_id=number, evse_id=at.evse_id, number=self.id, purpose=self.purpose, stack_level=self.stack_level
        )
        report = await operator.report(
            at.charger_id, ask, of="ReportChargingProfiles", request_id=number, timeout=self.timeout
        )
        accepted(report.answer, at_text(at), ("Accepted", "NoProfiles"))
        if not report.whole:
            raise TimedOut(
                f"{at.charger_id} promised its profiles and told {len(report.parts)} messages of them, not the last one",
                target=at_text(at),
                hints=[f"cpoctl profile ask {at_text(at)} --timeout 120", f"cpoctl log list {at.charger_id} --last 10"],
            )
        return [row for part in report.parts for row in _rows(at.charger_id, part)]


def _rows(name: str, part: Record) -> list[ReportedRow]:
    """The profiles of one message; what cannot be read is left empty."""
    told = part.get("chargingProfile")
    return [_row(name, part, each) for each in (told if isinstance(told, list) else []) if isinstance(each, dict)]


def _row(name: str, part: Record, profile: dict[str, Any]) -> ReportedRow:
    transaction = profile.get("transactionId")
    return ReportedRow(
        target=name,
        evse_id=_whole(part.get("evseId")),
        purpose=purpose_of(profile),
        kind=str(profile.get("chargingProfileKind") or ""),
        stack_level=_whole(profile.get("stackLevel")),
        limits=limits(profile.get("chargingSchedule")),
        source=str(part.get("chargingLimitSource") or ""),
        profile_id=_whole(profile.get("id")),
        transaction_id=str(transaction) if transaction is not None else None,
        profile=profile,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None
