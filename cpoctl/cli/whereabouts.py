"""Whereabouts: which server a command asks, and with what key (UX §4.1, §4.6).

flag > environment > context > config. A context's key is shown to that context's server only, and so is
the config's own: whoever names another server names its key as well.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpoctl.errors import NotFound, UsageProblem, nearest

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.config import Config

LOCAL = "local"
"""The context that is always there: the server on this machine."""
VARIABLES = {
    "server": ("CPOCTL_SERVER", "CPOCTL_SOCKET"),
    "db": ("CPOCTL_DB",),
    "context": ("CPOCTL_CONTEXT",),
    "key_file": ("CPOCTL_KEY_FILE",),
    "ca_file": ("CPOCTL_CA_FILE",),
}
_LIST = "cpoctl context list    all that are known"
_BACK = "cpoctl context use local    back to this machine"


def settle(choices: "Choices", environment: Mapping[str, str], known: "Config | None") -> None:
    """Fill in server, database, key and certificate, the nearest to the caller first."""
    if choices.context and choices.server:
        raise UsageProblem("--context and --server contradict each other", hints=[_LIST])
    if choices.context:  # as a flag it beats the environment as a whole
        _from_context(choices, choices.context, known)
    _from_environment(choices, environment, places=not choices.context)
    if choices.context or choices.server or choices.db:
        return
    choices.context = environment.get("CPOCTL_CONTEXT") or (known.cli.context if known else None)
    if choices.context:
        _from_context(choices, choices.context, known)
    elif known:
        _from_config(choices, known)


def _from_environment(choices: "Choices", environment: Mapping[str, str], *, places: bool) -> None:
    if places:
        socket = environment.get("CPOCTL_SOCKET")
        choices.server = choices.server or environment.get("CPOCTL_SERVER") or (f"unix:{socket}" if socket else None)
        choices.db = choices.db or environment.get("CPOCTL_DB")
    choices.key_file = choices.key_file or environment.get("CPOCTL_KEY_FILE")
    choices.ca_file = choices.ca_file or environment.get("CPOCTL_CA_FILE")


def _from_context(choices: "Choices", name: str, known: "Config | None") -> None:
    contexts = known.context if known else {}
    if name == LOCAL:
        choices.db = choices.db or ((known.cli.db or known.serve.db) if known else None)
        return
    if name not in contexts:
        raise NotFound(f"no context {name}{nearest(name, [*contexts, LOCAL])}", target=name, hints=[_LIST, _BACK])
    found = contexts[name]
    choices.server, choices.db = found.server, choices.db or found.db
    choices.key_file = choices.key_file or found.key_file
    choices.ca_file = choices.ca_file or found.ca_file
    choices.read_only = choices.read_only or found.read_only


def _from_config(choices: "Choices", known: "Config") -> None:
    choices.server, choices.db = known.cli.server, known.cli.db or known.serve.db
    choices.key_file = choices.key_file or known.cli.key_file
    choices.ca_file = choices.ca_file or known.cli.ca_file


def credentials(place: str, choices: "Choices", environment: Mapping[str, str]) -> dict[str, Any]:
    """What a server at this place wants to see, by the names that `client_for` has for it."""
    if place.startswith("unix:"):
        return {}
    return {"key": _key(choices, environment), "ca_file": choices.ca_file}


def _key(choices: "Choices", environment: Mapping[str, str]) -> str | None:
    from cpoctl.cli import reading
    from cpoctl.domain import keys

    text, source = environment.get("CPOCTL_KEY"), "CPOCTL_KEY"
    if choices.key_file:
        source = str(Path(choices.key_file).expanduser())
        _warn_of_readers(source, choices)
        text = reading.secret(source, "--key-file")
    if text and keys.read(text.strip()) is None:
        raise UsageProblem(
            f"{source} holds no key: it would be {keys.MARK}_ and what follows",
            hints=["cpoctl key create NAME --role viewer    an admin makes one, on the server"],
        )
    return text.strip() if text else None


def _warn_of_readers(name: str, choices: "Choices") -> None:
    from cpoctl.cli import terminal

    path = Path(name)
    if name != "-" and path.exists() and path.stat().st_mode & 0o077 and not choices.quiet:
        terminal.note(f"note: others can read {name}; chmod 600 {name}")
