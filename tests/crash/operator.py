"""An operator beside the crash: the command line in a process of its own, and the readiness that a monitor asks for."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.support.servers import database


class OperatorShell:
    """A shell whose commands mean the server that works in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `cpoctl` with these words."""
        where = {"CPOCTL_SOCKET": str(self._folder / "c.sock"), "CPOCTL_DB": str(database(self._folder))}
        return subprocess.run(
            [sys.executable, "-m", "cpoctl", *words],
            env={**os.environ, **where},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def readiness(self) -> int:
        """Return the HTTP status of /readyz."""
        with httpx.Client(transport=httpx.HTTPTransport(uds=str(self._folder / "c.sock"))) as http:
            return http.get("http://localhost/readyz").status_code
