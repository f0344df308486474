"""Run the central system: chargers connect to it, operators ask it."""

import dataclasses
import os
from typing import Any

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperOption

from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.config import ServeSettings, with_flags
from cpoctl.errors import UsageProblem, nearest

_POLICIES = ("reject", "pending", "accept")


def command() -> TyperCommand:
    """`cpoctl serve`."""
    return TyperCommand(
        "serve",
        help="Run the central system until it is told to stop. chargers (OCPP 1.6J, 2.0.1, 2.1) connect to ws://HOST:PORT/CHARGER.",
        params=[*_options(), *options(hidden=True, taken=("db",))],
        callback=_serve,
        epilog="\b\nExamples:\n  cpoctl serve\n  cpoctl serve --listen 127.0.0.1:9000 --ephemeral --accept-all",
        rich_markup_mode=None,
    )


def _options() -> list[TyperOption]:
    return [
        _text("--listen", "HOST:PORT", f"where chargers connect (default {ServeSettings.listen})"),
        _text("--db", "FILE", "the database"),
        _text("--socket", "PATH", "the operators' control socket"),
        _flag("--ephemeral", "a temporary database, removed at the end"),
        _flag("--accept-all", "let in chargers and tags that nobody added; for a bench or a laptop"),
        _text("--unknown", "|".join(_POLICIES), "what happens to chargers that nobody added"),
        _number("--heartbeat", "SECONDS", "the interval that chargers are told"),
        _text("--tls-cert", "FILE", "certificate chain: chargers then connect with wss://"),
        _text("--tls-key", "FILE", "the certificate's private key"),
        _text("--tls-listen", "HOST:PORT", "wss:// on an address of its own, beside ws:// on that of --listen"),
        _text("--api-listen", "HOST:PORT", "where operators on other machines ask, with a key, over HTTPS"),
        _text("--api-cert", "FILE", "certificate chain for --api-listen"),
        _text("--api-key", "FILE", "that certificate's private key"),
        _flag("--api-plain", "plain HTTP for --api-listen, on this machine's own address only"),
    ]


def _text(name: str, metavar: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], type=types.STRING, metavar=metavar, help=help)


def _number(name: str, metavar: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], type=types.INT, metavar=metavar, help=help)


def _flag(name: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], is_flag=True, help=help)


def _serve(**given: Any) -> None:
    from cpoctl import app

    choices: Choices = get_current_context().obj
    api = {name.removeprefix("api_"): given.pop(name) for name in list(given) if name.startswith("api_")}
    made = settings(given, choices)
    known = choices.known()
    app.serve(made, dataclasses.replace(known, api=dataclasses.replace(known.api, **_said(api))))


def _said(given: dict[str, Any]) -> dict[str, Any]:
    """What the flags say; None says nothing."""
    return {name: value for name, value in given.items() if value is not None}


def settings(given: dict[str, Any], choices: Choices) -> ServeSettings:
    """The settings of a server: config file, then environment, then flags."""
    choices.db = given.get("db") or choices.db
    choices.settle(os.environ)
    made = with_flags(choices.known().serve, **{**given, "db": choices.db, "socket": given.get("socket") or _socket()})
    _check(made)
    return made


def _socket() -> str | None:
    return os.environ.get("CPOCTL_SOCKET") or None


def _check(settings: ServeSettings) -> None:
    _check_address("--listen", settings.listen)
    if settings.tls_listen:
        _check_address("--tls-listen", settings.tls_listen)
    if settings.unknown not in _POLICIES:
        near = nearest(settings.unknown, _POLICIES)
        raise UsageProblem(
            f"--unknown {settings.unknown} is none of {', '.join(_POLICIES)}{near}",
            hints=["cpoctl serve --unknown pending"],
        )
    if bool(settings.tls_cert) != bool(settings.tls_key):
        raise UsageProblem(
            "--tls-cert and --tls-key belong together", hints=["cpoctl serve --tls-cert chain.pem --tls-key key.pem"]
        )
    if settings.tls_listen and not settings.tls_cert:
        raise UsageProblem(
            "--tls-listen needs a certificate",
            hints=["cpoctl serve --tls-listen 0.0.0.0:9444 --tls-cert chain.pem --tls-key key.pem"],
        )
    if settings.ephemeral and settings.db:
        raise UsageProblem("--ephemeral and --db contradict each other", hints=["cpoctl serve --ephemeral"])
    if settings.heartbeat < 1:
        raise UsageProblem("--heartbeat must be at least 1 second", hints=["cpoctl serve --heartbeat 300"])


def _check_address(flag: str, where: str) -> None:
    host, _, port = where.rpartition(":")
    if not (host and port.isdigit() and int(port) < 65536):
        raise UsageProblem(f"{flag} {where} is not HOST:PORT", hints=["cpoctl serve --listen 0.0.0.0:9000"])
