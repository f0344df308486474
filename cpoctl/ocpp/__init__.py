"""OCPP-J without I/O: text becomes values, values become text.

`frames` reads and writes single frames, which are `messages`, `peer` keeps the RPC state of one
connection, `schemas` judges payloads by the official schemas, `reading` reads one into a struct whatever
it holds, `strict` a valid one in one step, `v16` and `v2` declare the structs. OCPP-J 1.6 §4 ·
OCPP 2.0.1 and 2.1 part 4. Nothing here knows a socket, a clock, a database or asyncio.
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
