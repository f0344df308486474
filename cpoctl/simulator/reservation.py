"""A reservation as an outlet keeps it. 1.6 §5.13 · OCPP 2.0.1 H01"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Reservation:
    """Who may use an outlet until when."""

    reservation_id: int
    tag: str
    expires: datetime
    parent_tag: str | None = None

    def against(self, tag: str, now: datetime) -> bool:
        """Tell whether it keeps somebody else out."""
        if self.expires <= now:
            return False
        return tag.lower() not in (self.tag.lower(), (self.parent_tag or self.tag).lower())
