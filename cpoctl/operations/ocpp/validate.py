"""Hold a payload against the official schema, without sending it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cpoctl.errors import CheckFailed, UsageProblem
from cpoctl.operations import Danger, DatabaseFiles, JsonText, LocalAct, Option, Role
from cpoctl.operations.ocpp import Action, Spoken, no_answer, version_of
from cpoctl.table import Column

if TYPE_CHECKING:
    from cpoctl.ocpp import Version
    from cpoctl.ocpp.schemas import Judge, Violation


@dataclass(frozen=True)
class ValidRow:
    """A payload that the schema accepts."""

    action: Annotated[str, Column("ACTION")]
    message: Annotated[str, Column("MESSAGE")]
    valid: Annotated[bool, Column("VALID")]


@dataclass(frozen=True, kw_only=True)
class Validate(LocalAct):
    """Hold a payload against the official schema and list what breaks it. No server is needed.

    The exit code is 11 when something does.
    """

    path = "ocpp validate"
    row = ValidRow
    danger = Danger.READ
    role = Role.VIEWER
    on_database = False
    examples = (
        'cpoctl ocpp validate Reset \'{"type": "Soft"}\'',
        "cpoctl ocpp validate SetChargingProfile @profile.json --ocpp 2.1",
        "jq -c '.[3]' frame.json | cpoctl ocpp validate BootNotification -",
    )

    action: Action
    payload: Annotated[str, JsonText("the payload: JSON, @FILE, or - for standard input")]
    answer: Annotated[bool, Option("it is an answer, not a request")] = False
    ocpp: Spoken = None

    def run_local(self, files: DatabaseFiles) -> ValidRow:
        """Judge it. Raises CheckFailed with every violation."""
        from cpoctl.ocpp import schemas

        version = version_of(self.action, self.ocpp)
        judge = schemas.judge(version, self.action, self.answer)
        if judge is None:
            raise no_answer(self.action)
        message = "answer" if self.answer else "request"
        found = _violations(judge, self.payload)
        if found:
            raise self._broken(found, message, version)
        return ValidRow(self.action, message, True)

    def _broken(self, found: "list[Violation]", message: str, version: "Version") -> CheckFailed:
        told = "; ".join(f"{violation.path or 'payload'}: {violation.message}" for violation in found)
        answer = " --answer" if self.answer else ""
        rows = [{"path": each.path, "rule": each.rule, "message": each.message} for each in found]
        return CheckFailed(
            f"the {message} breaks the schema of {self.action} of OCPP {version}: {told}",
            target=self.action,
            hints=[f"cpoctl ocpp schema {self.action}{answer} --ocpp {version}    what it wants"],
            detail={"violations": rows},
        )


def _violations(judge: "Judge", text: str) -> "list[Violation]":
    try:
        return judge.violations(json.loads(text))
    except (ValueError, RecursionError) as error:  # not JSON, too deep, or half of a surrogate pair
        raise UsageProblem(
            f"the payload cannot be judged: {error}", hints=["cpoctl ocpp validate Reset '{}'    one that can"]
        ) from error
