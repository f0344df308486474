"""The cockpit: how the command line brings up the dashboard, and gives the terminal back afterwards."""

import dataclasses
import gc
import os
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cpoctl.cli import config_file, reach, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.giving_back import kept
from cpoctl.errors import UsageProblem
from cpoctl.operations import instant

if TYPE_CHECKING:
    from cpoctl.client import Client
    from cpoctl.config import ViewSettings
    from cpoctl.tui.beginnings import Keep, Wishes
    from cpoctl.tui.replay import Replaying

FASTEST = 3600.0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the command line says of the dashboard; None where it leaves that to the config."""

    fps: float | None = None
    view: str | None = None
    screen: str | None = None
    filter: str | None = None


def must_be_terminal() -> None:
    """The dashboard is painted on a terminal. Raises UsageProblem."""
    if not all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)) or os.environ.get("TERM") == "dumb":
        raise UsageProblem("the dashboard needs a terminal", hints=["cpoctl status", "cpoctl charger list --watch"])


def fly(
    server: str | None,
    choices: Choices,
    *,
    named: str | None = None,
    wanted: Wanted | None = None,
    mouse: bool = True,
    seconds: float | None = None,
    ends: str = "",
) -> None:
    """Show the dashboard of a server, of the usual one without an address, until somebody leaves it.

    `ends` says what ends with it; '' where nothing does.
    """
    choices.server = server or choices.server
    named = named or choices.context or choices.server or "this machine"
    _show(reach.needed(choices), choices, named, wanted or Wanted(), mouse=mouse, seconds=seconds, ends=ends)


def must_be_past(choices: Choices, at: str) -> None:
    """Something is stored of a time. Raises UsageProblem, NotFound."""
    import msgspec

    from cpoctl.operations._past import ShowSpan, Span

    client, _ = reach.past(choices)
    with closing(client):
        span = msgspec.json.decode(client.whole(ShowSpan()), type=Span)
    span.holds(instant(at, datetime.now(UTC), "at", ago=True))


def fly_past(choices: Choices, at: str, speed: float, *, wanted: Wanted, mouse: bool) -> None:
    """Show what happened from a time on: read from the file itself where that can be, else told by the server.

    Raises UsageProblem where nothing is stored of that time, with what there is.
    """
    moment = instant(at, datetime.now(UTC), "at", ago=True)
    client, named = reach.past(choices)
    from cpoctl.tui.replay import Replaying

    replay = Replaying(client, moment, speed)
    _show(client, choices, named, wanted, mouse=mouse, ends="Nothing was changed.", replay=replay)


def _show(
    client: "Client",
    choices: Choices,
    named: str,
    wanted: Wanted,
    *,
    mouse: bool,
    seconds: float | None = None,
    ends: str = "",
    replay: "Replaying | None" = None,
) -> None:
    from cpoctl.tui.app import Dashboard  # the toolkit takes a fifth of a second
    from cpoctl.tui.hung_up import noticed

    wishes = _wishes(choices, wanted)
    gc.set_threshold(50_000, 20, 100)  # a fleet of 10,000 is a million objects that stay
    gc.disable()  # until they are there: looking through them while they come is a tenth of the start
    dashboard = Dashboard(
        client,
        server=named,
        read_only=bool(choices.read_only),
        shell=shell(choices),
        fps=wanted.fps or wishes.settings.fps,
        ascii=terminal.speaks_ascii(choices.args),
        seconds=seconds,
        wishes=wishes,
        ends=ends,
        replay=replay,
    )
    # The terminal that is kept is the one that the toolkit reads.
    with kept(sys.__stdin__.fileno() if sys.__stdin__ else 0), noticed(dashboard.hang_up):
        dashboard.run(mouse=mouse)
    if dashboard.ended_by:
        raise SystemExit(128 + dashboard.ended_by)


def _wishes(choices: Choices, wanted: Wanted) -> "Wishes":
    """What the config and the command line want. Raises ConfigInvalid, UsageProblem."""
    from cpoctl.tui import beginnings

    known = choices.known()
    beginnings.check(known.dashboard, known.view)
    settings = dataclasses.replace(known.dashboard, utc=bool(choices.utc or known.dashboard.utc))
    return beginnings.Wishes(
        settings=settings,
        keymap=known.keymap,
        saved=known.view,
        first=beginnings.first(known.dashboard, known.view, wanted.view, wanted.screen, wanted.filter),
        keep=keeper(config_file.chosen(choices)),
    )


def keeper(path: Path) -> "Keep":
    """What writes saved views to a config file."""

    def keep(name: str, view: "ViewSettings | None") -> None:
        values = None if view is None else {key: value for key, value in vars(view).items() if value is not None}
        config_file.replace(path, f"view.{name}", values)

    return keep


def shell(choices: Choices) -> list[str]:
    """The words by which a command line reaches the same server, from whatever folder."""
    scheme, _, path = (choices.server or "").partition(":")
    named = {
        "--server": f"unix:{_anywhere(path)}" if scheme == "unix" else choices.server,
        "--db": _anywhere(choices.db),
        "--key-file": _anywhere(choices.key_file),
        "--ca-file": _anywhere(choices.ca_file),
    }
    return [word for flag, value in named.items() if value for word in (flag, value)]


def _anywhere(path: str | None) -> str | None:
    return str(Path(path).expanduser().absolute()) if path else None
