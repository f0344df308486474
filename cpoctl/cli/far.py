"""How far an act has come that takes minutes: a line on stderr, as the server tells it, while its answer is waited for."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from cpoctl.cli import reach
from cpoctl.cli.progress import Meter
from cpoctl.errors import CpoctlError
from cpoctl.operations import Act, Query

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.client import Client

_TELLING: Final = "WorkProgressed"


@dataclass(frozen=True, kw_only=True)
class _Happenings(Query):
    """Everything that happens."""

    path: ClassVar[str] = "_far"
    route: ClassVar[str] = "GET /events"
    row: ClassVar[type] = object


@contextmanager
def told(act: Act, choices: "Choices") -> Iterator[None]:
    """Tell how far it has come while the block lasts, if somebody looks at stderr."""
    if choices.quiet or not sys.stderr.isatty():
        yield
        return
    client = reach.needed(choices)
    with Meter("sessions") as meter:
        threading.Thread(target=_hear, args=(client, act, meter), daemon=True, name="far").start()
        try:
            yield
        finally:
            client.hang_up()


def _hear(client: "Client", act: Act, meter: Meter) -> None:
    try:
        for happening in client.events(_Happenings()):
            if happening.event == _TELLING and happening.data["data"]["operation"] == act.path:
                meter(happening.data["data"]["done"], happening.data["data"]["total"])
    except CpoctlError:  # whoever waits for the answer is told of it
        return
