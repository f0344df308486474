"""The room: who comes in, and what a user sees there."""

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pyftpdlib.exceptions import AuthenticationFailed, FilesystemError
from pyftpdlib.filesystems import AbstractedFS

from cpoctl.files.folder import harmless
from cpoctl.files.ftp.data import Coming, Going, Moving
from cpoctl.files.transfers import Busy, why

if TYPE_CHECKING:
    from cpoctl.files.ftp.listener import Session
    from cpoctl.files.grants import Grant

_FETCHES, _UPLOADS = "elr", "elawmf"
_HOME: Final = "/nowhere"  # pyftpdlib wants a root; nothing of ours ever opens a path below it


class Users:
    """Lets grants in."""

    def __init__(self) -> None:
        self._purposes: dict[str, str] = {}

    def validate_authentication(self, username: str, password: str, handler: "Session") -> None:
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


class Room(AbstractedFS):  # type: ignore[misc] # pyftpdlib has no types
    """What a user sees: the image, or nothing yet, in whichever directory."""

    @property
    def _session(self) -> "Session":
        session: Session = self.cmd_channel
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

    def open(self, filename: str, mode: str) -> Moving:
        """Begin the transfer. Raises FilesystemError, which the other side is told."""
        session, name = self._session, harmless(PurePosixPath(filename).name, "diagnostics")
        grant = session.held()
        if session.moving is not None and session.data_channel is None:
            session.moving.close()  # no data connection came for it; pyftpdlib just forgets it
        try:
            session.moving = self._begun(grant, name, mode)
        except Busy:
            raise FilesystemError("Too many transfers at once") from None
        return session.moving

    def _begun(self, grant: "Grant", name: str, mode: str) -> Moving:
        session = self._session
        if grant.purpose == "diagnostics" and "r" not in mode:
            return Coming(session.desk.upload(grant, session.remote_ip, name, None))
        if grant.purpose == "firmware" and mode == "rb":
            transfer = session.desk.fetch(grant, session.remote_ip, grant.bytes or 0)
            try:
                file = session.desk.folder.image(grant.sha256 or "").open("rb")
            except OSError as error:
                transfer.end(whole=False, error=why(error))
                raise
            return Going(transfer, file, session.desk)
        raise FilesystemError("This is not for you")

    def mkstemp(self, suffix: str = "", prefix: str = "", dir: str | None = None, mode: str = "wb") -> Moving:
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
