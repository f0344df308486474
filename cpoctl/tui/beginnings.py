"""Beginnings: what the dashboard shows first, by the config's `[dashboard]` and `[view.NAME]` and by the command line."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from cpoctl import plugins
from cpoctl.config import DashboardSettings, ViewSettings
from cpoctl.errors import ConfigInvalid, UsageProblem, nearest
from cpoctl.filters import matching
from cpoctl.tui import views
from cpoctl.tui.listing import Listing
from cpoctl.tui.themes import THEMES
from cpoctl.tui.views import View

MOST_FPS = 30.0
Keep = Callable[[str, ViewSettings | None], None]
"""Writes a saved view to the config, or takes it out. Raises CpoctlError."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What whoever watches wants to see, and how."""

    settings: DashboardSettings = field(default_factory=DashboardSettings)
    keymap: Mapping[str, str] = field(default_factory=dict)
    saved: Mapping[str, ViewSettings] = field(default_factory=dict)
    first: ViewSettings = field(default_factory=ViewSettings)
    keep: Keep | None = None


def screens() -> dict[str, type[View]]:
    """Every screen by its name."""
    return {
        kind.__name__.casefold(): kind
        for module in plugins.load_all(views)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, View) and kind.__module__ == module.__name__
    }


def check(settings: DashboardSettings, saved: Mapping[str, ViewSettings]) -> None:
    """Hold settings and saved views against the screens. Raises ConfigInvalid."""
    names = [theme.name for theme in THEMES]
    if settings.theme is not None and settings.theme not in names:
        near = nearest(settings.theme, names) or f"; there are {', '.join(names)}"
        raise _invalid("dashboard.theme", f"no theme {settings.theme}{near}")
    if not 0 < settings.fps <= MOST_FPS:
        raise _invalid("dashboard.fps", f"{settings.fps:g} is not above 0 and up to {MOST_FPS:g}")
    for section, view in (("dashboard", settings), *((f"view.{name}", view) for name, view in saved.items())):
        for key, problem in _problems(view):
            raise _invalid(f"{section}.{key}", problem)


def first(
    settings: DashboardSettings,
    saved: Mapping[str, ViewSettings],
    view: str | None = None,
    screen: str | None = None,
    filter: str | None = None,
) -> ViewSettings:
    """What to begin with: what was asked for over the saved view over the settings. Raises UsageProblem."""
    chosen = ViewSettings(**{field.name: getattr(settings, field.name) for field in fields(ViewSettings)})
    if view is not None:
        if view not in saved:
            near = nearest(view, saved) or (f"; there are {', '.join(sorted(saved))}" if saved else "")
            raise UsageProblem(f"no saved view {view}{near}", hints=["cpoctl config show    all keys and their values"])
        chosen = saved[view]
    if screen is not None and screen.casefold() != (chosen.screen or "fleet").casefold():
        chosen = ViewSettings()  # filter, sort and columns were for the rows of another screen
    chosen = replace(chosen, screen=screen or chosen.screen, filter=filter if filter is not None else chosen.filter)
    for _, problem in _problems(chosen):
        raise UsageProblem(problem, hints=["cpoctl dashboard --help"])
    return chosen


def _problems(view: ViewSettings) -> Iterator[tuple[str, str]]:
    """What is wrong with it: the key and why."""
    known = screens()
    name = (view.screen or "fleet").casefold()
    if name not in known:
        yield "screen", f"no screen {view.screen}{nearest(name, known) or '; there are ' + ', '.join(sorted(known))}"
        return
    kind = known[name]
    if not issubclass(kind, Listing):
        return
    cols = [col.id for col in kind.cols]
    for key, words in (("sort", [(view.sort or "").removeprefix("-")]), ("columns", view.columns or [])):
        for word in words:
            if word and word not in cols:
                yield key, f"{kind.title} has no column {word}{nearest(word, cols) or '; it has ' + ', '.join(cols)}"
    try:
        if view.filter:
            matching(kind.row, view.filter, lambda: datetime.now(UTC))
    except UsageProblem as error:
        yield "filter", error.message


def _invalid(key: str, message: str) -> ConfigInvalid:
    hints = ["cpoctl config show    all keys and their values", "cpoctl config edit"]
    return ConfigInvalid(f"{key}: {message}", target=key, hints=hints)
