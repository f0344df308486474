"""FTP for chargers: firmware to fetch and diagnostics to upload, active and passive, binary and ASCII.

pyftpdlib serves it, in a thread of its own. A user is a grant, and sees a place of its own in which every directory
exists: STOR with any path is the upload, RETR of any path is the image. No path reaches the disk.
"""

import logging
import os
import socket
import threading
import warnings
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Any, Final

from cpoctl.files.folder import harmless
from cpoctl.files.transfers import Busy, Desk, Transfer, Upload
from cpoctl.files.turns import waited

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # asyncore, which pyftpdlib brings itself from Python 3.12 on
    from pyftpdlib.exceptions import AuthenticationFailed, FilesystemError
    from pyftpdlib.filesystems import AbstractedFS
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

if TYPE_CHECKING:
    from cpoctl.files.grants import Grant

CONNECTIONS: Final = 400
STALLED: Final = 120  # seconds
_TURN: Final = 0.5  # how long a stop may wait for the loop's next turn
_STOP_WITHIN: Final = 5.0
_FETCHES, _UPLOADS = "elr", "elawmf"
_HOME: Final = "/nowhere"  # pyftpdlib wants a root; nothing of ours ever opens a path below it

logging.getLogger("pyftpdlib").addHandler(logging.NullHandler())  # it would write to stderr
logging.getLogger("pyftpdlib").propagate = False


class FtpListener:
    """The listener on a bound socket until it is stopped."""

    def __init__(self, desk: Desk, sock: socket.socket, passive: Iterable[int] | None, host: str | None) -> None:
        """`host` is the address that passive transfers are told, where it is not the one that was dialled."""
        kind = type("Session", (_Session,), {"desk": desk, "passive_ports": passive, "masquerade_address": host})
        self._loop = IOLoop()
        self._server = FTPServer(sock, kind, ioloop=self._loop)
        self._server.max_cons = CONNECTIONS
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


class _Moving:
    """A file as pyftpdlib reads or writes it; without a descriptor, so that every byte passes here."""

    closed = False

    def __init__(self, name: str) -> None:
        self.name = name

    def close(self) -> None:
        """It goes no further; a whole one has been ended before."""
        self.closed = True
        self.end(whole=False)

    def end(self, *, whole: bool) -> None:
        """The data channel has closed. Raises OSError when what came cannot be kept."""


class _Coming(_Moving):
    """An upload."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(upload.transfer.name)
        self._upload = upload

    def write(self, block: bytes) -> None:
        """Take in a block. Raises OSError, and then nothing of it is left."""
        try:
            self._upload.write(block)
        except OSError as error:
            self._upload.cut(str(error))
            raise

    def end(self, *, whole: bool) -> None:
        """Keep it, or leave nothing of it."""
        if whole:
            self._upload.keep()
        self._upload.cut("the charger ended the connection")  # where it has not ended already


class _Going(_Moving):
    """An image."""

    def __init__(self, transfer: Transfer, file: IO[bytes], desk: Desk) -> None:
        super().__init__(transfer.name)
        self._transfer, self._file, self._desk = transfer, file, desk

    def read(self, count: int) -> bytes:
        """The next block, in its turn."""
        waited(self._desk.soon, self._desk.rate, count)
        block = self._file.read(count)
        self._transfer.moved(len(block))
        return block

    def seek(self, place: int) -> None:
        """Go on from there (REST)."""
        self._file.seek(place)

    def end(self, *, whole: bool) -> None:
        """It is over."""
        self._file.close()
        self._transfer.end(whole=whole, error=None if whole else "the charger ended the connection")


class _Users:
    """Lets grants in."""

    def __init__(self) -> None:
        self._purposes: dict[str, str] = {}

    def validate_authentication(self, username: str, password: str, handler: "_Session") -> None:
        """Know the grant by user and password, or refuse."""
        handler.grant = handler.desk.grants.of_user(username, password, handler.desk.now())
        if handler.grant is None:
            raise AuthenticationFailed("no such user, or no longer")
        self._purposes[username] = handler.grant.purpose

    def get_home_dir(self, username: str) -> str:
        """A root that nothing is read from."""
        return _HOME

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        """What a grant of its purpose may do."""
        return perm in (_FETCHES if self._purposes.get(username) == "firmware" else _UPLOADS)

    def get_perms(self, username: str) -> str:
        """The same, all of it."""
        return _FETCHES if self._purposes.get(username) == "firmware" else _UPLOADS

    def get_msg_login(self, username: str) -> str:
        """What is said to who comes in."""
        return "Welcome."

    def get_msg_quit(self, username: str) -> str:
        """What is said to who goes."""
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Nobody is anybody else here."""

    def terminate_impersonation(self, username: str) -> None:
        """Nobody was."""


class _Room(AbstractedFS):  # type: ignore[misc] # pyftpdlib has no types
    """What a user sees: the image, or nothing yet, in whichever directory."""

    @property
    def _session(self) -> "_Session":
        session: _Session = self.cmd_channel
        return session

    def validpath(self, path: str) -> bool:
        """Every path is good, because none is used."""
        return True

    def chdir(self, path: str) -> None:
        """Go there, wherever it is."""
        self._cwd = self.ftpnorm("/" + os.path.relpath(path, _HOME))

    def mkdir(self, path: str) -> None:
        """It is there already."""

    def rename(self, src: str, dst: str) -> None:
        """Chargers that upload under a passing name give it its own in the end; the file keeps its first one."""

    def open(self, filename: str, mode: str) -> _Moving:
        """Begin the transfer. Raises FilesystemError, which the other side is told."""
        session, name = self._session, harmless(PurePosixPath(filename).name, "diagnostics")
        grant = session.held()
        try:
            if grant.purpose == "diagnostics" and "r" not in mode:
                return _Coming(session.desk.upload(grant, session.remote_ip, name, None))
            if grant.purpose == "firmware" and mode == "rb":
                file = session.desk.folder.image(grant.sha256 or "").open("rb")
                transfer = session.desk.fetch(grant, session.remote_ip, grant.bytes or 0)
                return _Going(transfer, file, session.desk)
        except Busy:
            raise FilesystemError("Too many transfers at once") from None
        raise FilesystemError("This is not for you")

    def mkstemp(self, suffix: str = "", prefix: str = "", dir: str | None = None, mode: str = "wb") -> _Moving:
        """STOU: the name is ours to choose."""
        return self.open(f"{prefix}{suffix}", mode)

    def listdir(self, path: str) -> list[str]:
        """The image, for whoever fetches one."""
        grant = self._session.held()
        return [grant.name] if grant.purpose == "firmware" and grant.name else []

    def getsize(self, path: str) -> int:
        """Of the image."""
        return self._session.held().bytes or 0

    def isfile(self, path: str) -> bool:
        """Every path is the image, for whoever fetches one."""
        return self._session.held().purpose == "firmware"

    def isdir(self, path: str) -> bool:
        """Every path is a directory as well, but the image's own."""
        grant = self._session.held()
        return grant.purpose != "firmware" or PurePosixPath(path).name != grant.name

    def islink(self, path: str) -> bool:
        """None is."""
        return False

    def lexists(self, path: str) -> bool:
        """Everything does."""
        return True

    def realpath(self, path: str) -> str:
        """Itself."""
        return path

    def getmtime(self, path: str) -> float:
        """Now, as far as anybody has to know."""
        return self._session.desk.now().timestamp()

    def stat(self, path: str) -> os.stat_result:
        """A file of the image's size."""
        size, now = self.getsize(path), int(self.getmtime(path))
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, size, now, now, now))

    lstat = stat


class _Data(DTPHandler):  # type: ignore[misc] # pyftpdlib has no types
    """A data connection."""

    timeout = STALLED
    ac_in_buffer_size = ac_out_buffer_size = 256 << 10

    def close(self) -> None:
        """End the transfer before the other side is told how it went."""
        if not self._closed and isinstance(self.file_obj, _Moving):
            try:
                self.file_obj.end(whole=bool(self.transfer_finished))
            except OSError as error:
                self._resp = (f"451 {error.strerror or error}.", logging.getLogger("pyftpdlib").debug)
        super().close()


class _Session(FTPHandler):  # type: ignore[misc] # pyftpdlib has no types
    """A control connection."""

    desk: Desk
    grant: "Grant | None" = None
    authorizer = _Users()
    abstracted_fs = _Room
    dtp_handler = _Data
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
