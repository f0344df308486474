"""A terminal that has gone without a signal, as a process in a container loses it."""

import io
import signal
from queue import Queue

from textual.drivers._writer_thread import MAX_QUEUED_WRITES, WriterThread

from cpoctl.tui.hung_up import noticed


class _Gone(io.StringIO):
    """The screen of a terminal that is no more."""

    def write(self, text: str) -> int:
        raise OSError(5, "Input/output error")


def test_the_dashboard_ends_and_nothing_waits_for_the_screen() -> None:
    ended: Queue[int] = Queue()
    writer = WriterThread(_Gone())
    with noticed(ended.put):
        writer.start()
        for _ in range(3 * MAX_QUEUED_WRITES):  # more than there is room for: would block for ever
            writer.write("a line")
        assert ended.get(timeout=5) == signal.SIGHUP
        writer.stop()
    assert not writer.is_alive()
