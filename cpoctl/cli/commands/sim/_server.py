"""Which server simulated chargers connect to, and what it means when that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cpoctl.cli import reach
from cpoctl.errors import Denied, ServerDown, UsageProblem
from cpoctl.simulator import HandshakeRefused, LinkLost

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices


def address(url: str | None, choices: "Choices") -> str:
    """Where to connect: the URL that was given, or the address of the cpoctl server. Raises UsageProblem, ServerDown."""
    if url is None:
        return _own(choices)
    parts = urlsplit(url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise UsageProblem(
            f"--url {url} is not ws://HOST:PORT/…", hints=["cpoctl sim run CP-1 --url ws://localhost:9000/"]
        )
    return url


def _own(choices: "Choices") -> str:
    client = reach.server(choices)
    if client is None:
        raise ServerDown(
            "no cpoctl server runs on this machine, and no --url says where another is",
            hints=["cpoctl serve --ephemeral --accept-all", "cpoctl sim run CP-1 --url ws://localhost:9000/"],
        )
    return str(client.request("GET", "/v1/status")["address"])


@contextmanager
def connecting(url: str, *, own: bool) -> Iterator[None]:
    """Tell a line that cannot be had as the command line tells errors. A password that is wrong is Denied.

    `own` is the server that was found without a URL: only about that one cpoctl can tell more.
    """
    try:
        yield
    except HandshakeRefused as error:
        hints = ["cpoctl charger unknown    who was refused, and why", "cpoctl log tail"]
        raise Denied(f"{url}: {error}", target=url, hints=hints if own else ()) from error
    except LinkLost as error:
        raise ServerDown(f"{url}: {error}", target=url, hints=["cpoctl status"] if own else ()) from error
