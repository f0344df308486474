"""What a charger does in the background: started freely, ended together."""

import asyncio
from collections.abc import Awaitable, Callable

from cpoctl.simulator.link import CallRefused, LinkLost

Chore = Callable[[], Awaitable[None]]


class Chores:
    """The background tasks of one charger."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, chore: Chore) -> asyncio.Task[None]:
        """Do something in the background; a lost line ends it quietly."""
        task = asyncio.create_task(_quietly(chore))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def end(self) -> None:
        """Cancel what still runs, and wait for it."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _quietly(chore: Chore) -> None:
    try:
        await chore()
    except (LinkLost, CallRefused):  # the line or the server's goodwill has ended
        return
