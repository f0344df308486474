"""Reports: what a charger told in messages of its own, all of it or none."""

from collections.abc import Sequence

from cpoctl.errors import TimedOut
from cpoctl.operations._answers import Report, accepted
from cpoctl.store import Record


def told(report: Report, again: str, none: Sequence[str] = (), hints: Sequence[str] = ()) -> list[Record]:
    """The messages of a report; none where the answer is one of the words for that the charger has nothing to tell.

    `again` is the command that asks once more. Raises Refused, and TimedOut when not all of it came.
    """
    name = report.answer.charger_id
    if report.answer.error is None and report.answer.status in none:
        return []
    accepted(report.answer, name, hints=hints)
    if not report.whole:
        raise TimedOut(
            f"{name} has not told all of it in time: {len(report.parts)} messages came",
            target=name,
            hints=[f"{again} --timeout 120    give it more time", f"cpoctl log list {name} --last 10    what came"],
        )
    return report.parts
