"""The reference page: `python -m tests.house.reference` writes docs/reference.md from the command tree."""

from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

from typer._click.core import Parameter
from typer.core import TyperArgument, TyperOption

from cpoctl.cli.choices import OPTIONS
from cpoctl.cli.commands.help import topics
from cpoctl.operations import Danger, Operation
from tests.house.commands import Found, every_command

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"
_DANGER = {
    Danger.DISRUPTS: "asks first; a script says `--yes`",
    Danger.SEVERE: "wants a text typed; a script says `--confirm TEXT`",
}
_INTRODUCTION = """\
# Reference

Every command of cpoctl. This page is made from the command tree: `python -m tests.house.reference`.
`cpoctl COMMAND --help` says the same.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_INTRODUCTION, *_topics(), *(line for found in every_command() for line in _command(found))])


def _topics() -> Iterator[str]:
    yield "## Global options\n"
    yield "Taken before and after the subcommand.\n"
    yield "| option | |\n|---|---|"
    for names, _, metavar, help in OPTIONS:
        spelled = names.replace(",", ", ")
        yield f"| {_code(f'{spelled} {metavar}')} | {_escaped(help)} |"
    yield ""
    for name, text in topics().items():
        if name != "options":
            yield f"## {name.replace('-', ' ').capitalize()}\n"
            yield f"```text\n{text}```\n"


def _command(found: Found) -> Iterator[str]:
    parameters = [p for p in found.command.params if not getattr(p, "hidden", False)]
    arguments = [p for p in parameters if isinstance(p, TyperArgument)]
    chosen = [p for p in parameters if isinstance(p, TyperOption)]
    usage = [f"cpoctl {found.path}", *(["[OPTIONS]"] if chosen else []), *(_placed(p) for p in arguments)]
    yield f"## cpoctl {found.path}\n"
    yield f"{cleandoc(found.command.help or '')}\n"
    yield f"```text\n{' '.join(usage)}\n```\n"
    if parameters:
        yield "| parameter | |\n|---|---|"
        yield from (f"| {_code(_named(p))} | {_escaped(_helped(p))} |" for p in [*arguments, *chosen])
        yield ""
    if found.operation:
        yield f"{_about(found.operation)}\n"
    if examples := _examples(found):
        yield "```sh\n" + "\n".join(examples) + "\n```\n"


def _placed(argument: TyperArgument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    name = f"{name}..." if argument.nargs == -1 else name
    return name if argument.required else f"[{name}]"


def _named(parameter: Parameter) -> str:
    if isinstance(parameter, TyperArgument):
        return _placed(parameter)
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return f"{names} {parameter.metavar}" if parameter.metavar else names


def _helped(parameter: Parameter) -> str:
    if not isinstance(parameter, TyperArgument | TyperOption):
        return ""
    return parameter.help or ""


def _about(operation: type[Operation]) -> str:
    facts = [f"Endpoint: `{operation.route.replace(' ', ' /v1')}`." if operation.route else "Works on the file itself."]
    facts.append(f"Role: {operation.role}.")
    if operation.danger in _DANGER:
        facts.append(f"Danger: {_DANGER[operation.danger]}.")
    return " ".join(facts)


def _examples(found: Found) -> list[str]:
    _, _, listed = (found.command.epilog or "").partition("Examples:\n")
    return [line.strip() for line in listed.partition("\n\n")[0].splitlines() if line.strip()]


def _code(text: str) -> str:
    return f"`{_escaped(text.strip())}`"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
