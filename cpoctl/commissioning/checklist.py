"""The checklist: every step in its order, each ended by its verdict or by the reason why it was not done."""

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from types import ModuleType

from cpoctl import plugins
from cpoctl.commissioning import Bench, Verdict, failed, skipped, steps
from cpoctl.errors import CpoctlError, ServerDown


@dataclass(frozen=True)
class Done:
    """A step that is over; frames from `since` to `until` are its evidence."""

    step: str
    title: str
    verdict: Verdict
    took_s: float
    since: int
    until: int


def ordered() -> list[tuple[str, ModuleType]]:
    """The steps by name, in their order."""
    loaded = [(name.replace("_", "-"), plugins.load(steps, name)) for name in plugins.names(steps)]
    return sorted(loaded, key=lambda step: step[1].ORDER)


def titles() -> dict[str, str]:
    """What each step checks, by its name."""
    return {name: module.TITLE for name, module in ordered()}


def run(
    bench: Bench, skip: Collection[str], untouched: Verdict | None, begins: Callable[[str, str], None]
) -> Iterator[Done]:
    """Do the steps. `begins` is told of each.

    `untouched` is the verdict of the steps that disturb the charger where nothing may; None when they may.
    """
    since_last = bench.origin
    for name, module in ordered():
        begins(name, module.TITLE)
        since, started = since_last, time.monotonic()
        if name in skip:
            verdict = skipped("as asked for")
        elif module.DISRUPTS and untouched is not None:
            verdict = untouched
        else:
            verdict = _tried(bench, module)
        since_last = bench.mark()
        yield Done(name, module.TITLE, verdict, round(time.monotonic() - started, 1), since, since_last)


def _tried(bench: Bench, module: ModuleType) -> Verdict:
    """A charger that goes away in the middle has failed the step, and the next one is tried all the same."""
    try:
        verdict: Verdict = module.check(bench)
    except ServerDown:
        raise
    except CpoctlError as error:
        return failed(error.message, *error.hints)
    return verdict
