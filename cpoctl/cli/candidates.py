"""Candidates: the values that an option or an argument could have, asked of whatever knows them."""

import os
from collections.abc import Iterator

from cpoctl.cli.choices import Choices
from cpoctl.errors import CpoctlError
from cpoctl.operations import Operation
from cpoctl.parameters import Parameter
from cpoctl.table import fields, record

Found = Iterator[tuple[str, str]]

_LIMIT = "100ms"
_NAMED = {"target": "charger"} | {
    name: name
    for name in (
        "charger",
        "tag",
        "site",
        "owner",
        "session",
        "key",
        "profile",
        "alert",
        "image",
        "campaign",
        "upload",
        "tariff",
        "series",
    )
}
_COLORS = ("auto", "always", "never")


def of_parameter(parameter: Parameter, current: str, given: list[str]) -> Found:
    """Values of a parameter of an operation; `given` are the words before it."""
    if parameter.choices:
        yield from ((word, "") for word in parameter.choices)
    elif parameter.name == "status":
        from cpoctl.operations.charger import STATUSES

        yield from ((status, "") for status in STATUSES)
    elif parameter.kind == "action":
        yield from _actions()
    elif parameter.kind == "currency":
        from cpoctl.domain.currencies import DECIMALS

        yield from ((code, "") for code in sorted(DECIMALS))
    elif parameter.kind == "variable":
        yield from _names("variable", current, given[0] if given else "")
    elif kind := _NAMED.get(parameter.kind):
        yield from _names(kind, current)


def of_chargers(current: str) -> Found:
    """The chargers that a command takes which is no operation."""
    yield from _names("charger", current)


def of_option(name: str, kind: type[Operation] | None, current: str) -> Found:
    """Values of a global option."""
    if name in ("-o", "--output"):
        from cpoctl import formats, plugins

        yield from ((word, "") for word in plugins.names(formats))
    elif name == "--color":
        yield from ((word, "") for word in _COLORS)
    elif name in ("--fields", "--sort") and kind is not None:
        done = current.rpartition(",")[0] + "," if "," in current and name == "--fields" else ""
        minus = "-" if name == "--sort" and current.startswith("-") else ""
        yield from ((f"{done}{minus}{field.name}", "") for field in fields(kind.row))
    elif name in ("-C", "--context"):
        yield from ((word, settings.server or "") for word, settings in Choices().known().context.items())


def _actions() -> Found:
    from cpoctl.ocpp import Version, schemas

    versions: dict[str, list[str]] = {}
    for version in Version:
        for action in schemas.every(version):
            versions.setdefault(action, []).append(version)
    yield from ((action, "OCPP " + ", ".join(having)) for action, having in sorted(versions.items()))


def _names(kind: str, current: str, of: str = "") -> Found:
    from cpoctl.cli import reach
    from cpoctl.names import Names

    choices = Choices(quiet=True, timeout=_LIMIT)
    choices.settle(os.environ)
    choices.timeout = _LIMIT
    wanted = Names(kind=kind, prefix=current, of=of)
    try:
        rows = reach.query(wanted, choices)
    except CpoctlError:  # a server that is named but slow or away: the file knows the names as well
        rows = reach.offline(lambda reader: record(wanted.select(reader.read)), choices)
    yield from ((row["name"], row["help"]) for row in rows)
