"""What a server gets to hear from a charger that was told to misbehave. OCPP-J 1.6 §4.2"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from cpoctl.simulator import ManualTime, VirtualCharger
from cpoctl.simulator.misbehaving import SETTING
from tests.simulator.backend import Backend


@pytest.fixture
def frames() -> list[str]:
    """What the charger sends, frame by frame."""
    return []


@pytest.fixture
async def bad(backend: Backend, frames: list[str]) -> AsyncIterator[VirtualCharger]:
    """A booted charger that can be told to misbehave."""

    def tap(sender: str, text: str) -> None:
        if sender == "charger":
            frames.append(text)

    async with VirtualCharger(backend.url, "CP-1", time=ManualTime(), on_frame=tap) as charger:
        await charger.connect()
        await charger.boot()
        frames.clear()
        yield charger


async def told(charger: VirtualCharger, rules: str, backend: Backend) -> None:
    change = {"key": SETTING, "value": rules}
    assert await backend.call("CP-1", "ChangeConfiguration", change) == {"status": "Accepted"}


async def test_it_rejects_and_does_nothing(bad: VirtualCharger, backend: Backend) -> None:
    await told(bad, "Reset=reject", backend)
    assert await backend.call("CP-1", "Reset", {"type": "Soft"}) == {"status": "Rejected"}
    assert await backend.call("CP-1", "ClearCache", {}) == {"status": "Accepted"}
    assert bad.accepted.is_set()


async def test_where_the_standard_has_no_word_for_no_a_rejection_is_a_call_error(
    bad: VirtualCharger, backend: Backend
) -> None:
    await told(bad, "GetConfiguration=reject", backend)
    assert await backend.call("CP-1", "GetConfiguration", {}) == {"error": "NotSupported"}


async def test_it_answers_with_a_call_error(bad: VirtualCharger, backend: Backend) -> None:
    await told(bad, "*=error", backend)
    assert await backend.call("CP-1", "ClearCache", {}) == {"error": "InternalError"}


async def test_a_lie_says_yes_and_changes_nothing(bad: VirtualCharger, backend: Backend) -> None:
    await told(bad, "ChangeConfiguration=lie", backend)
    change = {"key": "HeartbeatInterval", "value": "7"}
    assert await backend.call("CP-1", "ChangeConfiguration", change) == {"status": "Accepted"}
    assert bad.settings["HeartbeatInterval"] != "7"


async def test_a_lie_without_a_word_for_yes_is_the_true_answer_without_what_follows(
    bad: VirtualCharger, backend: Backend
) -> None:
    await told(bad, "GetDiagnostics=lie", backend)
    answer = await backend.call("CP-1", "GetDiagnostics", {"location": "ftp://files.test/in"})
    assert answer["fileName"]
    assert bad.progress == {}


async def test_a_late_answer_comes_after_those_of_later_calls(bad: VirtualCharger, backend: Backend) -> None:
    await told(bad, "ClearCache=delay:0.05", backend)
    heard: list[str] = []

    async def ask(action: str) -> None:
        await backend.call("CP-1", action, {})
        heard.append(action)

    await asyncio.gather(ask("ClearCache"), ask("GetLocalListVersion"))
    assert heard == ["GetLocalListVersion", "ClearCache"]


async def test_a_dropped_call_is_neither_answered_nor_done(
    bad: VirtualCharger, backend: Backend, frames: list[str]
) -> None:
    await told(bad, "ClearCache=drop", backend)
    frames.clear()
    await backend.send_text("CP-1", '[2,"x1","ClearCache",{}]')
    await backend.call("CP-1", "GetLocalListVersion", {})
    assert not any('"x1"' in frame for frame in frames)


async def test_it_answers_twice_and_does_it_once(bad: VirtualCharger, backend: Backend, frames: list[str]) -> None:
    await told(bad, "ClearCache=twice", backend)
    frames.clear()
    await backend.call("CP-1", "ClearCache", {})
    await backend.call("CP-1", "GetLocalListVersion", {})
    assert [frame for frame in frames if "Accepted" in frame] == frames[:2]
    assert frames[0] == frames[1]


async def test_rules_that_cannot_be_read_are_rejected(bad: VirtualCharger, backend: Backend) -> None:
    change = {"key": SETTING, "value": "Reset=nonsense"}
    assert await backend.call("CP-1", "ChangeConfiguration", change) == {"status": "Rejected"}


async def test_a_charger_that_drops_everything_can_be_told_to_behave_again(
    bad: VirtualCharger, backend: Backend
) -> None:
    await told(bad, "*=drop", backend)
    await told(bad, "", backend)
    assert await backend.call("CP-1", "ClearCache", {}) == {"status": "Accepted"}
