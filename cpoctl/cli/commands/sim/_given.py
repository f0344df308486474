"""What the commands of `cpoctl sim` are given alike: options, and what is read from them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperArgument, TyperOption

from cpoctl.cli import reading
from cpoctl.clock import duration
from cpoctl.errors import Denied, UsageProblem

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.ocpp import Version
    from cpoctl.simulator import Pace

MOST_EVSES: Final = 64


def charger() -> TyperArgument:
    """The charger's id."""
    return TyperArgument(
        param_decls=["charger_id"], type=types.STRING, required=True, metavar="CHARGER", help="the id it connects as"
    )


def text(name: str, metavar: str, help: str, *more: str) -> TyperOption:
    """An option that takes a text."""
    return TyperOption(param_decls=[name, *more], type=types.STRING, metavar=metavar, help=help)


def whole(name: str, help: str, default: int | None = None, metavar: str = "N") -> TyperOption:
    """An option that takes a whole number."""
    return TyperOption(param_decls=[name], type=types.INT, default=default, metavar=metavar, help=help)


def flag(name: str, help: str) -> TyperOption:
    """An option that is there or not."""
    return TyperOption(param_decls=[name], is_flag=True, help=help)


def url() -> TyperOption:
    """Where to connect."""
    return text("--url", "URL", "the server, without the charger's id (default: the cpoctl server on this machine)")


def password() -> TyperOption:
    """What it authenticates with."""
    return text("--password-file", "FILE", "the charger's password (a file that holds it, - for stdin)")


def ocpp(what: str = "the version that it speaks") -> TyperOption:
    """Which version of OCPP."""
    return TyperOption(
        param_decls=["--ocpp"],
        type=types.STRING,
        default="1.6",
        metavar="VERSION",
        help=f"{what}: 1.6, 2.0.1 or 2.1 (default 1.6)",
    )


def versions(given: str, *, several: bool = False) -> "list[Version]":
    """Read `--ocpp`. Raises UsageProblem."""
    from cpoctl.ocpp import Version

    words = [word.strip() for word in given.split(",")] if several else [given]
    known = {version.value: version for version in Version}
    if unknown := [word for word in words if word not in known]:
        raise UsageProblem(
            f"--ocpp {unknown[0] or 'nothing'} is none of {', '.join(known)}",
            hints=[
                "cpoctl sim fleet --count 9 --ocpp 1.6,2.0.1,2.1" if several else "cpoctl sim run CP-1 --ocpp 2.0.1"
            ],
        )
    return [known[word] for word in words]


KINDS = """\b
What the kinds of --misbehave do:
  reject      says no                      ftp-only    takes no other URL for a file
  error       answers with a CallError     post        uploads by POST
  delay:S     answers after S seconds      form        uploads a form with the file in it
  late        answers after 40 seconds     other-name  uploads under another name than it said
  drop        never answers, does nothing  nothing     says that it is done, and moves no file
  twice       answers twice                half        loses the connection in the middle
  lie         says yes and does nothing    slow        fetches a megabyte a second
                                           mute        tells no step
                                           no-effect   tells Installed, and runs what it ran

After an update it boots with the version in the name of the file, what stands after the last hyphen: 2.1.0 of
fw-2.1.0.bin."""
"""What nobody can guess, for the help."""


def misbehave() -> TyperOption:
    """How it misbehaves."""
    return text(
        "--misbehave",
        "RULES",
        "how it answers badly: ACTION=KIND,… (* every action) with KIND reject, error, delay:S, late, drop, twice, lie;"
        " GetDiagnostics, GetLog and the actions for firmware also ftp-only, post, form, other-name, nothing, half, slow, mute,"
        " no-effect",
    )


def living() -> list[TyperOption]:
    """How life goes, and how long."""
    return [
        TyperOption(
            param_decls=["--sessions"],
            type=types.FLOAT,
            default=0.0,
            metavar="N",
            help="sessions an hour at each EVSE, with a fault or an outage now and then (default: nobody comes)",
        ),
        TyperOption(
            param_decls=["--speed"],
            type=types.FLOAT,
            default=1.0,
            metavar="N",
            help="how much faster than the clock cars charge (default 1)",
        ),
        whole("--seed", "another number, another life (default 0)", 0),
        text("--for", "DUR", "how long; without it until Ctrl-C", "lasting"),
    ]


@dataclass(frozen=True)
class Life:
    """What `living` said."""

    pace: "Pace | None"
    speed: float
    seed: int
    seconds: float | None


def life(given: dict[str, Any]) -> Life:
    """Read what `living` asks for. Raises UsageProblem."""
    from cpoctl.simulator import Pace

    sessions, speed = given["sessions"], given["speed"]
    if not 0 <= sessions <= 100:
        raise UsageProblem(f"--sessions {sessions:g} is not 0 to 100", hints=["cpoctl sim run CP-1 --sessions 2"])
    if not 0.1 <= speed <= 1000:
        raise UsageProblem(f"--speed {speed:g} is not 0.1 to 1000", hints=["cpoctl sim run CP-1 --speed 60"])
    return Life(Pace.of_sessions(sessions) if sessions else None, speed, given["seed"], seconds(given["lasting"]))


def seconds(lasting: str | None) -> float | None:
    """Read `--for`. Raises UsageProblem."""
    if lasting is None:
        return None
    try:
        found = duration(lasting)
    except ValueError as error:
        raise UsageProblem(f"--for: {error}", hints=["cpoctl sim run CP-1 --for 20s"]) from error
    if found <= 0:
        raise UsageProblem("--for must be longer than nothing", hints=["cpoctl sim run CP-1 --for 20s"])
    return found


def rules(given: str | None) -> str:
    """Read `--misbehave`. Raises UsageProblem."""
    from cpoctl.simulator import misbehaving

    try:
        misbehaving.read(given or "")
    except ValueError as error:
        raise UsageProblem(
            f"--misbehave: {error}",
            hints=["cpoctl sim run CP-1 --misbehave 'Reset=reject,UnlockConnector=delay:5'"],
        ) from None
    return given or ""


def evses(number: int) -> int:
    """Read `--evses`. Raises UsageProblem."""
    if not 1 <= number <= MOST_EVSES:
        raise UsageProblem(f"--evses {number} is not 1 to {MOST_EVSES}", hints=["cpoctl sim run CP-1 --evses 2"])
    return number


def secret(path: str | None) -> str | None:
    """Read `--password-file`."""
    return reading.secret(path, "--password-file") if path else None


def name(given: str, option: str = "") -> str:
    """Read a charger's id; whether it is a good one the server says. Raises UsageProblem."""
    if not given.strip():
        raise UsageProblem(
            f"{option}{': ' if option else ''}a charger's id cannot be empty", hints=["cpoctl sim run CP-1"]
        )
    return given


def chosen(*, writes: bool = True) -> "Choices":
    """The global options, completed from environment and config. Raises Denied where nothing may be changed."""
    import os

    choices: Choices = get_current_context().obj
    choices.settle(os.environ)
    if writes and choices.read_only:  # what a charger says changes what the server knows
        raise Denied("a simulated charger changes something, and this is read-only", hints=["cpoctl config show"])
    return choices
