"""Command lines: an operation as a person would type it, the twin of `routes`.

What the dashboard shows before it acts, and what it copies, is made here; it does the same when a shell runs it.
"""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from cpoctl.operations import Danger, Operation, Secret
from cpoctl.parameters import Parameter, given, parameters, targeted


def command_line(operation: Operation, targets: Sequence[str] = ()) -> str:
    """`cpoctl charger reset HQ-07 --hard --confirm HQ-07`. With several targets they stand in its target's place."""
    kind = type(operation)
    values = given(operation)
    aim = targeted(kind)
    places: list[str] = []
    options: list[str] = []
    for parameter in parameters(kind):
        if aim is not None and parameter.name == aim.name and targets:
            places += targets
        elif parameter.name in values:
            (places if parameter.positional else options).extend(_words(parameter, values[parameter.name]))
    options += _consent(operation, targets)
    if any(word.startswith("-") for word in places):
        return shlex.join(["cpoctl", *kind.path.split(), *options, "--", *places])
    return shlex.join(["cpoctl", *kind.path.split(), *places, *options])


def _words(parameter: Parameter, value: Any) -> Iterator[str]:
    if value is None:
        return
    if isinstance(parameter.mark, Secret):
        yield from (parameter.flag, "FILE")  # a secret never stands in a command line
        return
    if parameter.scalar is bool and not parameter.positional:
        yield parameter.flag if value else f"--no-{parameter.flag[2:]}"
        return
    for each in value if parameter.many else (value,):
        if not parameter.positional:
            yield parameter.flag
        yield f"{each:g}" if isinstance(each, float) else str(getattr(each, "value", each))


def _consent(operation: Operation, targets: Sequence[str]) -> list[str]:
    """What a script must add for the operation's danger (UX §4.7)."""
    danger = operation.danger_now()
    if danger >= Danger.SEVERE and (word := str(len(targets)) if len(targets) > 1 else operation.confirm_with()):
        return ["--confirm", word]
    return ["--yes"] if danger >= Danger.DISRUPTS or (len(targets) > 1 and danger > Danger.READ) else []
