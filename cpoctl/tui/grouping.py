"""Groups: rows of a list that belong together, such as a site's, below a heading each."""

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

from cpoctl.table import natural
from cpoctl.tui.widgets.lines import Line
from cpoctl.tui.widgets.table import RowTable


class Groups:
    """By what rows are grouped, which rows each group has, and its heading. `tell` makes a heading."""

    def __init__(self, tell: Callable[[str, Sequence[str]], Line]) -> None:
        self.by = ""
        self._tell = tell
        self._keys: dict[str, list[str]] = {}
        self._titles: dict[str, Line] = {}

    def show(self, table: RowTable, keys: Iterable[str], group_of: Callable[[str], str]) -> None:
        """Show rows, in each group in the order given: the groups by name, what belongs to none at the end."""
        groups: dict[str, list[str]] = {}
        for key in keys:
            groups.setdefault(group_of(key), []).append(key)
        names = sorted(groups, key=lambda name: (not name, natural(name)))
        self._keys = {name: groups[name] for name in names}
        self.count()
        places = accumulate((len(groups[name]) for name in names), initial=0)
        table.heading = lambda name: self._titles.get(name, [])
        table.show_grouped([key for name in names for key in groups[name]], dict(zip(places, names, strict=False)))

    def count(self) -> None:
        """What is counted in the headings is counted anew."""
        if self.by:
            self._titles = {name: self._tell(name, keys) for name, keys in self._keys.items()}
