"""The control API: every operation as an endpoint under /v1, a snapshot, an event stream, health, metrics.

It is served on a unix socket that only its owner can open and, if switched on, over HTTPS to whoever has
a key. `create_app` needs a `ServerFace`: what
the running server lets an API do.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cpoctl.clock import Clock
    from cpoctl.domain.fleet import LiveFleet
    from cpoctl.events import Bus
    from cpoctl.operations import Act, Files, Query, Record, Role
    from cpoctl.operations.task import FrameRow, Order
    from cpoctl.store.rows import Row


class ServerFace(Protocol):
    """What the control API asks of the server."""

    live: "LiveFleet"
    bus: "Bus"

    @property
    def files(self) -> "Files":
        """The file exchange."""

    @property
    def clock(self) -> "Clock":
        """Where the time comes from."""

    @property
    def latest_seq(self) -> int:
        """The sequence number of the newest event that was published."""

    async def query(self, query: "Query") -> list[Any]:
        """The query's rows, selected on a reader's thread, with their live overlay."""

    async def read(self, sql: str, params: "Mapping[str, Any] | Sequence[Any]" = ()) -> "list[Record]":
        """Run one SELECT."""

    def note(self, rows: "Sequence[Row]") -> None:
        """Commit rows that nobody waits for."""

    async def act(self, act: "Act", actor: str, role: "Role") -> Any:
        """Do it for this actor; its outcome as a row."""

    async def start(self, order: "Order") -> int:
        """Begin a task of many targets; its number."""

    async def rehearse(self, act: "Act", actor: str, role: "Role") -> "list[FrameRow]":
        """What an act would send and write."""

    async def events_since(self, seq: int, limit: int) -> "list[Record]":
        """Rows of the table `event` with a greater seq, oldest first. Raises Expired when some were pruned."""

    def health(self) -> Mapping[str, Any]:
        """`version`, `started_at`, `store` (its state), `messages_per_s`, `address` (where chargers connect), `db`,
        and who is let in: `unknown` (the policy towards unknown chargers), `any_tag`."""

    def ready(self) -> tuple[bool, dict[str, Any]]:
        """Whether facts can be written, and what says so."""

    def metrics(self) -> Mapping[str, float]:
        """Values by metric name, labels included: `cpoctl_messages_total{action="Heartbeat"}`."""
