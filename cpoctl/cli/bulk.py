"""Bulk: one operation on many targets, told line by line as each of them finishes.

The server does it as a task; this command only follows, and whoever interrupts it leaves the task running.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cpoctl.cli import danger, reach, reading, terminal
from cpoctl.cli.ending import ended_in_order
from cpoctl.cli.listed import said
from cpoctl.cli.perform import perform
from cpoctl.cli.rehearsing import rehearse
from cpoctl.cli.targeting import is_one
from cpoctl.cli.telling import Telling
from cpoctl.errors import NotFound, ServerDown, from_json
from cpoctl.operations import Act
from cpoctl.operations.charger import ChargerRow
from cpoctl.operations.charger.pick import PickChargers
from cpoctl.operations.session.list import ListSessions
from cpoctl.operations.task import TargetRow, must_have_succeeded
from cpoctl.operations.task.show import ShowTask
from cpoctl.operations.task.watch import WatchTask
from cpoctl.parameters import targeted
from cpoctl.routes import asked
from cpoctl.targets import HINTS, is_plain, must_select

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.cli.moving import Bars
    from cpoctl.client import Client


def on_targets(
    kind: type[Act], words: Sequence[str], selectors: dict[str, Any], values: dict[str, Any], choices: "Choices"
) -> None:
    """Do it for all that the words and selectors name; one of them alone is done as it always is."""
    client = reach.needed(choices)
    parameter = targeted(kind)
    name, named = (parameter.name, parameter.kind) if parameter else ("", "")
    one = is_one(list(words), selectors) and not choices.where
    targets = (
        _picked(words, selectors, choices.where, client, of_waiting=kind.of_waiting)
        if named == "charger"
        else _sessions(said(words, named), client)
    )
    choices = replace(choices, where=None)  # it chose the targets; their outcomes are all told
    if choices.save is not None:
        from cpoctl.cli.handing import must_take

        must_take(choices.save, len(targets), choices)
    if choices.dry_run:
        rehearse(kind, values, targets, choices)
    elif len(targets) == 1 and not choices.plan and choices.format != "json":  # an array, however many were found
        perform(kind(**values, **{name: targets[0]}), choices)
    else:
        about = kind(**values, **{name: targets[0] if len(targets) == 1 else f"{len(targets)} targets"})
        danger.allow(about, choices, targets)
        body = {"operation": kind.path, "targets": targets, "plan": choices.plan}
        begun = client.ask(asked(kind, values, body))
        with _bars(kind, begun["targets"], choices) as bars:
            done, waiting, telling = _follow(
                client, begun["task_id"], begun["targets"], choices, bars, one=one, kind=kind
            )
        _conclude(client, begun["task_id"], done, waiting, telling, choices)


def _picked(
    words: Sequence[str], selectors: dict[str, Any], where: str | None, client: "Client", *, of_waiting: bool = False
) -> list[str]:
    """The targets, each once. The server is asked where a word may mean several."""
    every = bool(selectors.pop("all", False))
    told = said(words, "charger") if words else []
    every = every or bool(where and not told)
    chosen = PickChargers(targets=tuple(told), all=every, waiting=of_waiting, **selectors)
    must_select(told, chosen, every=every)
    if not chosen.narrows and not where and told and all(map(is_plain, told)):
        return told
    rows = _looked_up(chosen, words, client)
    if where:
        from cpoctl.filters import matching

        rows = [row for row in rows if matching(ChargerRow, where)(row["charger"])]
        if not rows:
            raise NotFound("the selection is empty: no charger fits it", hints=HINTS)
    return [row["target"] for row in rows]


def _sessions(told: Sequence[str], client: "Client") -> list[str]:
    """The sessions that words name, each once: a glob those that are open now at the places that it fits."""
    found: dict[str, None] = {}
    for part in (part.strip() for word in told for part in word.split(",") if part.strip()):
        found |= dict.fromkeys([part] if is_plain(part) else _open_at(part, client))
    return list(found)


def _open_at(glob: str, client: "Client") -> list[str]:
    """The numbers of the open sessions at the chargers or EVSEs that a glob fits. Raises NotFound."""
    places = {row["target"] for row in client.run(PickChargers(targets=(glob,)))}
    rows = client.run(ListSessions(open=True))
    here = [row for row in rows if places & {row["charger_id"], f"{row['charger_id']}:{row['evse_id']}"}]
    if not here:
        raise NotFound(
            f"no open session fits {glob}", target=glob, hints=["cpoctl session list --open    all that are"]
        )
    return [row["session_id"] for row in here]


def _looked_up(chosen: PickChargers, words: Sequence[str], client: "Client") -> list[dict[str, Any]]:
    """What the server finds. Raises UsageProblem for `@FILE` where there is neither such a file nor such a charger."""
    try:
        found: list[dict[str, Any]] = client.run(chosen)
        return found
    except NotFound as error:
        for word in words:
            if word.startswith("@") and error.target == word:
                reading.text(word, "targets")
        raise


def _bars(kind: type[Act], targets: list[str], choices: "Choices") -> "Bars":
    from cpoctl.cli.moving import Bars  # threads, which most commands do without

    return Bars(kind, targets, choices)


def _follow(
    client: "Client",
    task_id: int,
    targets: list[str],
    choices: "Choices",
    bars: "Bars",
    *,
    one: bool,
    kind: type[Act],
) -> "tuple[list[TargetRow], list[TargetRow], Telling]":
    """Tell each target as it finishes; those that did, and those that wait. They are waited for if the caller waits."""
    telling = Telling(targets, choices, one=one, kind=kind.row)
    done: dict[int, TargetRow] = {}
    waiting: dict[int, TargetRow] = {}
    try:
        with ended_in_order():
            for told in client.events(WatchTask(task=task_id)):
                position, row = told.data["position"], _row(told.data)
                if row.ok is None:
                    waiting[position] = row
                    if choices.wait and not choices.quiet:
                        with bars.aside():
                            terminal.note(f"{row.target} waits for its charger")
                elif position not in done:
                    waiting.pop(position, None)
                    done[position] = row
                    bars.done(row.target)
                    with bars.aside():
                        telling.tell(row)
                if len(done) + (0 if choices.wait else len(waiting)) == len(targets):
                    break
            else:
                raise ServerDown("the server ended the stream")
    except (KeyboardInterrupt, SystemExit):
        bars.end()
        telling.end()
        terminal.note(f"task {task_id} goes on in the server: {len(done)} of {len(targets)} targets have a result")
        terminal.note(f"hint:  cpoctl task watch {task_id}    or cpoctl task cancel {task_id} --yes")
        raise
    except ServerDown as error:
        bars.end()
        telling.end()
        terminal.note(f"task {task_id}: {len(done)} of {len(targets)} targets had a result before the server was gone")
        error.hints = (f"cpoctl task show {task_id}    once it is back", *error.hints)
        raise
    return list(done.values()), list(waiting.values()), telling


def _conclude(
    client: "Client",
    task_id: int,
    done: list[TargetRow],
    waiting: list[TargetRow],
    telling: Telling,
    choices: "Choices",
) -> None:
    """Tell what waits and how it went in all. Raises what the one target failed of, or that some have."""
    for row in waiting:
        telling.tell(row)
    telling.end()
    if choices.save is not None:
        from cpoctl.cli.handing import saved

        saved([{"target": row.target, **(row.result or {})} for row in done], choices)
    if waiting and not choices.quiet:
        terminal.note(f"hint:  cpoctl charger queue    what waits; cpoctl task watch {task_id} follows it")
    telling.summarise(task_id, [*done, *waiting])
    if len(done) + len(waiting) == 1 and done and not done[0].ok:
        raise from_json(client.run(ShowTask(task=task_id))["results"][0]["error"])
    must_have_succeeded(task_id, [*done, *waiting])


def _row(data: dict[str, Any]) -> TargetRow:
    return TargetRow(data["target"], data["ok"], data["status"], data["latency_ms"], data["error"], data["result"])
