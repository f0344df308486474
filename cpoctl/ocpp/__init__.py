"""OCPP-J without I/O: text becomes values, values become text.

`frames` reads and writes single frames, `peer` keeps the RPC state of one connection, `schemas`
judges messages by the official schemas, `reading` reads a payload into a struct whatever it holds,
`v16` declares the structs. OCPP-J 1.6 §4 · OCPP 2.0.1 part 4. Nothing here knows a socket, a clock,
a database or asyncio.
"""

from enum import StrEnum


class Version(StrEnum):
    """A version of OCPP that a charger can speak."""

    V16 = "1.6"
    V201 = "2.0.1"
    V21 = "2.1"

    @property
    def subprotocol(self) -> str:
        """Name this version in a WebSocket handshake."""
        return f"ocpp{self.value}"


def version_of(subprotocol: str) -> Version | None:
    """Return the version that a WebSocket subprotocol stands for."""
    for version in Version:
        if version.subprotocol == subprotocol:
            return version
    return None
