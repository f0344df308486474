"""A signal ends a command that waits, also one that comes just before it waits."""

import signal
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest

from cpoctl.cli import reach
from cpoctl.cli.bench import Heard
from cpoctl.cli.changing import Watched
from cpoctl.cli.choices import Choices
from cpoctl.cli.ending import ended_in_order
from cpoctl.cli.watching import watch
from cpoctl.client import Client
from cpoctl.operations.charger.list import ListChargers
from cpoctl.operations.log.tail import TailFrames


class Quiet:
    """A server that listens and never has anything to tell."""

    def events(self, asked: object) -> Iterator[Any]:
        if not isinstance(asked, TailFrames):
            yield SimpleNamespace(event="listening", data={})
        threading.Event().wait()


def waits_for_a_frame(client: Client) -> None:
    Heard(client, None).first(lambda _: True, 0, 3600)


def watches_a_list(client: Client) -> None:
    watch(list, Watched(ListChargers.row), Choices(output="jsonl"))


@pytest.mark.parametrize("waiting", [waits_for_a_frame, watches_a_list])
def test_a_signal_that_does_not_wake_the_main_thread_is_heeded(
    waiting: Callable[[Client], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = cast(Client, Quiet())
    monkeypatch.setattr(reach, "server", lambda _: client)
    waits = threading.Event()

    def receive() -> None:
        """In another thread the main one is not woken, as when the signal comes on its way into the lock."""
        waits.wait()
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)

    other = threading.Thread(target=receive)
    other.start()
    timer = threading.Timer(0.2, waits.set)
    timer.start()
    with pytest.raises(SystemExit) as ended, ended_in_order():
        waiting(client)
    assert ended.value.code == 143
    other.join()
