"""What a server has put into a charger that speaks 2.x and may ask for again, as it was put in."""

from dataclasses import dataclass, field
from typing import Any

Payload = dict[str, Any]


@dataclass
class Kept:
    """All of it, by what names it."""

    displays: dict[int, Payload] = field(default_factory=dict)
    networks: dict[int, Payload] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    """Where each firmware lies, by its checksum."""
    tariffs: dict[int, Payload] = field(default_factory=dict)
    """The default tariff of each EVSE. OCPP 2.1 I07"""
    der_controls: dict[str, Payload] = field(default_factory=dict)
    priority: set[str] = field(default_factory=set)
    """The transactions that charge with priority. OCPP 2.1 K21"""
