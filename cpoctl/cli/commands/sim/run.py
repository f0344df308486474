"""Run one simulated charger in the foreground."""

from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from cpoctl.cli import terminal
from cpoctl.cli.commands.sim import _given
from cpoctl.cli.flags import options
from cpoctl.errors import UsageProblem

if TYPE_CHECKING:
    import asyncio


def command() -> TyperCommand:
    """`cpoctl sim run CHARGER`."""
    return TyperCommand(
        "run",
        help="Run one simulated charger until Ctrl-C. It tells on stderr what happens; --json tells every"
        " frame on stdout. It does what the server asks; cars come by --sessions, or by hand. Its setting Misbehave"
        " (OCPP 2.x: Simulator.Misbehave) takes what --misbehave takes, while it runs.\n\n"
        f"{_given.KINDS}",
        params=[_given.charger(), *_options(), *_given.living(), *options(hidden=True)],
        callback=_run,
        epilog="\b\nExamples:\n  cpoctl sim run CP-1\n  cpoctl sim run CP-1 --evses 2 --sessions 2 --speed 60 --for 5m"
        "\n  cpoctl sim run CP-2 --ocpp 2.0.1 --sessions 2 --speed 60"
        "\n  cpoctl sim run CP-1 --url ws://10.0.0.7:8080/ocpp --json --for 1m"
        "\n  echo 'plug; tag ANNA-K; wait 30; stop; unplug' | tr ';' '\\n' | cpoctl sim run CP-1 --by-hand",
        rich_markup_mode=None,
    )


def _options() -> list[Any]:
    return [
        _given.url(),
        _given.password(),
        _given.ocpp(),
        _given.whole("--evses", "how many cars it charges at once (default 1)", 1),
        _given.text("--vendor", "TEXT", "the maker that its boot tells"),
        _given.text("--model", "TEXT", "the model that its boot tells"),
        _given.text("--firmware", "TEXT", "the firmware that its boot tells"),
        _given.text("--serial", "TEXT", "the serial number that its boot tells"),
        _given.flag("--dc", "it charges with direct current"),
        _given.whole("--heartbeat", "its interval, whatever the server says; 0 is never", metavar="SECONDS"),
        _given.misbehave(),
        _given.flag("--by-hand", "read what happens at it from stdin, a line each; ? lists the words"),
    ]


def _run(**given: Any) -> None:
    choices = _given.chosen()
    _check(given)
    life, rules = _given.life(given), _given.rules(given["misbehave"])
    (version,) = _given.versions(given["ocpp"])
    password = _given.secret(given["password_file"])

    from cpoctl.cli.commands.sim import _server
    from cpoctl.cli.commands.sim._telling import Teller, deeds
    from cpoctl.foreground import attended
    from cpoctl.simulator import Backoff, Habits, RealTime, VirtualCharger, solo

    target = _server.target(given["url"], choices)
    told = {name: given[name] for name in ("vendor", "model", "firmware", "serial") if given[name] is not None}

    async def work(stop: "asyncio.Event") -> None:
        teller = Teller(choices, given["charger_id"], stop)
        charger = VirtualCharger(
            target.url,
            given["charger_id"],
            version=version,
            connectors=given["evses"],
            password=password,
            dc=bool(given["dc"]),
            seed=life.seed,
            time=RealTime(life.speed),
            backoff=Backoff(),
            metering=True,
            heartbeat_s=given["heartbeat"],
            misbehave=rules,
            on_event=teller.happened,
            on_frame=teller.frame,
            **told,
        )
        by_hand = deeds(charger) if given["by_hand"] else None
        await solo.run(charger, Habits(life.pace), stop, seed=life.seed, seconds=life.seconds, deeds=by_hand)
        teller.end()

    with target.connecting():
        attended(work)


def _check(given: dict[str, Any]) -> None:
    _given.name(given["charger_id"])
    _given.evses(given["evses"])
    if given["heartbeat"] is not None and given["heartbeat"] < 0:
        raise UsageProblem("--heartbeat is less than nothing", hints=["cpoctl sim run CP-1 --heartbeat 60"])
    if given["by_hand"] and given["sessions"]:
        raise UsageProblem("--by-hand and --sessions contradict each other", hints=["cpoctl sim run CP-1 --by-hand"])
    if given["by_hand"] and given["password_file"] == "-":  # noqa: S105 # stdin, not a password
        raise UsageProblem(
            "stdin cannot tell both a password and deeds", hints=["cpoctl sim run CP-1 --by-hand --password-file FILE"]
        )
    if given["by_hand"] and terminal.can_ask():
        from cpoctl.simulator.hand import WORDS

        terminal.note(f"by hand: {WORDS}; a number at the end is the EVSE")
