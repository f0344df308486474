"""Completion: what could stand at the cursor. Fast and silent, without the command tree (UX §4.9).

`cpoctl _complete INDEX WORD…` is what the shells' scripts call; it prints `value<TAB>description` lines.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from cpoctl.cli.candidates import Found, of_chargers, of_option, of_parameter
from cpoctl.cli.choices import ALIASES, COUNT, FLAG, OPTIONS
from cpoctl.cli.deferring import defer
from cpoctl.errors import CpoctlError
from cpoctl.operations import Operation
from cpoctl.parameters import Parameter, declared, parameters
from cpoctl.plugins import files
from cpoctl.table import clean

_HERE = Path(__file__).parent
_VALUED = {name for names, form, _, _ in OPTIONS if form not in (FLAG, COUNT) for name in names.split(",")}


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
    except (CpoctlError, ImportError):
        return 0
    return 0


def candidates(before: list[str], current: str) -> Found:
    """What could follow the words before the cursor."""
    name, is_assigned, _ = current.partition("=")
    if is_assigned and name.startswith("--"):  # --output=js is --output js in one word
        found = candidates([*before, name], current[len(name) + 1 :])
        yield from ((f"{name}={value}", help) for value, help in found)
        return
    spoken = [ALIASES.get(word, word) for word in _spoken(before)]
    operations = _HERE.parent / "operations"
    nouns, commands = files(operations), files(_HERE / "commands")
    if before and before[-1] in _VALUED:
        yield from of_option(
            before[-1], _kind(spoken, operations) if spoken[:1] and spoken[0] in nouns else None, current
        )
    elif not spoken:
        yield from _options() if current.startswith("-") else ((name, "") for name in [*nouns, *commands])
    elif spoken[0] in commands:
        yield from _own(spoken, before, current)
    elif spoken[0] in nouns:
        yield from _derived(spoken, before, current, operations)


def _derived(spoken: list[str], before: list[str], current: str, operations: Path) -> Found:
    if len(spoken) == 1:
        verbs = declared(_noun(spoken[0]))
        yield from ((_verb(kind), (kind.__doc__ or "").partition("\n")[0]) for kind in verbs)
        return
    kind = _kind(spoken, operations)
    if kind is None:
        return
    known = parameters(kind)
    asked = next((p for p in known if not p.positional and p.flag == before[-1] and p.scalar is not bool), None)
    given = spoken[2:]
    if asked:
        yield from of_parameter(asked, current, given)
    elif selector := _selector(kind, before[-1]):
        yield from of_parameter(selector, current, given)
    elif current.startswith("-"):
        yield from _flags(kind)
        yield from _options()
    else:
        places = [parameter for parameter in known if parameter.positional]
        if places and (len(given) < len(places) or places[-1].many or len(places) == 1):
            yield from of_parameter(places[min(len(given), len(places) - 1)], current, given)


def _selector(kind: type[Operation], flag: str) -> Parameter | None:
    """The selector of that flag, for an operation that acts on chargers."""
    from cpoctl.operations import Act
    from cpoctl.targets import Selection

    acts = issubclass(kind, Act) and any(p.positional and p.kind == "charger" for p in parameters(kind))
    return next((p for p in parameters(Selection) if acts and p.flag == flag), None)


def _own(spoken: list[str], before: list[str], current: str) -> Found:
    """What follows a command that is no operation: its verbs, its options, words it lists."""
    command: Any = import_module(f"cpoctl.cli.commands.{spoken[0].replace('-', '_')}").command()
    for word in spoken[1:]:
        if hasattr(command, "list_commands"):
            command = command.get_command(None, word)
    if command is None:
        return
    chosen: list[Any] = [p for p in command.params if p.param_type_name == "option" and not p.hidden]
    if hasattr(command, "list_commands"):
        yield from ((name, "") for name in command.list_commands(None))
    elif asked := next((p for p in chosen if before[-1] in p.opts and not p.is_flag), None):
        yield from ((word, "") for word in _listed(asked))
    elif current.startswith("-"):
        yield from ((name, p.help or "") for p in chosen for name in [*p.opts, *p.secondary_opts])
        yield from _options()
    else:
        yield from ((word, "") for p in command.params for word in _listed(p))
        if any(p.name in ("charger", "chargers") and p.param_type_name == "argument" for p in command.params):
            yield from of_chargers(current)
        if spoken == ["help"]:
            yield from ((name, "") for name in [*files(_HERE.parent / "operations"), *files(_HERE / "commands")])
            yield from ((path.stem, "a topic") for path in (_HERE / "topics").glob("*.txt"))
            yield "options", "a topic"


def _listed(parameter: Any) -> list[str]:
    """The words of which a parameter is one, where its usage lists them."""
    metavar = parameter.metavar or ""
    return metavar.split("|") if "|" in metavar and not getattr(parameter, "hidden", False) else []


def _flags(kind: type[Operation]) -> Found:
    """The options of an operation's command, with those that many targets bring."""
    from cpoctl.cli.derived import command

    for option in command(kind).params:
        if option.param_type_name == "option" and not getattr(option, "hidden", False):
            yield from ((name, getattr(option, "help", "") or "") for name in [*option.opts, *option.secondary_opts])


def _options() -> Found:
    yield from ((name, help) for names, _, _, help in OPTIONS for name in names.replace("/", ",").split(","))


def _spoken(before: list[str]) -> list[str]:
    """The words that are neither global options nor their values."""
    words: list[str] = []
    skip = False
    for word in before:
        if not skip and not word.startswith("-"):
            words.append(word)
        skip = word in _VALUED
    return words


def _kind(spoken: list[str], operations: Path) -> type[Operation] | None:
    """The operation that the words name; of a noun with a file a verb only that file is imported."""
    if len(spoken) < 2:
        return None
    own_file = spoken[1] in files(operations / spoken[0].replace("-", "_"))
    module = _noun(f"{spoken[0]}.{spoken[1]}" if own_file else spoken[0])
    return next((kind for kind in declared(module) if _verb(kind) == spoken[1]), None)


def _verb(kind: type[Operation]) -> str:
    return kind.path.rpartition(" ")[2]


def _noun(name: str) -> ModuleType:
    defer()
    return import_module(f"cpoctl.operations.{name.replace('-', '_')}")
