"""Beside: a server in a process of its own for as long as something here needs it, such as a dashboard."""

import re
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from cpoctl.errors import ServerDown

_ADDRESS = re.compile(r"(?:operators use |--server unix:)(\S+)")
_READY_WITHIN_S = 30.0
_ENDS_WITHIN_S = 15.0


@dataclass
class Beside:
    """The other process: where its server is, and after its end what it said on stdout."""

    server: str
    said: str = ""


@contextmanager
def beside(words: Sequence[str]) -> Iterator[Beside]:
    """Run `cpoctl` with these words until the block ends. Raises ServerDown with its last words if it does not start."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(  # noqa: S603 # ourselves
            [sys.executable, "-m", "cpoctl", *words],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.PIPE,
            text=True,
        )
        listening = _Listening(process.stderr)
        try:
            place = Beside(f"unix:{listening.address(words)}")
            yield place
        finally:
            process.terminate()
            try:
                process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            listening.join()
        said.seek(0)
        place.said = said.read()


class _Listening:
    """Reads what the process narrates, so that it never waits for a reader."""

    def __init__(self, narration: IO[str] | None) -> None:
        assert narration is not None  # noqa: S101 # it was asked for
        self._narration = narration
        self._last: deque[str] = deque(maxlen=20)
        self._known = threading.Event()
        self._address: str | None = None
        self._thread = threading.Thread(target=self._read, name="server beside", daemon=True)
        self._thread.start()

    def address(self, words: Sequence[str]) -> str:
        """Where its server is, once it is ready."""
        self._known.wait(_READY_WITHIN_S)
        if self._address is None:
            told = [line.removeprefix("error: ") for line in self._last if line.startswith("error:")]
            hints = [line.removeprefix("hint:").strip() for line in self._last if line.startswith("hint:")]
            raise ServerDown(told[0] if told else f"cpoctl {words[0]} did not start", hints=hints or ["cpoctl serve"])
        return self._address

    def join(self) -> None:
        """Wait for its last word."""
        self._thread.join(_ENDS_WITHIN_S)
        self._narration.close()

    def _read(self) -> None:
        try:
            for line in self._narration:
                self._last.append(line.rstrip())
                if self._address is None and (found := _ADDRESS.search(line)):
                    self._address = found[1]
                    self._known.set()
        finally:
            self._known.set()
