"""Working: what is done beside the screen, so that it never waits for an answer."""

from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def begin(node: DOMNode, group: str, work: Callable[..., Coroutine[Any, Any, None]], *given: Any, **named: Any) -> None:
    """Do work for a part of the screen; what was begun before in the same group is given up."""
    # Not `work(...)`: one that is given up before its turn would leave a coroutine that nobody awaited.
    _: Worker[None] = node.run_worker(partial(work, *given, **named), exclusive=True, group=group)
