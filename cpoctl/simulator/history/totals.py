"""What went into a generated history, counted while it was made and not read back: reports are held against it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from cpoctl.simulator.history.network import Site
from cpoctl.table import Column


@dataclass(frozen=True)
class HistoryRow:
    """A history, and what is in it. Energy is what the records say, `delivered_wh` what the cars got."""

    database: Annotated[str, Column("DATABASE")]
    begins_at: Annotated[str, Column("FROM", 2)]
    ends_at: Annotated[str, Column("TO", 2)]
    seed: int
    sites: Annotated[int, Column("SITES", 2, "right")]
    chargers: Annotated[int, Column("CHARGERS", 1, "right")]
    evses: Annotated[int, Column("EVSES", 2, "right")]
    tags: int
    sessions: Annotated[int, Column("SESSIONS", 1, "right")]
    sessions_open: int
    sessions_without_energy: int
    energy_wh: Annotated[int, Column("Wh", 1, "right")]
    delivered_wh: int
    flags: dict[str, int]
    stop_reasons: dict[str, int]
    refused: int
    authorize_refused: int
    turned_away: int
    orphans: int
    samples: Annotated[int, Column("SAMPLES", 2, "right")]
    status_changes: int
    connections: int
    runs: int
    faults: int
    faulted_s: int
    away_s: int
    closed_by_hand: int
    by_site: dict[str, dict[str, int]]
    by_month: dict[str, dict[str, int]]


@dataclass
class Totals:
    """The counters. Months are those of the site's own time, by the end of a session."""

    count: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    by_site: dict[str, Counter[str]] = field(default_factory=dict)
    by_month: dict[str, Counter[str]] = field(default_factory=dict)

    def ended(self, site: Site, stopped_at: str, energy_wh: float | None, reason: str) -> None:
        """A session has its end."""
        self.reasons[reason] += 1
        wh = int(energy_wh or 0)
        self.count["energy_wh"] += wh
        self.count["sessions_without_energy"] += energy_wh is None
        month = f"{datetime.fromisoformat(stopped_at).replace(tzinfo=UTC).astimezone(site.zone):%Y-%m}"
        for group in (self.by_site.setdefault(site.site_id, Counter()), self.by_month.setdefault(month, Counter())):
            group["sessions"] += 1
            group["energy_wh"] += wh

    def told(self) -> dict[str, Any]:
        """Everything but what the scale and the network say."""
        names = ("sessions", "sessions_open", "sessions_without_energy", "energy_wh", "delivered_wh", "refused",
                 "authorize_refused", "turned_away", "orphans", "samples", "status_changes", "connections", "runs",
                 "faults", "faulted_s", "away_s", "closed_by_hand")  # fmt: skip
        groups = {"by_site": self.by_site, "by_month": self.by_month}
        return {
            **{name: self.count[name] for name in names},
            "flags": dict(sorted(self.flags.items())),
            "stop_reasons": dict(sorted(self.reasons.items())),
            **{name: {key: dict(group[key]) for key in sorted(group)} for name, group in groups.items()},
        }
