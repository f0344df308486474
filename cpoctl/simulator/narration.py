"""What simulated chargers tell about themselves, for narration, logs and tests."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Happening:
    """Something that happened at a simulated charger."""

    charger_id: str
    what: str
    connector: int = 0
    """0 is the charger itself."""
    detail: str = ""

    def __str__(self) -> str:
        place = f"{self.charger_id}:{self.connector}" if self.connector else self.charger_id
        return f"{place}  {self.what}" + (f"  {self.detail}" if self.detail else "")


Listener = Callable[[Happening], None]


def silence(_: Happening) -> None:
    """Tell nobody."""
