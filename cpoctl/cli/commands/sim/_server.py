"""Which server simulated chargers connect to, and what it means when that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cpoctl.cli import reach
from cpoctl.errors import CpoctlError, Denied, ServerDown, UsageProblem
from cpoctl.simulator import HandshakeRefused, LinkLost

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

HINT_WITHIN_S: Final = 2.0
"""An error is not told much later for the sake of a better hint."""


@dataclass(frozen=True)
class Target:
    """Where simulated chargers connect to."""

    url: str
    choices: "Choices"
    named: bool
    """Somebody gave the URL; else it is the server of this machine."""

    def hints(self, *hints: str) -> list[str]:
        """Hints that help only where the server is the cpoctl server that commands without a URL would find."""
        return list(hints) if not self.named or self._is_ours() else []

    def _is_ours(self) -> bool:
        try:
            ours, given = urlsplit(_own(self.choices, within=HINT_WITHIN_S)), urlsplit(self.url)
            return given.port == ours.port and given.hostname in (ours.hostname, "localhost", "127.0.0.1", "::1")
        except (CpoctlError, ValueError):  # nobody there, or no port
            return False

    @contextmanager
    def connecting(self) -> Iterator[None]:
        """Tell a line that cannot be had as the command line tells errors. A password that is wrong is Denied."""
        try:
            yield
        except HandshakeRefused as error:
            hints = self.hints("cpoctl charger unknown    who was refused, and why", "cpoctl log tail")
            raise Denied(f"{self.url}: {error}", target=self.url, hints=hints) from error
        except LinkLost as error:
            raise ServerDown(f"{self.url}: {error}", target=self.url, hints=self.hints("cpoctl status")) from error


def target(url: str | None, choices: "Choices") -> Target:
    """The URL that was given, or the address of the cpoctl server. Raises UsageProblem, ServerDown."""
    if url is None:
        return Target(_own(choices), choices, named=False)
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise UsageProblem(
            f"--url {url} is not ws://HOST:PORT/…", hints=["cpoctl sim run CP-1 --url ws://localhost:9000/"]
        )
    return Target(url, choices, named=True)


def _own(choices: "Choices", *, within: float | None = None) -> str:
    client = reach.server(choices)
    if client is None:
        raise ServerDown(
            "no cpoctl server runs on this machine, and no --url says where another is",
            hints=["cpoctl serve --ephemeral --accept-all", "cpoctl sim run CP-1 --url ws://localhost:9000/"],
        )
    if within is not None:
        client.timeout = within
    return str(client.request("GET", "/v1/status")["address"])
