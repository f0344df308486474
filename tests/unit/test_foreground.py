"""Work in the foreground: it ends by itself, or when it is told to."""

import asyncio

import pytest

from cpoctl.foreground import files_most, unless_stopped, waited


async def test_work_that_ends_by_itself_is_done() -> None:
    done = []

    async def work() -> None:
        done.append(1)

    assert await unless_stopped(work(), asyncio.Event())
    assert done == [1]


async def test_work_is_dropped_when_it_is_told_to_stop_and_may_clear_up() -> None:
    stop, cleared = asyncio.Event(), []

    async def work() -> None:
        stop.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleared.append(1)

    assert not await unless_stopped(work(), stop)
    assert cleared == [1]


async def test_what_goes_wrong_in_the_work_is_raised() -> None:
    async def work() -> None:
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        await unless_stopped(work(), asyncio.Event())


async def test_waiting_ends_with_the_time_or_the_event() -> None:
    await waited(asyncio.Event(), 0.01)
    told = asyncio.Event()
    told.set()
    await waited(told, None)


def test_a_server_may_open_as_many_files_as_the_system_lets_it() -> None:  # S-15
    resource = pytest.importorskip("resource")
    before = soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    few = 512 if soft == resource.RLIM_INFINITY else min(soft, 512)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, hard))
        most = files_most()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard)
        assert most == (1 << 16 if hard == resource.RLIM_INFINITY else min(hard, 1 << 16))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
