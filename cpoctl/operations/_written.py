"""What callers write: JSON text that is to be an object, read strictly."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from cpoctl.errors import UsageProblem

if TYPE_CHECKING:
    from cpoctl.ocpp.schemas import Violation


def written(text: str, what: str, problems: "Callable[[Any], list[Violation]]", hints: Sequence[str]) -> dict[str, Any]:
    """The object of a JSON text without problems. Raises UsageProblem, which says that it is no `what`."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise _none(what, f"it is not JSON: {error}", hints) from None
    if not isinstance(value, dict):
        raise _none(what, f"a JSON object is wanted, not {type(value).__name__}", hints)
    if found := problems(value):
        raise _none(what, "; ".join(f"{each.path or what}: {each.message}" for each in found[:3]), hints)
    return value


def _none(what: str, why: str, hints: Sequence[str]) -> UsageProblem:
    return UsageProblem(f"that is no {what}: {why}", hints=hints)
