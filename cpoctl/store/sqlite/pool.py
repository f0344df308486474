"""The readers: two threads, each with a read-only connection of its own.

A server has two pools: what operators ask may take long, and no charger may wait for that.
"""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeVar

from cpoctl.store import Record
from cpoctl.store.sqlite.connection import connect_reader
from cpoctl.store.sqlite.reading import Params, select

if TYPE_CHECKING:
    from collections.abc import Callable

    from cpoctl.store import Read

T = TypeVar("T")
_READERS = 2
_INTERRUPT_AGAIN = 0.1  # what was still to begin begins meanwhile


class ReaderPool:
    """Runs SELECTs, and other work that only reads, off the event loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connections = [connect_reader(path) for _ in range(_READERS)]
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        for connection in self._connections:
            self._free.put(connection)
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="store-reader")

    async def read(self, sql: str, params: Params = ()) -> list[Record]:
        """Run one SELECT on a free connection."""
        return await self.reading(lambda read: read(sql, params))

    async def reading(self, question: "Callable[[Read], T]") -> T:
        """Answer a question of several SELECTs, which all see the same commits."""
        return await self.run(self._answer, question, None)

    async def bounded(self, question: "Callable[[Read], T]", most: int) -> T:
        """The same for whoever may ask for more than fits into the memory. Raises UsageProblem."""
        return await self.run(self._answer, question, most)

    async def run(self, work: "Callable[..., T]", *arguments: object) -> T:
        """Run something that only reads on one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def close(self) -> None:
        """Interrupt what runs, then let go of the file."""
        ending = asyncio.ensure_future(asyncio.to_thread(self._threads.shutdown))
        while not ending.done():
            for connection in self._connections:
                connection.interrupt()
            await asyncio.wait({ending}, timeout=_INTERRUPT_AGAIN)
        await ending
        for connection in self._connections:
            connection.close()

    def _answer(self, question: "Callable[[Read], T]", most: int | None) -> T:
        connection = self._free.get()
        try:
            connection.execute("BEGIN")
            return question(lambda sql, params=(): select(connection, self._path, sql, params, most))
        finally:
            connection.rollback()
            self._free.put(connection)
