"""Play a recorded charger's traffic again, and tell where the server answers differently."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from typer._click import types
from typer.core import TyperArgument, TyperCommand, TyperOption

from cpoctl.cli import output, reading, terminal
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.errors import CheckFailed, NotFound, UsageProblem, nearest
from cpoctl.table import record

if TYPE_CHECKING:
    import asyncio

    from cpoctl.simulator.recording import Exchange, Recording

FASTEST = 1_000_000.0


def command() -> TyperCommand:
    """`cpoctl sim replay FILE`."""
    return TyperCommand(
        "replay",
        help="Play what `cpoctl log export` recorded: a charger that sends the recorded requests with the recorded"
        " pauses in the version of OCPP that it is in, answers the server as the recorded one did, and lists where the server answers differently (times"
        " and ids apart). Exit code 11 when it does.",
        params=[*_parameters(), *options(hidden=True)],
        callback=_replay,
        epilog="\b\nExamples:\n  cpoctl sim replay hq-07.jsonl --speed 60"
        "\n  cpoctl log export --charger HQ-07 | cpoctl sim replay - --as TEST-1 --url ws://localhost:9000/",
        rich_markup_mode=None,
    )


def _parameters() -> list[Any]:
    file = TyperArgument(
        param_decls=["file"], type=types.STRING, required=True, metavar="FILE", help="the recording; - is stdin"
    )
    speed = TyperOption(
        param_decls=["--speed"],
        type=types.FLOAT,
        default=1.0,
        metavar="N",
        help="how much shorter than recorded the pauses are (default 1)",
    )
    return [
        file,
        _given.text("--charger", "CHARGER", "whose traffic, if the recording has that of several"),
        _given.text("--as", "CHARGER", "the id it connects as (default: the recorded one)", "alias"),
        speed,
        _given.url(),
        _given.password(),
    ]


def _replay(**given: Any) -> None:
    choices = _given.chosen()
    if not 0 < given["speed"] <= FASTEST:
        raise UsageProblem(
            f"--speed {given['speed']:g} is not more than 0 and up to {FASTEST:g}",
            hints=["cpoctl sim replay hq-07.jsonl --speed 60"],
        )
    charger, alias = _named(given["charger"], "--charger"), _named(given["alias"], "--as")
    recorded = _recorded(given["file"], charger, quiet=bool(choices.quiet))
    password = _given.secret(given["password_file"])

    from cpoctl.cli.commands.sim import _server
    from cpoctl.foreground import attended, unless_stopped
    from cpoctl.simulator import RealTime, VirtualCharger
    from cpoctl.simulator.recording import spoken
    from cpoctl.simulator.replaying import Differing, Replay

    target = _server.target(given["url"], choices)
    charger_id = recorded[0].charger_id if alias is None else alias
    version, time = spoken(recorded), RealTime(given["speed"])

    async def work(stop: "asyncio.Event") -> Replay:
        async with VirtualCharger(target.url, charger_id, version=version, password=password, time=time) as charger:
            replay = Replay(charger, recorded)
            await unless_stopped(replay.play(_quiet if choices.quiet else _told), stop)
            return replay

    with target.connecting():
        replay = attended(work)
    found = [record(each) for each in replay.found]
    output.rows(found, Differing, choices, many=True, noun="differences")
    if not choices.quiet:
        terminal.note(f"{replay.played} of {replay.total} requests played, {len(found)} differences")
    if found:
        raise CheckFailed(
            f"the server answers {len(found)} times differently from the recording",
            target=charger_id,
            hints=target.hints(f"cpoctl log list {charger_id}    what was said now"),
        )


def _told(action: str, wrong: list[str]) -> None:
    terminal.note(f"{'differs' if wrong else 'same':<8} {action}{'  ' if wrong else ''}{'; '.join(wrong)}")


def _quiet(action: str, wrong: list[str]) -> None:
    return


def _named(given: str | None, option: str) -> str | None:
    return None if given is None else _given.name(given, option)


def _recorded(file: str, charger: str | None, *, quiet: bool) -> "list[Exchange]":
    """What one charger said and was asked; frames that nobody can send again are told of and left out."""
    recording = _read(file)
    found = _of_one(recording.exchanges, charger)
    same = (many for name, many in recording.left_out.items() if name.casefold() == found[0].charger_id.casefold())
    many = sum(same)
    if many and not quiet:
        what = "1 frame was" if many == 1 else f"{many} frames were"
        terminal.note(f"note: {what} left out: no requests that can be read")
    return found


def _read(file: str) -> "Recording":
    from cpoctl.simulator import recording

    text = reading.text("-" if file == "-" else f"@{file}", "the recording")
    try:
        return recording.read(text.split("\n"))
    except ValueError as error:
        raise UsageProblem(f"{file}: {error}", hints=["cpoctl log export --charger HQ-07 > hq-07.jsonl"]) from error


def _of_one(recorded: "Sequence[Exchange]", charger: str | None) -> "list[Exchange]":
    """The traffic of one charger, of which something was said by it."""
    ids = {each.charger_id.casefold(): each.charger_id for each in recorded}
    if charger is None and len(ids) > 1:
        some = ", ".join(sorted(ids.values())[:5])
        raise UsageProblem(
            f"the recording has the traffic of {len(ids)} chargers: {some}{' …' if len(ids) > 5 else ''}",
            hints=[f"cpoctl sim replay FILE --charger {min(ids.values())}"],
        )
    wanted = charger.casefold() if charger else next(iter(ids), "")
    mine = [each for each in recorded if each.charger_id.casefold() == wanted]
    if not any(each.sender == "charger" for each in mine):
        near = nearest(charger, ids.values()) if charger else ""
        raise NotFound(
            f"the recording has no request of {charger or 'a charger'}{near}",
            hints=["cpoctl log export --charger HQ-07 > hq-07.jsonl"],
        )
    return mine
