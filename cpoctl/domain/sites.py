"""Sites: where chargers stand. Ids are found whatever their case, and shown as first written."""

import re
from dataclasses import dataclass

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,47}")


def valid_id(name: str) -> bool:
    """Whether a site can be called so."""
    return _ID.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Site:
    """A place with chargers. `time_zone` is an IANA name."""

    site_id: str
    name: str
    time_zone: str
