"""Commissioning seen from the command line: where the charger connects, who is asked, how it goes on."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

from cpoctl.cli import terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.ending import ended_in_order
from cpoctl.errors import Conflict, ServerDown, TimedOut, UsageProblem

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from cpoctl.cli.bench import Asked, Heard, ServedBench
    from cpoctl.client import Client
    from cpoctl.commissioning import Frame, Verdict
    from cpoctl.commissioning.checklist import Done
    from cpoctl.commissioning.report import Report
    from cpoctl.config import ServeSettings
    from cpoctl.temporary import Place

LISTEN = "0.0.0.0:9000"
TAG = "COMMISSION"
_ANSWER_WITHIN = 30.0
_SERVE_AGAIN = "cpoctl serve --ephemeral --accept-all    first: the temporary server has ended, and the charger comes back to this one"


@contextmanager
def server(
    charger: str | None, serve: bool, listen: str | None, choices: Choices
) -> "Iterator[tuple[Client, str | None, str | None]]":
    from cpoctl.cli import reach

    if serve:
        with _temporary(listen or LISTEN, charger) as place:
            yield place
        return
    if listen is not None:
        raise UsageProblem("--listen belongs to --serve", hints=["cpoctl commission --serve --listen 0.0.0.0:9000"])
    client = reach.server(choices)
    if client is None:
        raise ServerDown(
            "the server is not running",
            hints=["cpoctl commission --serve    with a temporary server of its own", "cpoctl serve    start it"],
        )
    if charger is None:
        raise UsageProblem(
            "say which charger",
            hints=[
                "cpoctl charger list    all that are known",
                "cpoctl commission --serve    whoever connects to here",
            ],
        )
    yield client, None, None


@contextmanager
def _temporary(listen: str, charger: str | None) -> "Iterator[tuple[Client, str | None, str | None]]":
    from cpoctl import addresses, app
    from cpoctl.client import client_for

    with ended_in_order(), _listening(app.temporary(_settings(listen)), listen) as place:
        every = addresses.reaching(place.host)
        terminal.note(f"give the charger this URL:  {place.url}{charger or '<charger id>'}")
        others = [f"ws://{address}:{place.port}/" for address in every if not addresses.is_loopback(address)]
        others = [url for url in others if url != place.url]
        if others:
            terminal.note(f"this machine is also reached at  {'  '.join(others)}")
        if all(map(addresses.is_loopback, every)):
            terminal.note("warning: only this machine itself reaches that address; join the charger's network first")
        terminal.note(f"meanwhile:  cpoctl --server unix:{place.socket} log tail -f")
        yield client_for(f"unix:{place.socket}"), place.url, f"unix:{place.socket}"


@contextmanager
def _listening(server: "AbstractContextManager[Place]", listen: str) -> "Iterator[Place]":
    """The server; a port that is taken is another one's in the hint, for this command."""
    host = listen.rpartition(":")[0]
    with ExitStack() as stack:
        try:
            place = stack.enter_context(server)
        except Conflict as error:
            error.hints = (
                f"cpoctl commission --serve --listen {host}:0    a free port",
                "cpoctl status    whether a server runs; with it: cpoctl commission CHARGER",
            )
            raise
        yield place


def arrived(client: "Client", charger: str | None, serve: bool, seconds: float) -> "tuple[Heard, str]":
    """Wait until the charger is there; who it is."""
    from cpoctl.cli.bench import Heard

    if not serve:
        detail = client.request("GET", f"/v1/chargers/{_quoted(charger or '')}")
        charger = detail["charger_id"]
        if detail["connected"]:
            return Heard(client, charger), detail["charger_id"]
    heard = Heard(client, None if serve else charger)
    terminal.note(f"waiting for {charger or 'a charger'} to connect; Ctrl-C ends it")
    frame = heard.first(lambda frame: _is_of(frame, charger), heard.earlier, seconds)
    if frame is None:
        raise TimedOut(
            f"{charger} did not connect within {seconds:g} s"
            if charger
            else f"no charger connected within {seconds:g} s",
            hints=[
                "cpoctl doctor    which addresses chargers can use",
                "cpoctl commission --serve --arrives-within 1h",
            ],
        )
    terminal.note(f"{frame.charger_id} is here")
    return heard, frame.charger_id


def _is_of(frame: "Frame", charger: str | None) -> bool:
    return frame.sender == "charger" and (charger is None or frame.charger_id.casefold() == charger.casefold())


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def _settings(listen: str) -> "ServeSettings":
    from cpoctl.config import ServeSettings

    host, colon, port = listen.rpartition(":")
    if not (host and colon and port.isdigit() and int(port) < 65536):
        raise UsageProblem(
            f"--listen {listen} is not HOST:PORT", hints=["cpoctl commission --serve --listen 0.0.0.0:9000"]
        )
    return ServeSettings(listen=listen, ephemeral=True, accept_all=True)


def bench_of(
    client: "Client",
    heard: "Heard",
    name: str,
    given: dict[str, Any],
    within: float | None,
    choices: Choices,
    *,
    serve: bool,
) -> "ServedBench":
    from cpoctl.cli.bench import ServedBench

    return ServedBench(
        client,
        heard,
        name,
        evse_id=given["evse"],
        tag=given["tag"] or (TAG if serve else None),
        patience=choices.seconds or _ANSWER_WITHIN,
        within=within,
        asked=_asking(choices),
    )


def _asking(choices: Choices) -> "Asked":
    def ask(what: str) -> str | None:
        if choices.yes:
            return None
        if choices.no_input or not terminal.can_ask():
            return f"nobody could be asked to {what}"
        answer = terminal.asked(f"please {what}, then press Enter (s skips): ")
        return "as answered" if answer.lower().startswith("s") else None

    return ask


def _untouched(bench: "ServedBench", choices: Choices) -> "Verdict | None":
    """Why the charger may not be disturbed; None when it may. A car that charges is only disturbed by who is asked."""
    from cpoctl.commissioning import skipped

    charger_id = bench.charger_id
    again = f"cpoctl commission {charger_id} --yes    does it without asking"
    look = f"cpoctl session list --charger {charger_id} --open    what that is, and whether it is stuck"
    sessions = bench.sessions()
    told = f"{'session' if len(sessions) == 1 else 'sessions'} {', '.join(sessions)} open" if sessions else ""
    if sessions:
        terminal.note(f"note: {charger_id} has {told}")
    if choices.yes:
        return skipped(f"it disturbs the charger, which has {told}", look) if sessions else None
    if choices.no_input or not terminal.can_ask():
        return skipped("it disturbs the charger, and nobody could be asked", look if sessions else again)
    who = f"{charger_id}, which has {told}" if sessions else charger_id
    if terminal.asked(f"start and stop a session, unlock and restart {who}? [y/N] ").lower() in ("y", "yes"):
        return None
    return skipped("not wanted, as it disturbs the charger", again)


def through(
    bench: "ServedBench", skip: frozenset[str], url: str | None, choices: Choices, cut_short: "Callable[[Report], None]"
) -> "Report":
    """Go through the checklist. `cut_short` is given what there is when a person or a signal ends it before."""
    from cpoctl.clock import SystemClock, stored
    from cpoctl.commissioning import checklist
    from cpoctl.ocpp.heard import ENDED

    clock = SystemClock()
    started = stored(clock.now())
    done = []
    untouched = _untouched(bench, choices)
    try:
        for step in checklist.run(bench, skip, untouched, _begins):
            done.append(step)
            terminal.note(f"  {step.verdict.result:<8}{step.verdict.found}")
    except (KeyboardInterrupt, SystemExit):
        all_steps = [*done, *_undone(bench, done)]
        cut_short(_report(bench, all_steps, url, started, stored(clock.now()), whole=False))
        if bench.transaction_id is not None and not any(f.step and f.step.kind == ENDED for f in bench.heard()):
            terminal.note(
                f"note: the session that was started still runs: cpoctl session stop {bench.charger_id} --yes"
            )
        raise
    return _report(bench, done, url, started, stored(clock.now()))


def _undone(bench: "ServedBench", done: "list[Done]") -> "Iterator[Done]":
    """The steps that were not reached or not ended, so that nobody takes the report for a whole one."""
    from cpoctl.commissioning import checklist, skipped

    over = {step.step for step in done}
    since = done[-1].until if done else bench.origin
    for name, title in checklist.titles().items():
        if name not in over:
            yield checklist.Done(
                name, title, skipped("not done: the checklist was ended before"), 0.0, since, bench.mark()
            )
            since = bench.mark()


def _begins(name: str, title: str) -> None:
    terminal.note(f"{name}: {title} …")


def _report(
    bench: "ServedBench", done: "list[Done]", url: str | None, started: str, ended: str, *, whole: bool = True
) -> "Report":
    from cpoctl import __version__
    from cpoctl.commissioning import Result
    from cpoctl.commissioning.report import Report, StepRow, evidence
    from cpoctl.knowledge import known
    from cpoctl.ocpp.heard import boot

    steps = [
        StepRow(
            step.step, step.title, step.verdict.result, step.verdict.found, list(step.verdict.tries), step.took_s,
            [evidence(frame) for frame in bench.between(step.since, step.until)],
        )
        for step in done
    ]  # fmt: skip
    boots = bench.heard("BootNotification")
    it = boot(boots[-1].payload if boots else {})
    broken = [f"{f.action}: {rule}" for f in bench.between(bench.origin, bench.mark()) for rule in f.violations]
    return Report(
        charger_id=bench.charger_id,
        vendor=it.vendor,
        model=it.model,
        firmware=it.firmware,
        serial=it.serial,
        url=url,
        version=__version__,
        started_at=started,
        ended_at=ended,
        passed=whole and all(step.result is not Result.FAIL for step in steps),
        steps=steps,
        violations=list(dict.fromkeys(broken)),
        known=[f"{quirk.says} ({', '.join(quirk.sources)})" for quirk in known(it.vendor, it.model, it.firmware)],
    )


def let_try(hints: list[str], socket: str | None, choices: Choices) -> list[str]:
    """Keep a temporary server until a person has tried what the report names; nobody there, nothing kept.

    What is then left to try, after the server has gone.
    """
    if socket is None or not hints:
        return hints
    if choices.no_input or choices.yes or not terminal.can_ask():
        return [_SERVE_AGAIN, *hints]
    terminal.note("the temporary server goes on, to try things in another terminal:")
    for hint in hints:
        terminal.note(f"  {hint.replace('cpoctl ', f'cpoctl --server {socket} ', 1)}")
    terminal.asked("Enter ends it: ")
    return [_SERVE_AGAIN, *hints]
