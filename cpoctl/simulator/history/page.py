"""A page of a history: rows in the order in which a batch writes them, so that like goes with like."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cpoctl.store import rows


@dataclass
class Page:
    """Rows of some thousand happenings."""

    starts: list[rows.Row] = field(default_factory=list)
    flags: list[rows.Row] = field(default_factory=list)
    stops: list[rows.Row] = field(default_factory=list)
    samples: list[rows.Row] = field(default_factory=list)
    statuses: list[rows.Row] = field(default_factory=list)
    commands: list[rows.Row] = field(default_factory=list)
    outcomes: list[rows.Row] = field(default_factory=list)
    others: list[rows.Row] = field(default_factory=list)

    def taken(self) -> list[Sequence[rows.Row]]:
        """What is written, all of it in one transaction; the page is empty then."""
        kinds = [
            self.starts,
            self.flags,
            self.stops,
            self.samples,
            self.statuses,
            self.commands,
            self.outcomes,
            self.others,
        ]
        units = [list(kind) for kind in kinds]
        for kind in kinds:
            kind.clear()
        return [*units]
