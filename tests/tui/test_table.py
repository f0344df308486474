"""RowTable: its cursor and marks belong to rows (TUI-06), the mouse works (TUI-24), and no text breaks its lines."""

from dataclasses import dataclass, field

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import MouseScrollDown, MouseScrollUp
from textual.pilot import Pilot

from cpoctl.tui.widgets.columns import Col
from cpoctl.tui.widgets.table import RowTable
from tests.tui.harness import press, screen_text, settled

ROWS = [f"r{number:02}" for number in range(40)]
COLS = (
    Col("id", "ID", 6, lambda row: (row, ""), lambda row: row),
    Col("text", "TEXT", 8, lambda row: (f"t-{row}", ""), lambda row: row, 2, grows=True),
)


@dataclass
class Gone:
    """Rows that are in the table and nowhere else any more."""

    keys: set[str] = field(default_factory=set)

    def get(self, key: str) -> str:
        if key in self.keys:
            raise KeyError(key)
        return key


class Listed(App[None]):
    """A table and what it told."""

    def __init__(self, cols: tuple[Col, ...] = COLS) -> None:
        super().__init__()
        self.gone = Gone()
        self.opened: list[str] = []
        self._cols = cols

    def compose(self) -> ComposeResult:
        yield RowTable(self._cols, self.gone.get)

    def on_mount(self) -> None:
        self.table.focus()
        self.table.show(ROWS)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        self.opened.append(event.key)

    @property
    def table(self) -> RowTable:
        return self.query_one(RowTable)


async def marked_r03_on_r05(pilot: Pilot[None], app: Listed) -> None:
    app.table.go_to("r03")
    await press(pilot, "space", "down")
    assert (app.table.cursor, app.table.marks) == ("r05", {"r03"})


async def test_cursor_and_marks_stay_on_their_rows_when_rows_come_go_and_move() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        await marked_r03_on_r05(pilot, app)
        for keys in (["new", *ROWS], ROWS[2:], ROWS[::-1], ["r05", "r03"], ROWS):
            app.table.show(keys)
            assert (app.table.cursor, app.table.marks) == ("r05", {"r03"})
            await settled(pilot)
            assert "r05" in screen_text(app)


async def test_the_cursor_stays_at_its_place_when_its_row_goes() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        await marked_r03_on_r05(pilot, app)
        app.table.show([key for key in ROWS if key != "r05"])
        assert app.table.cursor == "r06"
        app.table.show(ROWS[:3])
        assert (app.table.cursor, app.table.marks) == ("r02", set())


async def test_a_list_that_is_empty_for_a_moment_loses_neither_cursor_nor_marks() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        await marked_r03_on_r05(pilot, app)
        app.table.show([])
        assert (app.table.cursor, app.table.chosen) == (None, [])
        app.table.show(ROWS)
        assert (app.table.cursor, app.table.chosen) == ("r05", ["r03"])


async def test_the_cursor_goes_to_a_row_that_is_still_to_come() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.go_to("late")
        app.table.show([*ROWS, "late"])
        await settled(pilot)
        assert app.table.cursor == "late"


async def test_whoever_has_moved_the_cursor_is_not_moved_to_a_row_that_comes() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.go_to("late")
        await press(pilot, "down")
        app.table.show([*ROWS, "late"])
        assert app.table.cursor == "r01"


async def test_keys_move_mark_and_open() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        await press(pilot, "G")
        assert app.table.cursor == "r39"
        await press(pilot, "pageup", "k", "g", "j", "enter")
        assert (app.table.cursor, app.opened) == ("r01", ["r01"])
        await press(pilot, "space", "j", "j", "v")
        assert app.table.chosen == ["r01", "r02", "r03", "r04"]
        await press(pilot, "asterisk")
        assert app.table.chosen == ROWS
        await press(pilot, "backslash")
        assert app.table.chosen == ["r04"]


async def test_a_click_selects_a_double_click_opens_and_the_wheel_moves() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        await pilot.click(RowTable, offset=(5, 4))
        assert (app.table.cursor, app.opened) == ("r03", [])
        await pilot.click(RowTable, offset=(5, 6), times=2)
        assert (app.table.cursor, app.opened) == ("r05", ["r05"])
        await pilot.click(RowTable, offset=(5, 0))
        assert app.table.cursor == "r05"
        await pilot._post_mouse_events([MouseScrollDown], RowTable, button=0)
        assert app.table.cursor == "r08"
        await pilot._post_mouse_events([MouseScrollUp], RowTable, button=0)
        assert app.table.cursor == "r05"


async def test_a_row_that_is_gone_before_the_list_knows_is_an_empty_line() -> None:
    app = Listed()
    async with app.run_test(size=(40, 12)) as pilot:
        app.gone.keys = {"r01"}
        await press(pilot, "down", "down")
        text = screen_text(app)
        assert "r01" not in text
        assert "r02" in text


async def test_no_text_shifts_what_stands_beside_it() -> None:
    """O-01: a tab has no width of its own, a wide sign has two, a bidi sign turns the line round."""
    hostile = ["tab\tx", "宽宽宽宽宽", "\u202eabc", "\x1b[31m", "[@click=app.quit]x", "e\u0301" * 9, "👩‍🚀" * 4]
    cols = (
        Col("id", "ID", 9, lambda row: (row, ""), lambda row: row),
        Col("b", "B", 3, lambda row: ("|b|", ""), lambda row: row),
    )
    app = Listed(cols)
    async with app.run_test(size=(40, 12)) as pilot:
        app.table.show(hostile)
        await settled(pilot)
        for strip in app.screen._compositor.render_strips()[1:8]:
            assert strip.cell_length == 40
            before, mark, _ = strip.text.partition("|b|")
            assert mark
            assert cell_len(before) == 14
            assert not set("\t\x1b\u202e") & set(strip.text)


async def test_the_most_important_columns_stay_where_it_is_narrow() -> None:
    app = Listed()
    async with app.run_test(size=(12, 12)) as pilot:
        await settled(pilot)
        assert "TEXT" not in screen_text(app)
        await pilot.resize_terminal(60, 12)
        assert "TEXT" in screen_text(app)
        assert "r01" in screen_text(app)
