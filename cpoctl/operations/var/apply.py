"""Give a charger the variables of a snapshot."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from cpoctl.domain import snapshots
from cpoctl.domain.secrets import is_secret
from cpoctl.domain.variables import about, guarded, same
from cpoctl.errors import ChargerOffline, NotFound, Partial, Refused, TimedOut, UsageProblem
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks.variables import counterpart
from cpoctl.operations import Act, Answer, Argument, Danger, Operator, Option, Role, whole_charger
from cpoctl.operations.charger import Charger, Timeout
from cpoctl.operations.var import VariableRow
from cpoctl.operations.var._asking import Asking
from cpoctl.operations.var.set import change
from cpoctl.table import Column
from cpoctl.targets import is_plain

TO_DO, READ_ONLY, SECRET, LACKING = "ToChange", "ReadOnly", "Secret", "NoCounterpart"
_UNSENT = (TO_DO, READ_ONLY, SECRET, LACKING)
_DONE = ("Accepted", "RebootRequired")


@dataclass(frozen=True)
class AppliedRow:
    """A setting that differed, and what the charger said to its change.

    Not sent were `ToChange` (a dry run, or silence before it), `ReadOnly`, `Secret` (`charger password` changes it)
    and `NoCounterpart`: a setting that means nothing in the charger's version, which is told as a failure.
    """

    name: Annotated[str, Column("VARIABLE")]
    status: Annotated[str, Column("STATUS")]
    value: Annotated[str | None, Column("WAS")]
    wanted: Annotated[str | None, Column("WANTED")]
    reboot: Annotated[bool, Column("REBOOT", 2)] = False


@dataclass(frozen=True, kw_only=True)
class ApplyVariables(Act):
    """Give a charger the settings of a snapshot (@FILE): only those that differ and can be changed.

    The charger is asked for them first, then each change is sent after the answer to the one before. What needs
    a reboot says so. Settings of a charger of another version are translated; one without a counterpart is a failure. Secrets are not applied; SecurityProfile and the server's address want the role admin. Doing it again sends nothing, unless the charger refused or forgot.
    """

    path = "var apply"
    route = "POST /chargers/{charger}/variables/apply"
    row = AppliedRow
    danger = Danger.DISRUPTS
    many_calls = True
    harmless_again = True
    nothing = "nothing to change: the charger has all of it already"
    examples = ("cpoctl var apply HQ-07 @HQ-07.json --dry-run", "cpoctl var apply HQ-07 @HQ-07.json --yes")

    charger: Charger
    snapshot: Annotated[str, Argument("@FILE with a snapshot, - for standard input", kind="file")]
    dry_run: Annotated[bool, Option("only tell what would be changed", short="n")] = False
    timeout: Timeout = 30.0

    def danger_now(self) -> Danger:
        """A dry run only reads."""
        return Danger.READ if self.dry_run else self.danger

    def role_now(self) -> Role:
        """What repoints a charger is an admin's; a dry run only reads."""  # O-09
        try:
            touched = () if self.dry_run else snapshots.read(self.snapshot)
        except UsageProblem:  # told when it runs
            touched = ()
        return Role.ADMIN if any(map(guarded, touched)) else self.role

    def consequence(self) -> str:
        """What it will do."""
        return f"change the settings of {self.charger} to those of the snapshot"

    async def run(self, operator: Operator) -> list[AppliedRow]:
        """Ask, then change one after another."""
        wanted = snapshots.read(self.snapshot)
        charger_id = self._one(operator)
        here, lacking = _here(wanted, operator.version(charger_id))
        asking = Asking(operator, charger_id, self.timeout)
        if names := [name for name in here if not is_secret(name)]:
            await asking.ask(names)
        rows = [*_plan(asking.found, here), *lacking]
        for place, row in enumerate(rows):
            if row.status == TO_DO and not self.dry_run:
                rows[place] = await self._change(operator, charger_id, row, rows)
        refused = [row for row in rows if row.status not in (*_DONE, *_UNSENT)]
        if not self.dry_run and (refused or lacking):
            raise _left_out(charger_id, refused, lacking, rows)
        return rows

    def _one(self, operator: Operator) -> str:
        """The charger's id. Raises NotFound, UsageProblem for what names several."""
        try:
            return whole_charger(self.charger, operator.live)
        except NotFound as error:
            if is_plain(self.charger):
                raise
            several = (
                "cpoctl campaign settings NAME 'HQ-*' --file FILE    a campaign gives several chargers their settings"
            )
            raise UsageProblem("var apply takes one charger", target=self.charger, hints=[several]) from error

    async def _change(self, operator: Operator, charger_id: str, row: AppliedRow, rows: list[AppliedRow]) -> AppliedRow:
        try:
            answer = await change(operator, charger_id, row.name, row.wanted or "", self.timeout)
        except (TimedOut, ChargerOffline) as error:  # what was done before stays done, and is told
            error.detail["rows"] = rows
            raise
        return replace(row, status=answer.status, reboot=_needs_reboot(answer))


def _left_out(
    charger_id: str, refused: list[AppliedRow], lacking: list[AppliedRow], rows: list[AppliedRow]
) -> Partial | Refused:
    """The error of a charger that has not got all of it, with what it has not got."""
    why = []
    if refused:
        why.append(f"{charger_id} refused {', '.join(f'{row.name} ({row.status})' for row in refused)}")
    if lacking:
        names = ", ".join(row.name for row in lacking)
        why.append(f"nothing in the version of OCPP that {charger_id} speaks is called {names}: it was left out")
    some = any(row.status in _DONE for row in rows)
    return (Partial if some else Refused)(
        "; ".join(why),
        target=charger_id,
        hints=[f"cpoctl var get {charger_id}    what it has", f"cpoctl log list {charger_id} --last 10"],
        detail={"decided_by": "charger" if refused else "cpoctl", "rows": rows},
    )


def _needs_reboot(answer: Answer) -> bool:
    return answer.status == "RebootRequired"


def _here(wanted: dict[str, str | None], version: Version) -> tuple[dict[str, str | None], list[AppliedRow]]:
    """The values by what the charger's version calls their variables, and a row for each setting that it has not."""
    here: dict[str, str | None] = {}
    lacking = []
    for name, value in wanted.items():
        spelled = name if is_secret(name) else counterpart(name, version)
        if spelled is None and not _is_readonly(None, name):
            lacking.append(AppliedRow(name, LACKING, None, value))
        elif spelled is not None:
            here[spelled] = value
    return here, lacking


def _is_readonly(told: VariableRow | None, name: str) -> bool:
    """Whether a variable cannot be set, as its charger says; else as the standard does: 2.x tells it in reports alone."""
    if told and told.readonly is not None:
        return told.readonly
    known = about(name)
    return known is not None and known.access == "R"


def _plan(found: dict[str, VariableRow], wanted: dict[str, str | None]) -> Iterator[AppliedRow]:
    """A row for each variable that has to do with the charger's own differing from the snapshot's."""
    for name, value in wanted.items():
        told = found.get(name.casefold())
        if is_secret(name):
            yield AppliedRow(name, SECRET, None, None)
        elif value is not None and not (told and same(name, told.value, value)):
            # One that the charger does not tell is sent all the same: some can only be written.
            status = READ_ONLY if _is_readonly(told, name) else TO_DO
            yield AppliedRow(told.name if told else name, status, told.value if told else None, value)
