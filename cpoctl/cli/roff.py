"""Man pages: the command tree in roff, a page a command and one of the whole, as mandoc and groff read it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import cpoctl
from cpoctl.cli.choices import OPTIONS
from cpoctl.cli.commands.help import topics
from cpoctl.cli.walking import Leaf, leaves

if TYPE_CHECKING:
    from typer.core import TyperArgument, TyperOption

_SEE = "The global options of cpoctl(1) are taken here as well. Exit codes: cpoctl help exit-codes."


def pages() -> Iterator[tuple[str, str]]:
    """File names and their pages."""
    every = list(leaves())
    yield "cpoctl.1", _page("cpoctl", _whole(every))
    for leaf in every:
        name = f"cpoctl-{leaf.path.replace(' ', '-')}"
        yield f"{name}.1", _page(name, _leaf(leaf, name))


def _page(name: str, body: Iterable[str]) -> str:
    head = f'.TH {_escaped(name.upper())} 1 "" "cpoctl {cpoctl.__version__}" "cpoctl"'
    return "\n".join([head, *body, ""])


def _whole(every: list[Leaf]) -> Iterator[str]:
    yield from _section("name", ["cpoctl \\- run EV chargers from a terminal"])
    yield from _section("synopsis", [".B cpoctl", _escaped("[OPTIONS] COMMAND [ARGS]...")])
    yield from _section("commands", _items((leaf.path, leaf.help.partition("\n")[0]) for leaf in every))
    spelled = ((f"{names.replace(',', ', ')} {metavar}".strip(), help) for names, _, metavar, help in OPTIONS)
    yield from _section("options", _items(spelled))
    for topic, text in topics().items():
        if topic != "options":
            yield from _section(topic.replace("-", " "), _verbatim(text.rstrip().splitlines()))


def _leaf(leaf: Leaf, name: str) -> Iterator[str]:
    first, *rest = leaf.help.split("\n")
    yield from _section("name", [f"{_escaped(name)} \\- {_escaped(first.rstrip('.'))}"])
    places = " ".join(_place(argument) for argument in leaf.arguments)
    yield from _section("synopsis", [f".B {_escaped(f'cpoctl {leaf.path}')}", _escaped(f"[OPTIONS] {places}".strip())])
    if said := [line or ".PP" for line in rest]:
        yield from _section("description", [line if line == ".PP" else _escaped(line) for line in said[1:]])
    told = [*((_place(a), a.help or "") for a in leaf.arguments), *((_spelled(o), o.help or "") for o in leaf.options)]
    yield from _section("options", [*_items(told), ".PP", _escaped(_SEE)])
    if leaf.examples:
        yield from _section("examples", _verbatim(leaf.examples))
    yield from _section("see also", [".BR cpoctl (1)"])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {title.upper()}"
    yield from lines


def _items(items: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, text in items:
        yield from (".TP", f".B {_breakable(term)}", _breakable(text or term))


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    yield from (".nf", *map(_escaped, lines), ".fi")


def _place(argument: "TyperArgument") -> str:
    name = (argument.metavar or argument.name or "").upper().removesuffix("...")
    name += "..." if argument.nargs == -1 else ""
    return name if argument.required else f"[{name}]"


def _spelled(option: "TyperOption") -> str:
    return f"{', '.join([*option.opts, *option.secondary_opts])} {option.metavar or ''}".strip()


def _breakable(text: str) -> str:
    """Escaped text whose long lists of choices may go on in the next line."""
    return _escaped(text).replace("|", "|\\:")


def _escaped(text: str) -> str:
    """Text that roff takes as it is: no macro, no escape, ASCII."""
    text = text.strip("\n").replace("§", "section ").replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    text = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in text)
    return f"\\&{text}" if text.startswith((".", "'")) else text
