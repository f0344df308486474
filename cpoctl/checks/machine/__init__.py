"""Checks of the server and of the machine that it runs on: one file each. See `cpoctl.checks` for the contract.

They run in the command line's process, with the server or without, and are true of this machine only.
"""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cpoctl.config import ServeSettings
from cpoctl.errors import ConfigInvalid

_CONNECT_WITHIN = 2.0


@dataclass(frozen=True)
class Place:
    """What is known of a server: from its config, from the lock beside its database, and from itself.

    `damage` looks into the file, `knocks` who was refused. `elsewhere` when it is reached over the network, where this machine's disk and sockets say nothing of it.
    """

    settings: ServeSettings
    wrong_config: ConfigInvalid | None
    db: Path
    socket: Path | None
    lock: Mapping[str, Any]
    health: Mapping[str, Any] | None
    why_down: str
    damage: Callable[[], list[str]]
    knocks: Callable[[], list[Mapping[str, Any]]]
    elsewhere: bool = False

    @property
    def up(self) -> bool:
        """Whether the server answers."""
        return self.health is not None

    @property
    def tls(self) -> bool:
        """Whether the first address wants TLS: as the server says, else as its config does."""
        address = str((self.health or {}).get("address") or "")
        configured = self.settings.tls_cert is not None and self.settings.tls_listen is None
        return address.startswith("wss:") if address else configured

    @property
    def secure(self) -> tuple[str, int] | None:
        """Where it listens for chargers with TLS, or would; None when it does not."""
        if self.tls:
            return self.listening
        beside = next(iter(self.lock.get("listen", ())[1:]), self.settings.tls_listen)
        return _parted(str(beside)) if beside and self.certificate else None

    @property
    def certificate(self) -> str | None:
        """The file with the certificate that chargers are shown."""
        return self.lock.get("tls_cert") or self.settings.tls_cert

    @property
    def listening(self) -> tuple[str, int]:
        """Where it listens for chargers, or would."""
        told = next(iter(self.lock.get("listen", ())), None)
        if told is None and self.health and self.health.get("address"):
            parts = urlsplit(str(self.health["address"]))
            return parts.hostname or "", parts.port or 0
        return _parted(str(told or self.settings.listen))


def _parted(where: str) -> tuple[str, int]:
    host, _, port = where.rpartition(":")
    return host.strip("[]"), int(port) if port.isdigit() else 0


def answers(host: str, port: int) -> bool:
    """Whether something listens there."""
    try:
        with socket.create_connection((host, port), _CONNECT_WITHIN):
            return True
    except OSError:
        return False
