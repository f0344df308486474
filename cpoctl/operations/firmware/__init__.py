"""Firmware: give a charger another one, from a place that it can reach.

Here is also what every transfer has in common: where it goes, how often it is tried, which number it has.
"""

import secrets
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from cpoctl.errors import Refused, UsageProblem
from cpoctl.ocpp.asks.firmware import Pace
from cpoctl.operations import BITS_31, Option, Outcome

if TYPE_CHECKING:
    from cpoctl.domain.fleet import LiveFleet

SCHEMES = ("http", "https", "ftp", "ftps", "sftp")
Url = Annotated[str, Option("where: http, https, ftp, ftps or sftp")]
OwnUrl = Annotated[
    str | None, Option("a place of your own, by http, https, ftp, ftps or sftp; the server's own without it")
]
OverFtp = Annotated[bool, Option("by FTP at once, without trying HTTP before")]
Retries = Annotated[
    int | None, Option("how often the charger tries again; it chooses without it", least=0, most=BITS_31)
]
RetryInterval = Annotated[float | None, Option("how long it waits between tries", kind="duration")]
CREDENTIALS = "the URL holds credentials: the charger keeps them and its log may show them; give them to nobody else"


def location(url: str, verb: str, most: int | None = None) -> str:
    """A URL as it is. Raises UsageProblem when no charger could follow it. F-42: its path is the charger's to judge"""
    try:
        parts = urlsplit(url)
        known = parts.scheme.lower() in SCHEMES and bool(parts.hostname)
    except ValueError:
        known = False
    if not known or any(character.isspace() or not character.isprintable() for character in url):
        raise UsageProblem(
            f"that is no URL of the kind {', '.join(SCHEMES)}",
            hints=[f"cpoctl {verb} --help    such as --url ftp://files.example.com/chargers/"],
        )
    if most is not None and len(url) > most:
        raise UsageProblem(
            f"the URL has {len(url)} characters, at most {most} fit here",
            hints=[f"cpoctl {verb} --help    such as --url ftp://files.example.com/chargers/"],
        )
    return url


def must_reach(url: str, charger_id: str, live: "LiveFleet") -> None:
    """Raise UsageProblem for a URL that means this machine to us and the charger itself to the charger."""
    charger = live.charger(charger_id)
    peer = charger.link.address if charger and charger.link else ""
    host = urlsplit(url).hostname or ""
    if peer and _is_loopback(host) and not _is_loopback(peer):
        raise UsageProblem(
            f"{charger_id} connects from {peer}: to it {host} is the charger itself",
            target=charger_id,
            hints=["leave --url out    the server then gives it an address that it reaches"],
        )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def warning(url: str) -> str | None:
    """What to say about a URL that holds credentials."""
    parts = urlsplit(url)
    return CREDENTIALS if parts.username or parts.password else None


def finished(outcome: Outcome, good: tuple[str, ...]) -> Outcome:
    """The outcome of a transfer by its last step. Raises Refused when that is none of the good ones."""
    if outcome.status in good:
        return outcome
    name = outcome.target
    raise Refused(
        f"{name} told {outcome.status}",
        target=name,
        hints=[f"cpoctl log list {name} --last 10    what it told on the way"],
        detail={"decided_by": "charger", "outcome": replace(outcome, ok=False)},
    )


def pace(retries: int | None, interval: float | None) -> Pace:
    """How often and how fast the charger tries, in whole seconds, as far as the operator said it."""
    return Pace(retries=retries, interval_s=None if interval is None else round(interval))


def new_request_id() -> int:
    """A number by which the charger's reports of this transfer are known; it fits 32 bits."""
    return secrets.randbelow(2**31 - 1) + 1
