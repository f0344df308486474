"""Scenarios: list them, or play them and tell whether the server behaves."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from typer._click import types
from typer.core import TyperArgument, TyperCommand, TyperGroup

from cpoctl import plugins
from cpoctl.cli import output, terminal
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.errors import CheckFailed, NotFound, UsageProblem, nearest
from cpoctl.table import Column, record

if TYPE_CHECKING:
    import asyncio

    from cpoctl.ocpp import Version
    from cpoctl.simulator.scenarios import Check

CHARGER = "SCENARIO-1"


@dataclass(frozen=True)
class ScenarioRow:
    """A scenario and what happens in it."""

    scenario: Annotated[str, Column("SCENARIO")]
    story: Annotated[str, Column("STORY")]


def command() -> TyperGroup:
    """`cpoctl sim scenario`."""
    return TyperGroup(
        name="scenario",
        help="Scenarios: list them, or play them and tell whether the server behaves.",
        commands=[_list_command(), _run_command()],
        params=options(hidden=True),
        no_args_is_help=True,
        rich_markup_mode=None,
    )


def _list_command() -> TyperCommand:
    return TyperCommand(
        "list",
        help="List the scenarios.",
        params=options(hidden=True),
        callback=_list,
        epilog="\b\nExamples:\n  cpoctl sim scenario list",
        rich_markup_mode=None,
    )


def _run_command() -> TyperCommand:
    names = TyperArgument(
        param_decls=["names"], type=types.STRING, nargs=-1, required=True, metavar="NAME", help="which; all: every one"
    )
    return TyperCommand(
        "run",
        help="Play scenarios on a server and check what it answers. Exit code 11 when it does not behave.",
        params=[
            names,
            _given.text("--charger", "CHARGER", f"the id it connects as (default {CHARGER})"),
            _given.text("--tag", "TAG", "the tag that charges (default CARD-01)"),
            _given.ocpp(),
            _given.url(),
            _given.password(),
            *options(hidden=True),
        ],
        callback=_run,
        epilog="\b\nExamples:\n  cpoctl sim scenario run happy-charge"
        "\n  cpoctl sim scenario run all --ocpp 2.0.1"
        "\n  cpoctl sim scenario run all --charger LAB-1 --json | jq '.[] | select(.ok | not)'",
        rich_markup_mode=None,
    )


def _list() -> None:
    from cpoctl.simulator import scenarios

    stories = ((name, plugins.load(scenarios, name).__doc__ or "") for name in plugins.names(scenarios))
    rows = [record(ScenarioRow(_spoken(name), story.partition("\n")[0])) for name, story in stories]
    output.rows(rows, ScenarioRow, _given.chosen(writes=False), many=True, noun="scenarios")


def _run(names: tuple[str, ...], **given: Any) -> None:
    choices = _given.chosen()
    (version,) = _given.versions(given["ocpp"])
    wanted = _wanted(names, version)
    charger_id = CHARGER if given["charger"] is None else _given.name(given["charger"], "--charger")
    password = _given.secret(given["password_file"])

    from cpoctl.cli.commands.sim import _server
    from cpoctl.foreground import attended, unless_stopped
    from cpoctl.simulator import messages, scenarios

    target = _server.target(given["url"], choices)
    tell = _silent if choices.quiet else terminal.note
    found: list[Check] = []

    async def work(stop: "asyncio.Event") -> bool:
        async def play() -> None:
            for name in wanted:
                tell(_spoken(name))
                who, tag = charger_id, given["tag"] or messages.TAG
                stage = scenarios.Stage(_spoken(name), target.url, who, tag, tell, password, version)
                found.extend(await stage.play(plugins.load(scenarios, name).play))

        return await unless_stopped(play(), stop)

    with target.connecting():
        done = attended(work)
    output.rows([record(check) for check in found], scenarios.Check, choices, many=True, noun="checks")
    failed = sum(not check.ok for check in found)
    if failed or not done:
        why = f"{failed} of {len(found)} checks failed" if failed else "stopped before the end"
        raise CheckFailed(why, target=target.url, hints=target.hints("cpoctl log tail    what was said"))


def _wanted(names: tuple[str, ...], version: "Version") -> list[str]:
    """The scenarios' file names; all are those of this version. Raises NotFound, UsageProblem."""
    from cpoctl.simulator import scenarios

    known = {_spoken(name): name for name in plugins.names(scenarios)}
    if "all" in names:
        return [name for name in known.values() if version in _versions(name)]
    for name in names:
        if name not in known:
            raise NotFound(f"no scenario {name}{nearest(name, known)}", target=name, hints=["cpoctl sim scenario list"])
        if version not in (others := _versions(known[name])):
            raise UsageProblem(
                f"{name} does not happen in OCPP {version}",
                hints=[f"cpoctl sim scenario run {name} --ocpp {others[0]}"],
            )
    return [known[name] for name in names]


def _versions(name: str) -> "tuple[Version, ...]":
    from cpoctl.simulator import scenarios

    return scenarios.spoken(plugins.load(scenarios, name))


def _spoken(name: str) -> str:
    return name.replace("_", "-")


def _silent(_: str) -> None:
    return
