"""What is wrong, and what to do: checks of the server, of this machine, and of the chargers that are named."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperCommand

from cpoctl import app, places
from cpoctl.cli import output, reach, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.errors import CheckFailed, ConfigInvalid, CpoctlError, NotFound, ServerDown
from cpoctl.table import clean, record

if TYPE_CHECKING:
    from cpoctl.checks import Finding
    from cpoctl.checks.machine import Place
    from cpoctl.client import Client
    from cpoctl.config import ServeSettings

_HELP = """Say what is wrong and what to do about it: with the server and this machine, and with the chargers that are named.

It works with the server down. Exit code 0 when nothing failed, 11 when something did; a warning alone is no failure."""
_EXAMPLES = """\b
Examples:
  cpoctl doctor
  cpoctl doctor HQ-07 HQ-11
  cpoctl doctor HQ-07 --json | jq -r '.[] | select(.state == "FAIL").next'"""
SERVER = "server"
_MARGIN = 22


def command() -> TyperCommand:
    """`cpoctl doctor`."""
    chargers = TyperArgument(
        param_decls=["chargers"],
        type=types.STRING,
        required=False,
        nargs=-1,
        metavar="CHARGER...",
        help="examine these chargers as well",
    )
    return TyperCommand(
        "doctor",
        help=_HELP,
        params=[chargers, *options(hidden=True)],
        callback=_examine,
        epilog=_EXAMPLES,
        rich_markup_mode=None,
    )


def _examine(chargers: tuple[str, ...]) -> None:
    from cpoctl.checks import Finding, State, worst_first

    choices: Choices = get_current_context().obj
    wrong = _settled(choices)
    terminal.use_utc(choices.utc)
    place = _place(choices, wrong)
    findings = worst_first(_machine(place))
    for name in chargers:
        findings += worst_first(_charger(name, place, choices))
    if choices.format is None and choices.fields is None and terminal.is_watched():
        output.write(_for_a_reader(findings))
    else:
        output.rows(record(findings), Finding, choices, many=True)
    failed = [line for line in findings if line.state is State.FAIL]
    if failed:
        count = output.counted(len(failed), "checks")
        names = (f"{line.subject} {line.check}" if line.subject != line.check else line.check for line in failed)
        raise CheckFailed(
            f"{count} failed: {', '.join(names)}",
            hints=list(dict.fromkeys(line.next for line in failed if line.next)),
        )


def _settled(choices: Choices) -> ConfigInvalid | None:
    """Take in environment and config; a config that is wrong is a finding and no end."""
    try:
        choices.settle(os.environ)
    except ConfigInvalid as error:
        return error
    return None


def _place(choices: Choices, wrong: ConfigInvalid | None) -> "Place":
    from cpoctl.checks.machine import Place

    health, why = _health(choices)
    db = places.database_path(choices.db)
    socket, elsewhere = _socket(choices, db)
    if health and health.get("db") and not elsewhere:
        db = Path(health["db"])
    return Place(
        settings=_settings(choices, wrong),
        wrong_config=wrong,
        db=db,
        socket=socket,
        lock=app.server_info(db),
        health=health,
        why_down=why,
        damage=lambda: app.database_files(db).check(False),
        knocks=lambda: _knocks(choices),
        elsewhere=elsewhere,
    )


def _settings(choices: Choices, wrong: ConfigInvalid | None) -> "ServeSettings":
    from cpoctl.config import ServeSettings

    return ServeSettings() if wrong else choices.known().serve


def _socket(choices: Choices, db: Path) -> tuple[Path | None, bool]:
    """The control socket, and whether the server is reached over the network instead."""
    if choices.server:
        scheme, _, rest = choices.server.partition(":")
        return (Path(rest), False) if scheme == "unix" else (None, True)
    return app.find_server(db), False


def _health(choices: Choices) -> tuple[dict[str, Any] | None, str]:
    """What the server says of itself; None and why when it does not answer."""
    client = _client(choices)
    if client is None:
        return None, "no server runs here"
    try:
        found: dict[str, Any] = client.request("GET", "/v1/status")
    except CpoctlError as error:
        return None, error.message
    return found, ""


def _knocks(choices: Choices) -> list[Mapping[str, Any]]:
    """Who was refused, from the server or the file; nobody where neither can be read."""
    from dataclasses import replace

    from cpoctl.operations.charger.unknown import ListUnknown

    try:
        return list(reach.query(ListUnknown(), replace(choices, quiet=True)))
    except CpoctlError:
        return []


def _client(choices: Choices) -> "Client | None":
    client = reach.server(choices)
    if client is not None and choices.seconds is None:
        client.timeout = 10.0
    return client


def _machine(place: "Place") -> "list[Finding]":
    from cpoctl import plugins
    from cpoctl.checks import finding, machine

    said = [(name, plugins.load(machine, name).check(place)) for name in plugins.names(machine)]
    return [finding(SERVER, name, told) for name, told in said if told is not None]


def _charger(name: str, place: "Place", choices: Choices) -> "list[Finding]":
    """The checks of one charger: by the server if it answers, else by the file."""
    from cpoctl.checks import Finding, State
    from cpoctl.examining import ExamineCharger

    wanted = ExamineCharger(charger=name)
    client = _client(choices) if place.up else None
    try:
        if client is not None:
            found = client.run(wanted)
        else:
            found = reach.offline(lambda reader: [record(row) for row in wanted.select(reader.read)], choices)[0]
    except (ServerDown, NotFound) as error:
        return [Finding(name, "known", State.SKIPPED, error.message, "cpoctl serve    start it")]
    lines = [Finding(**line | {"state": State(line["state"])}) for line in found["findings"]]
    if not found["live"]:
        lines.append(
            Finding(found["charger_id"], "connection", State.SKIPPED, "no server to tell", "cpoctl serve    start it")
        )
    if found["near"]:
        lines = [_with_near(line, found["near"]) if line.check == "known" else line for line in lines]
    return lines


def _with_near(line: "Finding", near: str) -> "Finding":
    from dataclasses import replace

    return replace(line, found=f"{line.found}{near}")


def _for_a_reader(findings: "list[Finding]") -> "Iterator[str]":
    """The checklist on a terminal: nothing is cut, and the next step stands below what needs one."""
    from textwrap import wrap

    room = max(20, terminal.columns() - _MARGIN)
    subject = None
    for line in findings:
        if line.subject != subject:
            yield f"{clean(line.subject)}\n"
            subject = line.subject
        first, *more = wrap(clean(line.found, 1000), room) or [""]
        yield f"  {line.check:<12}{line.state:<8}{first}\n"
        yield from (f"{' ' * _MARGIN}{text}\n" for text in more)
        if line.next:
            yield f"{' ' * _MARGIN}try: {clean(line.next, 1000)}\n"
