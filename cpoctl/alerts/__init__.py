"""Rules of alerts: one file a rule, whose name is the rule's. Pure: from the live state to what is found broken.

A rule has `SEVERITY`; `TRIES`, commands for whoever is called, with `{charger}` for the id; `WATCHES`, the kinds of events
after which it looks again, and `place(event)`, at which EVSE (None: the charger and its connection); `places(charger)`,
everywhere it may look; and `finding(charger, evse_id, at)`. What it finds opens the alert, that it finds nothing
resolves it. Only chargers that may charge are looked at.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from cpoctl import alerts, events, plugins
from cpoctl.config import AlertSettings
from cpoctl.domain.alerts import Severity
from cpoctl.domain.live import LiveCharger

_TEXT_MOST = 200


@dataclass(frozen=True)
class Moment:
    """When a rule looks, in a server that has run since `started_at`."""

    now: datetime
    started_at: datetime
    settings: AlertSettings


@dataclass(frozen=True)
class Finding:
    """Something is broken since then. With `due` it is an alert from then on only, if it is still found by then.

    Of an alert that is open only a finding that tells more (`telling`) changes the words.
    """

    since: str
    what: str
    due: datetime | None = None
    telling: bool = True


class Rule(Protocol):
    """A file of this package."""

    SEVERITY: Severity
    TRIES: tuple[str, ...]
    WATCHES: tuple[type[events.Event], ...]

    def place(self, event: events.Event) -> int | None:
        """The EVSE at which to look after this event; None: at the charger and its connection."""

    def places(self, charger: LiveCharger) -> Iterable[int | None]:
        """Everywhere at this charger."""

    def finding(self, charger: LiveCharger, evse_id: int | None, at: Moment) -> Finding | None:
        """What is broken there; None: nothing."""


def rules() -> Mapping[str, Rule]:
    """Every rule by its name."""
    return {name.replace("_", "-"): rule(name) for name in plugins.names(alerts)}


def rule(name: str) -> Rule:
    """The rule of this name."""
    return cast(Rule, plugins.load(alerts, name))


def short(text: str) -> str:
    """A charger's text, as long as anybody reads it."""
    return text if len(text) <= _TEXT_MOST else text[: _TEXT_MOST - 1] + "…"
