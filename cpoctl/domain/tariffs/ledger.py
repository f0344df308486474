"""The ledger of one pricing: which rate was applied to what, without a break, and what its step size adds.

A step size is applied once to energy and once to charging and parking time together: the last priced period decides,
its dimension's total is rounded up, and what that adds is billed at its price. OCPI 2.2.1 §11.4.4
"""

from dataclasses import dataclass

from cpoctl.domain.tariffs.model import Dimension, Kind
from cpoctl.domain.tariffs.pieces import Piece
from cpoctl.domain.tariffs.plan import Exact, Rate


@dataclass(slots=True)
class Run:
    """A rate, as long as it was applied without a break. Quantities are Wh, microseconds, or 1."""

    rate: Rate
    kind: Kind
    begin: Exact
    end: Exact
    quantity: Exact
    surplus: Exact = 0


class Ledger:
    """The runs, in order of their beginning."""

    __slots__ = ("_energy", "_reserved", "_time", "runs")

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self._energy: Run | None = None
        self._time: Run | None = None
        self._reserved: Run | None = None

    def flat(self, piece: Piece, rate: Rate | None) -> None:
        """Note a price that is due once."""
        if rate is not None:
            self.runs.append(Run(rate, piece.period.kind, piece.begin, piece.begin, 1))

    def energy(self, piece: Piece, rate: Rate | None) -> None:
        """Note the energy of a piece."""
        if rate is not None:
            self._energy = self._add(self._energy, piece, rate, piece.wh)

    def time(self, piece: Piece, rate: Rate | None) -> None:
        """Note the time of a piece: of charging, of parking, or reserved."""
        if rate is None:
            return
        lasted = piece.end - piece.begin
        if piece.period.kind is Kind.RESERVATION:
            self._reserved = self._add(self._reserved, piece, rate, lasted)
        else:
            self._time = self._add(self._time, piece, rate, lasted)

    def close(self) -> list[Run]:
        """Round by the step sizes; the runs are final."""
        self._round(self._energy)
        self._round(self._time)
        self._round(self._reserved)
        return self.runs

    def _add(self, last: Run | None, piece: Piece, rate: Rate, quantity: Exact) -> Run:
        if last is not None and last.rate is rate and last.end == piece.begin:
            last.end, last.quantity = piece.end, last.quantity + quantity
            return last
        run = Run(rate, piece.period.kind, piece.begin, piece.end, quantity)
        self.runs.append(run)
        return run

    def _round(self, last: Run | None) -> None:
        if last is None:
            return
        total = sum(run.quantity for run in self.runs if _together(run, last))
        last.surplus = -total % last.rate.step


def _together(run: Run, last: Run) -> bool:
    """Whether both are of the same total: reserved time is rounded by itself."""
    dimension: Dimension = run.rate.component.dimension
    return dimension is last.rate.component.dimension and (run.kind is Kind.RESERVATION) is (
        last.kind is Kind.RESERVATION
    )
