"""Completion: what could stand at the cursor. Fast and silent, without the command tree (UX §4.9).

`cpoctl _complete INDEX WORD…` is what the shells' scripts call; it prints `value<TAB>description` lines.
"""

import os
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from cpoctl.cli.choices import FLAG, OPTIONS, Choices
from cpoctl.cli.deferring import defer
from cpoctl.errors import CpoctlError
from cpoctl.operations import Argument, Operation
from cpoctl.parameters import Parameter, declared, parameters
from cpoctl.plugins import files
from cpoctl.table import clean, record

_HERE = Path(__file__).parent
_LIMIT = "100ms"
_NAMED = {"charger": "charger", "target": "charger", "tag": "tag", "session": "session"}
Found = Iterator[tuple[str, str]]


def complete(args: Sequence[str]) -> int:
    """Print the candidates; never a word about what went wrong."""
    if not args or not args[0].isdigit():
        return 0
    index, words = int(args[0]), list(args[1:])
    current = words[index] if index < len(words) else ""
    try:
        for name, help in candidates(words[1:index], current):
            if name.casefold().startswith(current.casefold()):
                print(f"{clean(name)}\t{clean(help, 60)}" if help else clean(name))
    except CpoctlError:
        return 0
    return 0


def candidates(before: list[str], current: str) -> Found:
    """What could follow the words before the cursor."""
    spoken = _spoken(before)
    operations = _HERE.parent / "operations"
    nouns = files(operations)
    if not spoken:
        yield from ((name, "") for name in [*nouns, *files(_HERE / "commands")])
        return
    if spoken[0] not in nouns:
        return
    own_file = len(spoken) > 1 and spoken[1] in files(operations / spoken[0].replace("-", "_"))
    module = _noun(f"{spoken[0]}.{spoken[1]}" if own_file else spoken[0])
    verbs = {kind.path.rpartition(" ")[2]: kind for kind in declared(module)}
    if len(spoken) == 1:
        yield from ((verb, (kind.__doc__ or "").partition("\n")[0]) for verb, kind in verbs.items())
    elif kind := verbs.get(spoken[1]):
        yield from _parameters(kind, before, spoken[2:], current)


def _parameters(kind: type[Operation], before: list[str], given: list[str], current: str) -> Found:
    known = parameters(kind)
    flags = {p.flag: p for p in known if not p.positional}
    if (asked := flags.get(before[-1])) and asked.scalar is not bool:
        yield from _values(asked, current)
    elif current.startswith("-"):
        yield from ((flag, p.mark.help) for flag, p in flags.items())
        yield from ((name, help) for names, _, _, help in OPTIONS for name in names.replace("/", ",").split(","))
    else:
        arguments = [p for p in known if isinstance(p.mark, Argument)]
        if arguments and (len(given) < len(arguments) or arguments[-1].many):
            yield from _values(arguments[min(len(given), len(arguments) - 1)], current)


def _values(parameter: Parameter, current: str) -> Found:
    if parameter.choices:
        yield from ((word, "") for word in parameter.choices)
    elif kind := _NAMED.get(parameter.kind):
        from cpoctl.cli import reach
        from cpoctl.names import Names

        choices = Choices(quiet=True, timeout=_LIMIT)
        choices.settle(os.environ)
        choices.timeout = _LIMIT
        wanted = Names(kind=kind, prefix=current)
        try:
            rows = reach.query(wanted, choices)
        except CpoctlError:  # a server that is named but slow or away: the file knows the names as well
            rows = reach.offline(lambda reader: record(wanted.select(reader.read)), choices)
        yield from ((row["name"], row["help"]) for row in rows)


def _spoken(before: list[str]) -> list[str]:
    """The words that are neither global options nor their values."""
    valued = {name for names, form, _, _ in OPTIONS if form != FLAG for name in names.split(",")} - {"-v", "--verbose"}
    words: list[str] = []
    skip = False
    for word in before:
        if not skip and not word.startswith("-"):
            words.append(word)
        skip = word in valued
    return words


def _noun(name: str) -> ModuleType:
    defer()
    return import_module(f"cpoctl.operations.{name.replace('-', '_')}")
