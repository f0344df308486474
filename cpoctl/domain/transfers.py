"""Transfers: the files on their way between chargers and us, and the newest of each charger."""

from dataclasses import dataclass
from typing import Final

PURPOSES: Final = ("firmware", "diagnostics")


@dataclass(slots=True)
class Moving:
    """A transfer as far as it has come. `state` is `running`, `whole` or `cut`."""

    transfer_id: int
    purpose: str
    name: str
    total: int | None
    bytes: int = 0
    bytes_per_s: float | None = None
    state: str = "running"


class Transfers:
    """By charger and purpose the newest one, and all that go on by their number."""

    def __init__(self) -> None:
        self.running: dict[int, Moving] = {}
        self._newest: dict[tuple[str, str], Moving] = {}

    def began(self, charger_id: str, moving: Moving) -> None:
        """A transfer began."""
        self.running[moving.transfer_id] = self._newest[charger_id.casefold(), moving.purpose] = moving

    def moved(self, transfer_id: int, count: int, speed: float) -> None:
        """It has come so far."""
        if moving := self.running.get(transfer_id):
            moving.bytes, moving.bytes_per_s = count, speed

    def ended(self, transfer_id: int, count: int, state: str) -> None:
        """It is over."""
        if moving := self.running.pop(transfer_id, None):
            moving.bytes, moving.state, moving.bytes_per_s = count, state, None

    def moving(self, charger_id: str) -> list[Moving]:
        """The newest of a charger for each purpose, if it is not over."""
        newest = [self.newest(charger_id, purpose) for purpose in PURPOSES]
        return [moving for moving in newest if moving is not None and moving.state == "running"]

    def newest(self, charger_id: str, purpose: str) -> Moving | None:
        """The newest of a charger, over or not."""
        return self._newest.get((charger_id.casefold(), purpose))
