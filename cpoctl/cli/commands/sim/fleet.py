"""Run many simulated chargers in one process."""

from typing import Any

from typer._click import types
from typer.core import TyperCommand, TyperOption

from cpoctl.cli import output, terminal
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.errors import CheckFailed, UsageProblem
from cpoctl.table import record

MOST = 10_000
TELL_EVERY_S = 10.0


def command() -> TyperCommand:
    """`cpoctl sim fleet`."""
    return TyperCommand(
        "fleet",
        help="Run many simulated chargers in one process until Ctrl-C, and tell in the end what they did."
        " A share of them can misbehave; which ones the seed decides, each in a way of its own unless --misbehave"
        " says how. Exit code 11 when the server accepted none.",
        params=[*_options(), *_given.living(), *options(hidden=True)],
        callback=_run,
        epilog="\b\nExamples:\n  cpoctl sim fleet --count 200 --misbehaving 5%\n  cpoctl sim fleet --count 30 --ocpp"
        " 1.6,2.0.1,2.1\n  cpoctl sim fleet --count 20 --prefix SITE-A- --sessions 1 --speed 30 --for 10m\n  cpoctl sim fleet --count 10 --misbehave 'Reset=drop' --for 1m",
        rich_markup_mode=None,
    )


def _options() -> list[TyperOption]:
    return [
        _given.url(),
        _given.password(),
        TyperOption(
            param_decls=["--count"], type=types.INT, required=True, metavar="N", help=f"how many, up to {MOST}"
        ),
        _given.text("--prefix", "TEXT", "what their ids begin with (default SIM-)"),
        _given.ocpp("the versions that they speak, in turn"),
        _given.whole("--evses", "how many cars each charges at once (default 1)", 1),
        _given.text("--misbehaving", "SHARE", "how many misbehave: 5%, or a number"),
        _given.misbehave(),
    ]


def _run(**given: Any) -> None:
    choices = _given.chosen()
    count = _count(given["count"])
    evses, life, rules = _given.evses(given["evses"]), _given.life(given), _given.rules(given["misbehave"])
    share = _share(given["misbehaving"], count) if given["misbehaving"] else float(bool(rules))
    versions, password = _given.versions(given["ocpp"], several=True), _given.secret(given["password_file"])

    import asyncio

    from cpoctl.cli.commands.sim import _server
    from cpoctl.foreground import attended
    from cpoctl.simulator import Fleet, Habits, RealTime, charger_ids, misbehaving
    from cpoctl.simulator.tally import Tally

    target = _server.target(given["url"], choices)
    ids = charger_ids(count, (given["prefix"] or "SIM-").replace("{", "{{").replace("}", "}}") + "{:03}")
    bad = misbehaving.assigned(ids, share, rules, life.seed)
    tally = Tally(count, len(bad))

    async def work(stop: "asyncio.Event") -> None:
        fleet = Fleet(
            target.url,
            ids,
            versions=versions,
            connectors=evses,
            seed=life.seed,
            time=RealTime(life.speed),
            habits=Habits(life.pace),
            passwords=dict.fromkeys(ids, password) if password is not None else None,
            misbehaviour=bad,
            on_event=tally.hear,
        )
        telling = asyncio.create_task(_tell(tally, target.url, quiet=bool(choices.quiet)))
        try:
            await fleet.until(stop, life.seconds)
        finally:
            telling.cancel()

    attended(work)
    output.rows([record(tally)], Tally, choices, many=False)
    if not tally.accepted:
        why = f": {tally.trouble}" if tally.trouble else ""
        hints = target.hints("cpoctl charger unknown    who was refused, and why")
        raise CheckFailed(f"the server accepted none of them{why}", target=target.url, hints=hints)


async def _tell(tally: object, url: str, *, quiet: bool) -> None:
    """Tell how far it is: at once, and then now and again."""
    import asyncio

    if quiet:
        return
    terminal.note(f"{tally}; dialling {url}")
    while True:
        await asyncio.sleep(TELL_EVERY_S)
        terminal.note(str(tally))


def _count(number: int) -> int:
    if not 1 <= number <= MOST:
        raise UsageProblem(f"--count {number} is not 1 to {MOST}", hints=["cpoctl sim fleet --count 200"])
    return number


def _share(text: str, count: int) -> float:
    """Read `5%` or `10` as a share of the fleet."""
    number, percent, rest = text.partition("%")
    try:
        share = float(number) / (100 if percent else count)
    except ValueError:
        share = -1.0
    if rest or not 0 <= share <= 1:
        raise UsageProblem(
            f"--misbehaving {text} is neither a share such as 5% nor a number up to {count}",
            hints=["cpoctl sim fleet --count 200 --misbehaving 5%"],
        )
    return share
