"""Unlaid: the toolkit's lists fail on a page turned before they have their place on the screen; a quick key does that."""

from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.widgets import OptionList


def unlaid(action: object, node: DOMNode | None) -> bool:
    """Whether it turns a page of a list that has no place yet, which knows none of its lines: there is no page to turn."""
    if not isinstance(action, str) or "page_" not in action:
        return False
    turned = node.query(OptionList).first(OptionList) if isinstance(node, CommandPalette) else node
    return isinstance(turned, OptionList) and not turned.scrollable_content_region
