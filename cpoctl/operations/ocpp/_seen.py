"""What was seen: the frames of a text, which answers which, and in which version of OCPP they make sense."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version, codes, frames, schemas
from cpoctl.ocpp.frames import Call, CallError, CallResult, CallResultError, Frame, Unreadable
from cpoctl.ocpp.pasted import Pasted, frames_in
from cpoctl.ocpp.schemas import Violation
from cpoctl.operations.ocpp import no_action, no_answer

_ANSWERS = (CallResult, CallError, CallResultError)
_NO_FRAME, _NO_ACTION = 100, 60  # more than any number of broken rules
_CODES = frozenset(codes.spelled(problem, version) for problem in codes.Problem for version in Version)


@dataclass(frozen=True)
class Seen:
    """A frame as its version reads it. `call` is the place of the Call that it answers."""

    pasted: Pasted
    version: Version
    frame: Frame
    action: str | None
    call: int | None = None

    @property
    def violations(self) -> list[Violation]:
        """How it breaks the standard, as far as can be told."""
        return _violations(self.frame, self.action, self.version)

    @property
    def is_judged(self) -> bool:
        """Whether it could be told: an answer to nobody knows what could not."""
        return self.action is not None or not isinstance(self.frame, CallResult)


def seen(text: str, version: Version | None, action: str | None) -> list[Seen]:
    """Every frame of a text. `action` is what answers are to of which the Call is not there."""
    pasted = list(frames_in(text))
    calls = _answered([frames.parse(each.text, Version.V21) for each in pasted])
    versions = [version] if version else list(Version)
    read = {each: [frames.parse(one.text, each) for one in pasted] for each in versions}
    actions = [_action(read[versions[-1]], at, calls.get(at), action) for at in range(len(pasted))]
    costs = {each: [_cost(read[each][at], actions[at], each) for at in range(len(pasted))] for each in versions}
    likely = sorted(versions, key=lambda each: sum(costs[each]))  # of those that fit as well, the oldest
    chosen = _chosen(calls, costs, likely, len(pasted))
    return [Seen(one, chosen[at], read[chosen[at]][at], actions[at], calls.get(at)) for at, one in enumerate(pasted)]


def _answered(read: Sequence[Frame]) -> dict[int, int]:
    """The Call of each answer: the last before it with its id, else the first after it."""
    asked: defaultdict[str, list[int]] = defaultdict(list)
    for at, frame in enumerate(read):
        if isinstance(frame, Call):
            asked[frame.message_id].append(at)
    found = {}
    for at, frame in enumerate(read):
        if isinstance(frame, _ANSWERS) and (places := asked.get(frame.message_id)):
            found[at] = max((place for place in places if place < at), default=places[0])
    return found


def _action(read: Sequence[Frame], at: int, call: int | None, otherwise: str | None) -> str | None:
    frame = read[at] if call is None else read[call]
    if isinstance(frame, (Call, Unreadable)) and frame.action:
        return frame.action
    return otherwise if isinstance(frame, _ANSWERS) else None


def _cost(frame: Frame, action: str | None, version: Version) -> int:
    """How badly it fits a version; 0 if it keeps the standard."""
    if not isinstance(frame, (Call, *_ANSWERS)):
        return _NO_FRAME + (0 if action in schemas.every(version) else _NO_ACTION)
    if isinstance(frame, (CallError, CallResultError)):
        known = {codes.spelled(problem, version) for problem in codes.Problem}
        return int(frame.code not in known)
    if action is None:
        return 0
    judge = schemas.judge(version, action, isinstance(frame, CallResult))
    return _NO_ACTION if judge is None else len(judge.violations(frame.payload))


def _chosen(
    calls: dict[int, int], costs: dict[Version, list[int]], likely: Sequence[Version], count: int
) -> list[Version]:
    """The version of each frame: what fits it and its answers best, and of several the one that fits the whole text."""
    together: defaultdict[int, list[int]] = defaultdict(list)
    for at in range(count):
        together[calls.get(at, at)].append(at)
    chosen = [likely[0]] * count
    for places in together.values():
        best = min(likely, key=lambda version: sum(costs[version][at] for at in places))
        for at in places:
            chosen[at] = best
    return chosen


def _violations(frame: Frame, action: str | None, version: Version) -> list[Violation]:
    match frame:
        case Call() | CallResult():
            found = list(_tolerated(frame.flags))
            if action is None:
                return found
            judge = schemas.judge(version, action, isinstance(frame, CallResult))
            if judge is None:
                return [*found, schemas.violation("", "action", _no_message(action, version).message)]
            return found + judge.violations(frame.payload)
        case CallError() | CallResultError():
            strange = [] if frame.code in _CODES else [frame.code]
            told = [schemas.violation("errorCode", "enum", f"OCPP has no error code {code!r}") for code in strange]
            return [*_tolerated(frame.flags), *told]
        case _:
            return [schemas.violation("", "frame", frame.reason)]


def _no_message(action: str, version: Version) -> CpoctlError:
    return no_answer(action) if action in schemas.every(version) else no_action(action, [version])


def _tolerated(flags: Iterable[str]) -> Iterator[Violation]:
    return (schemas.violation("", flag, flag.replace("_", " ")) for flag in flags)
