"""Set up a server: config, database and, for operators elsewhere, a certificate and a first key."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from typer._click import types
from typer._click.globals import get_current_context
from typer.core import TyperCommand, TyperOption

from cpoctl import app, places
from cpoctl.cli import config_file, output, terminal
from cpoctl.cli.choices import Choices
from cpoctl.cli.flags import options
from cpoctl.cli.settings import must_write
from cpoctl.config import Config, ServeSettings
from cpoctl.errors import UsageProblem
from cpoctl.table import Column, clean, record

_UNIT = Path(__file__).parent.parent / "cpoctl.service"
_ONCE = "made, shown this once"
_AGAIN = "cpoctl init --force …    changes what was set up before"


@dataclass(frozen=True)
class Step:
    """One thing that a server needs. `where` of a key is the key itself, which is told this once."""

    what: Annotated[str, Column("WHAT")]
    where: Annotated[str, Column("WHERE")]
    state: Annotated[str, Column("STATE")]


@dataclass(frozen=True)
class _Wanted:
    """What the caller wants; None leaves it as it is."""

    listen: str | None
    api_listen: str | None
    admin: str
    force: bool


def command() -> TyperCommand:
    """`cpoctl init`."""
    return TyperCommand(
        "init",
        help="Set up a server: config, database and, for operators elsewhere, a certificate and a first admin key. "
        "Asks at a terminal. Done again, it leaves alone what is there.",
        params=[
            _text("--listen", "HOST:PORT", f"where chargers connect (default {ServeSettings.listen})"),
            _text("--api-listen", "HOST:PORT", "where operators on other machines ask, over HTTPS with a key"),
            _text("--admin", "NAME", "the name of the first admin key (default admin)"),
            _flag("--force", "change what the config says otherwise"),
            _flag("--systemd", "only print a unit for systemd"),
            *options(hidden=True),
        ],
        callback=_init,
        epilog="\b\nExamples:\n  cpoctl init --no-input\n  cpoctl init --listen 0.0.0.0:9000 --api-listen 0.0.0.0:9443\n"
        "  cpoctl init --systemd > /etc/systemd/system/cpoctl.service",
        rich_markup_mode=None,
    )


def _text(name: str, metavar: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], type=types.STRING, metavar=metavar, help=help)


def _flag(name: str, help: str) -> TyperOption:
    return TyperOption(param_decls=[name], is_flag=True, help=help)


def _init(
    listen: str | None, api_listen: str | None, admin: str | None, force: bool | None, systemd: bool | None
) -> None:
    choices: Choices = get_current_context().obj
    if systemd:
        sys.stdout.write(_UNIT.read_text(encoding="utf-8").replace("@CPOCTL@", _program()))
        return
    must_write(choices)
    choices.config = choices.config or os.environ.get("CPOCTL_CONFIG")
    path, db = config_file.chosen(choices), choices.db or os.environ.get("CPOCTL_DB")
    known = _known(choices, path)
    wanted = _asked(_Wanted(listen, api_listen, admin or "admin", bool(force)), known, choices)
    _must_be_addresses(wanted)
    steps = [*_configured(path, known, wanted)]
    known = _known(choices, path)
    steps += _certified(path, known)
    steps += _founded(places.database_path(db or known.serve.db).absolute(), known, wanted.admin)
    if choices.quiet and not choices.format:
        steps = [step for step in steps if step.state == _ONCE]  # never lost
    output.rows([record(step) for step in steps], Step, choices, many=True)
    if not choices.quiet:
        _tell_what_next(path, known, db)


def _known(choices: Choices, path: Path) -> Config:
    from cpoctl.config import load

    if choices.config:
        return load(path) if path.exists() else Config()
    return load()


def _asked(wanted: _Wanted, known: Config, choices: Choices) -> _Wanted:
    """Ask at a terminal for what no flag says."""
    if choices.no_input or choices.yes or not terminal.can_ask():
        return wanted
    listen = wanted.listen or _answer("Where chargers connect", known.serve.listen)
    api = wanted.api_listen or _answer("Where operators on other machines ask (- for nowhere)", known.api.listen or "-")
    return _Wanted(listen, None if api == "-" else api, wanted.admin, wanted.force)


def _answer(question: str, default: str) -> str:
    return terminal.asked(clean(f"{question} [{default}]: ", 400)) or default


def _must_be_addresses(wanted: _Wanted) -> None:
    for text in (wanted.listen, wanted.api_listen):
        host, colon, port = (text or "x:1").rpartition(":")
        if not (host and colon and port.isascii() and port.isdigit() and int(port) < 65536):
            raise UsageProblem(f"{text} is not HOST:PORT", hints=["cpoctl init --listen 0.0.0.0:9000"])


def _configured(path: Path, known: Config, wanted: _Wanted) -> list[Step]:
    """Write what is new into the config."""
    asked = {("serve", "listen"): wanted.listen, ("api", "listen"): wanted.api_listen}
    existed, changed = path.exists(), False
    for (section, key), value in asked.items():
        current = known.origin.get(f"{section}.{key}") and getattr(getattr(known, section), key)
        if value is None or value == current:
            continue
        if current is not None and not wanted.force:
            raise UsageProblem(f"{section}.{key} is {current} already, not {value}", target=str(path), hints=[_AGAIN])
        config_file.change(path, section, {key: value})
        changed = True
    if not path.exists():
        config_file.write(path, "# cpoctl: `cpoctl config schema` lists every key.\n")
        changed = True
    return [Step("config", str(path), "changed" if changed and existed else "made" if changed else "kept")]


def _certified(path: Path, known: Config) -> list[Step]:
    if known.api.listen is None or known.api.plain:
        return []
    if known.api.cert is not None:
        return [Step("certificate", known.api.cert, "kept")]
    chain, key = path.absolute().parent / "tls" / "chain.pem", path.absolute().parent / "tls" / "key.pem"
    made = not (chain.exists() and key.exists())
    if made:
        app.certify(chain, key, known.api.listen)
    config_file.change(path, "api", {"cert": str(chain), "key": str(key)})
    return [Step("certificate", str(chain), "made" if made else "kept")]


def _founded(db: Path, known: Config, admin: str) -> list[Step]:
    existed = db.exists()
    if app.find_server(db) is not None:  # what runs on it has it open
        return [Step("database", str(db), "kept")]
    secret = app.found_database(db, admin if known.api.listen else None)
    steps = [Step("database", str(db), "kept" if existed else "made")]
    return [*steps, Step(f"key {admin}", secret, _ONCE)] if secret else steps


def _tell_what_next(path: Path, known: Config, db: str | None) -> None:
    more = f" --config {path}" if path not in places.config_files() else ""
    more += f" --db {db}" if db else ""
    terminal.note(f"next:  cpoctl serve{more}    start it")
    terminal.note("       cpoctl charger add HQ-07    let a charger in")
    if known.api.listen:
        port = known.api.listen.rpartition(":")[2]
        terminal.note("elsewhere, with the key in a file and a copy of the certificate:")
        terminal.note(
            f"       cpoctl context add NAME --server https://HOST:{port} --key-file FILE --ca-file chain.pem"
        )


def _program() -> str:
    """The command as the unit must name it."""
    from shutil import which

    found = which("cpoctl")
    return found or str(Path(sys.argv[0]).absolute())
