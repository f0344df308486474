"""Paging: what is longer than the screen goes through the reader's pager."""

import os
import shlex
import subprocess
from collections.abc import Iterable

from cpoctl.cli import output, terminal

_USUAL = "less"


def show(texts: Iterable[str]) -> None:
    """Show the text, in a pager when it does not fit; as it is where no pager can be had."""
    text = "".join(texts)
    command = os.environ.get("CPOCTL_PAGER") or os.environ.get("PAGER") or _USUAL
    if text.count("\n") < terminal.rows() or not _paged(shlex.split(command), text):
        output.write([text])


def _paged(command: list[str], text: str) -> bool:
    environment = {"LESS": "FRX", **os.environ}
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, errors="backslashreplace", env=environment)  # noqa: S603 # the caller's own choice
    except OSError:
        return False
    try:
        pager.communicate(text)
    except BrokenPipeError:  # it was left before its end
        pager.wait()
    return True
