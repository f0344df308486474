"""Again: command lines to paste: what was given with what it lacked, and how to start the server that is missing."""

import os
from typing import TYPE_CHECKING

from cpoctl import places
from cpoctl.domain.secrets import MASK, is_secret

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cpoctl.cli.choices import Choices

_NAMING = ("CPOCTL_SERVER", "CPOCTL_SOCKET", "CPOCTL_CONTEXT")


def again(choices: "Choices", *added: str) -> str:
    """`cpoctl charger reset HQ-07 --yes`: the words as given and the ones added, before a `--` that ends the options."""
    words = _harmless(choices.args)
    end = words.index("--") if "--" in words else len(words)
    return _line("cpoctl", *words[:end], *added, *words[end:])


def otherwise(choices: "Choices", word: str, instead: str) -> str | None:
    """The words as given with another one in the place of one; None where that one was not among them."""
    words = _harmless(choices.args)
    if word not in words:
        return None
    return _line("cpoctl", *(instead if each == word else each for each in words))


def _harmless(args: "Sequence[str]") -> list[str]:
    """The words without the secret that `var set` was given: hints end up in logs."""
    words = list(args)
    if {"var", "set"} <= set(words):
        for place in range(1, len(words)):
            if is_secret(words[place - 1]) and words[place - 1][:1] != "-":
                words[place] = MASK
    return words


def start(choices: "Choices") -> str:
    """How to start the server that is missing, on the same database."""
    return f"{_line('cpoctl', 'serve', *(['--db', choices.db] if choices.db else []))}    start it"


def from_file(choices: "Choices") -> list[str]:
    """How to read the same from the database file, where there is one; for when the server that was named is away."""
    path = places.database_path(choices.db)
    if not path.exists() or not (choices.server or "").startswith("unix:"):
        return []
    words, is_value = [], False
    for word in choices.args:
        if not is_value and word != "--server" and not word.startswith("--server="):
            words.append(word)
        is_value = word == "--server"
    named = [f"{name}=" for name in _NAMING if os.environ.get(name)]
    given = [] if choices.db and "--db" in words else ["--db", str(path)]
    return [f"{' '.join([*named, _line('cpoctl', *given, *words)])}    read the database file instead"]


def _line(*words: str) -> str:
    from shlex import join  # only for who needs a hint

    return join(words)
