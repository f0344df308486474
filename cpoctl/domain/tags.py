"""Tags: who may charge. Matched trimmed and case-insensitively, shown as first seen."""

import re
from dataclasses import dataclass
from datetime import datetime

ACCEPTED = "Accepted"
BLOCKED = "Blocked"
EXPIRED = "Expired"
INVALID = "Invalid"

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def shown(tag_id: str | None) -> str:
    """A tag as we keep it: without control characters and surrounding blanks (Ocular, ha#2030)."""
    return _CONTROL.sub("", tag_id or "").strip()


def key(tag_id: str | None) -> str:
    """What two writings of the same tag have in common."""
    return shown(tag_id).casefold()


@dataclass(frozen=True, slots=True)
class Tag:
    """A known tag. `expires_at` is exclusive."""

    tag_id: str
    status: str
    parent_id: str | None = None
    expires_at: datetime | None = None

    def verdict(self, now: datetime) -> str:
        """Whether it may charge: Accepted, Blocked or Expired."""
        if self.status != ACCEPTED:
            return BLOCKED
        return EXPIRED if self.expires_at is not None and now >= self.expires_at else ACCEPTED
