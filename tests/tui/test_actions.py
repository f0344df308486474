"""One table of actions, one language of states: every face shows the same (TUI-14, TUI-15)."""

import math
from collections.abc import Callable, Sequence
from itertools import combinations, product

import pytest
from textual.binding import Binding
from textual.color import Color
from textual.keys import format_key
from textual.theme import Theme

from cpoctl import plugins
from cpoctl.operations import Danger
from cpoctl.tui import actions, views
from cpoctl.tui.actions import ACTIONS, Action, Subject
from cpoctl.tui.app import Dashboard
from cpoctl.tui.ascii import in_ascii
from cpoctl.tui.evse_looks import COLS as EVSE_COLS
from cpoctl.tui.listing import Listing
from cpoctl.tui.session_looks import COLS as SESSION_COLS
from cpoctl.tui.statuses import LOOKS, UNKNOWN
from cpoctl.tui.themes import THEMES
from cpoctl.tui.views import View
from cpoctl.tui.views.fleet import COLS as FLEET_COLS
from cpoctl.tui.views.log import Log
from cpoctl.tui.widgets.columns import Col, fit
from cpoctl.tui.widgets.log_lines import LogLines
from cpoctl.tui.widgets.table import RowTable
from tests.tui.harness import Server, watched

KINDS = sorted({kind for action in ACTIONS for kind in action.on})
SCREENS = [
    kind
    for module in plugins.load_all(views)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, View) and kind.__module__ == module.__name__
]


def keys_of(owner: type) -> dict[str, str]:
    """The keys that a class binds itself, with what they are for."""
    bound = [binding for binding in vars(owner).get("BINDINGS", ()) if isinstance(binding, Binding)]
    return {key: binding.description for binding in bound for key in binding.key.split(",")}


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_an_action_is_an_operation_with_something_to_aim_at(action: Action) -> None:
    """TUI-14"""
    assert action.operation.path == action.path
    assert action.target is not None
    asked = {question.name for question in action.questions(all=True)}
    assert set(action.asks) <= asked


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.label.endswith("…")], ids=lambda action: action.id)
def test_what_promises_a_question_asks_one(action: Action) -> None:
    """TUI-11: an ellipsis means that the key alone does nothing."""
    assert action.questions() or action.operation.danger >= Danger.DISRUPTS


def test_flags_that_exclude_each_other_are_one_question() -> None:
    availability = next(action for action in ACTIONS if action.id == "charger.availability")
    (question,) = availability.questions()
    assert question.choices == ("operative", "inoperative")
    assert question.required
    chosen = availability.made(availability.read({question.name: "inoperative"}), "HQ-1")
    assert chosen.consequence() == "put HQ-1 out of service"
    assert availability.questions({"inoperative": True}) == []


@pytest.mark.parametrize(
    ("id", "ids", "evses", "choices"),
    [
        ("session.start", ("HQ-1",), (1, 2), ("any", "1", "2")),
        ("charger.unlock", ("HQ-1",), (1, 2), ("1", "2")),
        ("session.start", ("HQ-1",), (1,), None),
        ("session.start", ("HQ-1", "HQ-2"), (1, 2), None),
        ("charger.reset", ("HQ-1",), (1, 2), None),
    ],
)
def test_which_evse_is_asked_where_there_is_a_choice(
    id: str, ids: tuple[str, ...], evses: tuple[int, ...], choices: tuple[str, ...] | None
) -> None:
    action = next(action for action in ACTIONS if action.id == id)
    question = action.place(Subject(actions.CHARGER, ids), evses)
    assert (question.choices if question else None) == choices


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_the_line_of_keys_has_room_for_all_it_shows(screen: type[View]) -> None:
    """What ends the dashboard and what explains it come last, and would be cut off first."""
    owners: list[type] = [LogLines if screen is Log else RowTable, *screen.__mro__, Dashboard]
    bound = [b for owner in owners for b in vars(owner).get("BINDINGS", ()) if isinstance(b, Binding) and b.show]
    words = [f"{format_key(b.key.rpartition(',')[2])} {b.description}" for b in bound]
    assert len(" ".join(words)) <= 80


def test_no_action_is_there_twice() -> None:
    """TUI-14"""
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_no_key_means_two_things_on_a_screen(screen: type[View]) -> None:
    """TUI-14"""
    owners: list[type] = [Dashboard, *(kind for kind in screen.__mro__ if issubclass(kind, View))]
    owners += [RowTable] if issubclass(screen, Listing) else []
    meant: dict[str, str] = {}
    for owner in owners:
        for key, what in keys_of(owner).items():
            assert what.startswith(meant.setdefault(key, what)), key  # "copy frame" is what "copy" means there


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.__name__)
def test_every_action_on_its_rows_has_its_key_on_the_screen(screen: type[View]) -> None:
    """TUI-14"""
    assert {action.key for action in actions.on(screen.kind) if action.key} <= set(keys_of(screen))


async def test_keys_menu_and_palette_have_every_action(server: Server) -> None:
    """TUI-14"""
    await server.charger("HQ-1")
    async with watched(server, size=(110, 60)) as desk:
        palette = [told.help for told in desk.app.get_system_commands(desk.app.screen)]
        active = {bound.binding.id for bound in desk.app.screen.active_bindings.values()}
        await desk.press("a")
        await desk.sees("what to do", "cpoctl charger rm")
        for action in actions.on(actions.CHARGER):
            assert f"cpoctl {action.path}" in palette
            assert f"cpoctl {action.path}" in desk.text
            assert not action.key or action.id in active


def test_every_status_has_its_own_word_and_unlike_ones_their_own_sign() -> None:
    """TUI-15: the two ways to be suspended share a sign, and their words differ."""
    looks = [*LOOKS.values(), UNKNOWN]
    assert len({look.word for look in looks}) == len(looks)
    assert len({look.sign for look in looks}) == len({look.ascii for look in looks}) == len(looks) - 1
    assert all(look.ascii.isascii() and len(look.sign) == len(look.ascii) == 1 for look in looks)


def width_of(cols: Sequence[Col]) -> int:
    """How wide the column of the state is."""
    return next(col.width for col in cols if col.id in ("status", "state"))


@pytest.mark.parametrize("spelled", [str, in_ascii], ids=["signs", "ascii"])
@pytest.mark.parametrize(
    ("before", "width"),
    [
        ("", width_of(FLEET_COLS)),
        ("", width_of(EVSE_COLS)),
        ("was ", width_of(EVSE_COLS)),
        ("", width_of(SESSION_COLS)),
    ],
)
def test_every_status_is_distinct_in_every_row_form(before: str, width: int, spelled: Callable[[str], str]) -> None:
    """TUI-15: without any colour, and where its column is narrow"""
    looks = [*LOOKS.values(), UNKNOWN]
    cells = [spelled(fit(f"{before}{look.sign} {look.word}", width, "left")) for look in looks]
    assert len(set(cells)) == len(looks)


VISION = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}
"""How eyes see, as matrices of linear RGB (Machado, Oliveira, Fernandes 2009)."""


def seen(colour: str, eyes: str) -> tuple[float, float, float]:
    """The CIELAB place of a colour as those eyes see it."""
    linear = [
        (part / 255 / 12.92) if part < 11 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in Color.parse(colour).rgb
    ]
    red, green, blue = (min(1, max(0, sum(m * v for m, v in zip(row, linear, strict=True)))) for row in VISION[eyes])
    xyz = (
        (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505,
        0.2126 * red + 0.7152 * green + 0.0722 * blue,
        (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089,
    )
    x, y, z = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def unlike(theme: Theme, one: str, other: str, eyes: str) -> bool:
    """Whether those eyes tell the colours of two styles apart."""
    here, there = (seen(theme.variables[f"cpo-{style}"], eyes) for style in (one, other))
    return math.dist(here, there) >= 20


@pytest.mark.parametrize("eyes", VISION)
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_statuses_are_told_apart_by_word_and_the_urgent_ones_also_by_colour(theme: Theme, eyes: str) -> None:
    """TUI-15"""
    for one, other in combinations([*LOOKS.values(), UNKNOWN], 2):
        assert one.word != other.word or unlike(theme, one.style, other.style, eyes)
    for urgent, calm in product(("faulted", "offline"), ("available", "charging")):
        assert unlike(theme, urgent, calm, eyes)
