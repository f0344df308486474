"""The listener: control connections, whose loop other threads can call into."""

import logging
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from cpoctl.files.ftp.data import Data, Moving
from cpoctl.files.ftp.room import Room, Users
from cpoctl.files.transfers import Desk
from cpoctl.foreground import files_most

if TYPE_CHECKING:
    from cpoctl.files.grants import Grant

CONNECTIONS: Final = 400
_TURN: Final = 0.5  # how long a stop may wait for the loop's next turn
_STOP_WITHIN: Final = 5.0
_log = logging.getLogger(__name__)


class FtpListener:
    """The listener on a bound socket until it is stopped."""

    def __init__(self, desk: Desk, sock: socket.socket, passive: Iterable[int] | None, host: str | None) -> None:
        """`host` is the address that passive transfers are told, where it is not the one that was dialled."""
        self._loop = IOLoop()
        given = {"desk": desk, "calls": _Calls(self._loop), "passive_ports": passive, "masquerade_address": host}
        kind = type("Session", (Session,), given)
        self._server = FTPServer(sock, kind, ioloop=self._loop)
        self._server.max_cons = min(CONNECTIONS, files_most() // 16)  # S-15
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="files: ftp", daemon=True)

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is on its way is cut."""
        self._stopping.set()
        self._thread.join(_STOP_WITHIN)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._loop.loop(timeout=_TURN, blocking=False)
        self._server.close_all()


class _Calls:
    """What other threads want done in the loop's."""

    def __init__(self, loop: IOLoop) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._here, self._there = socket.socketpair()
        self._here.setblocking(False)
        self._there.setblocking(False)
        self._fileno = self._here.fileno()  # by which the loop knows it
        loop.register(self._fileno, self, loop.READ)

    def soon(self, do: Callable[[], None]) -> None:
        """Call something in the loop's next turn, from whichever thread."""
        self._waiting.append(do)
        with suppress(OSError):  # it is awake already, or closed
            self._there.send(b".")

    def readable(self) -> bool:
        """It waits for calls."""
        return True

    def writable(self) -> bool:
        """It has nothing to say."""
        return False

    def handle_read_event(self) -> None:
        """Do what was asked for."""
        self._here.recv(1 << 12)
        while self._waiting:
            self._waiting.popleft()()

    def handle_error(self) -> None:
        """A call failed; the others go on."""
        _log.exception("files: ftp")

    def close(self) -> None:
        """The loop ends."""
        self._here.close()
        self._there.close()


class Session(FTPHandler):  # type: ignore[misc] # pyftpdlib has no types
    """A control connection."""

    desk: Desk
    calls: _Calls
    grant: "Grant | None" = None
    moving: Moving | None = None
    """The newest transfer, which may still wait for its data connection."""
    authorizer = Users()
    abstracted_fs = Room
    dtp_handler = Data
    banner = "cpoctl"
    timeout = 300
    use_sendfile = False
    max_login_attempts = 3
    auth_failed_timeout = 1

    def held(self) -> "Grant":
        """The grant. Raises FilesystemError when it has expired."""
        if self.grant is None or not self.desk.grants.holds(self.grant, self.desk.now()):
            raise FilesystemError("No longer")
        return self.grant

    def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> Any:
        """One command; of the image SIZE is told in ASCII mode as well, which chargers ask for."""
        if cmd == "SIZE" and self._current_type == "a" and self.grant is not None and self.grant.purpose == "firmware":
            self.respond(f"213 {self.grant.bytes}")
            return None
        return super().process_command(cmd, *args, **kwargs)
