"""What can go wrong, told so that an operator can act on it.

    CpoctlError          exit  1  http 500  unexpected; a bug or I/O
    ├── UsageProblem           2       400  a value or combination that cannot be meant
    ├── NotFound               3       404  charger, session, tag … does not exist
    ├── Denied                 4       403  not allowed
    ├── ServerDown             5       503  `cpoctl serve` is not reachable
    ├── ChargerOffline         6       503  the charger is not connected
    ├── Refused                7       422  the charger said no
    ├── Unsupported            7       422  the charger's version of OCPP lacks it
    ├── TimedOut               8       504  no answer in time
    ├── Partial                9       422  of several targets some failed
    ├── Incomplete             9       422  what was told is not all: some of its data is missing
    ├── NotSent               10       409  given up before anything was sent
    ├── Conflict              10       409  exists already, or changed meanwhile
    ├── Expired               10       410  a place in the event stream that is kept no longer
    ├── CheckFailed           11       503  a check found something
    ├── ConfigInvalid         12       500  the config file is wrong
    └── StoreUnavailable       1       503  nothing can be written to disk

Only the faces (command line, HTTP, dashboard) catch these.
"""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterable


class CpoctlError(Exception):
    """Something an operator can act on.

    `hints` are commands to try next; `detail` is what explains it (frames, answers), as JSON.
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(
        self,
        message: str,
        *,
        target: str | None = None,
        hints: "Iterable[str]" = (),
        detail: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.hints = tuple(hints)
        self.detail = detail or {}

    def as_json(self) -> dict[str, Any]:
        """The error as every face's machine form shows it."""
        return {
            "code": self.code,
            "exit": self.exit_code,
            "message": self.message,
            "target": self.target,
            "hints": list(self.hints),
            "detail": self.detail,
        }


class UsageProblem(CpoctlError):
    """A value, or a combination of values, that cannot be meant."""

    code, exit_code, http_status = "usage", 2, 400


class NotFound(CpoctlError):
    """A record that does not exist."""

    code, exit_code, http_status = "not-found", 3, 404


class Denied(CpoctlError):
    """An act that this caller may not do."""

    code, exit_code, http_status = "denied", 4, 403


class ServerDown(CpoctlError):
    """`cpoctl serve` is not reachable."""

    code, exit_code, http_status = "server-down", 5, 503


class ChargerOffline(CpoctlError):
    """The charger is not connected."""

    code, exit_code, http_status = "offline", 6, 503


class Refused(CpoctlError):
    """The charger said no."""

    code, exit_code, http_status = "refused", 7, 422


class Unsupported(CpoctlError):
    """The charger's version of OCPP lacks what was asked."""

    code, exit_code, http_status = "unsupported", 7, 422


class TimedOut(CpoctlError):
    """No answer in time."""

    code, exit_code, http_status = "timeout", 8, 504


class Partial(CpoctlError):
    """Of several targets some failed, or they failed in different ways."""

    code, exit_code, http_status = "partial", 9, 422


class Incomplete(CpoctlError):
    """What was told is right as far as it goes, and some of the data that belongs to it is missing."""

    code, exit_code, http_status = "incomplete", 9, 422


class NotSent(CpoctlError):
    """A target was given up before anything was sent to it."""

    code, exit_code, http_status = "not-sent", 10, 409


class Conflict(CpoctlError):
    """It exists already, changed meanwhile, or a precondition failed."""

    code, exit_code, http_status = "conflict", 10, 409


class Expired(CpoctlError):
    """A place in the event stream that is kept no longer; a new snapshot is needed."""

    code, exit_code, http_status = "expired", 10, 410


class CheckFailed(CpoctlError):
    """A check found something."""

    code, exit_code, http_status = "check-failed", 11, 503


class ConfigInvalid(CpoctlError):
    """The config file is wrong or unreadable."""

    code, exit_code, http_status = "config", 12, 500


class StoreUnavailable(CpoctlError):
    """Nothing can be written to disk at the moment."""

    code, exit_code, http_status = "store", 1, 503


def from_json(problem: dict[str, Any]) -> CpoctlError:
    """Make the error again that another process told as JSON."""
    kinds = {kind.code: kind for kind in CpoctlError.__subclasses__()}
    return kinds.get(problem.get("code", ""), CpoctlError)(
        str(problem.get("message", "the server failed")),
        target=problem.get("target"),
        hints=problem.get("hints", ()),
        detail=problem.get("detail"),
    )


def nearest(word: str, known: "Iterable[str]") -> str:
    """` (did you mean HQ-07?)`, or nothing when no known word is near."""
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return f" (did you mean {by_lower[found[0]]}?)" if found else ""
