"""Exporting: what a screen shows, as a file of the folder that the dashboard was begun in."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cpoctl import formats, plugins
from cpoctl.table import fields, record
from cpoctl.tui.widgets.dialogs import Menu

if TYPE_CHECKING:
    from cpoctl.tui.app import Dashboard

_FORMATS = ("csv", "json", "jsonl", "md")


async def export(desk: "Dashboard", row: type, rows: Sequence[Any]) -> None:
    """Ask for the format, write the file and say where it is."""
    chosen = await desk.push_screen_wait(Menu(f"Export {len(rows)} rows as", _FORMATS))
    if chosen is None:
        return
    name = _FORMATS[chosen]
    path = Path.cwd() / f"cpoctl-{desk.front.title.casefold()}-{datetime.now():%Y%m%d-%H%M%S}.{name}"  # noqa: DTZ005 # a name for people
    try:
        await asyncio.to_thread(_write, path, name, row, rows)
    except OSError as error:
        desk.notify(f"{path}: {error.strerror}", title="not written", severity="error", markup=False)
        return
    desk.notify(str(path), title="written", markup=False)


def _write(path: Path, name: str, row: type, rows: Sequence[Any]) -> None:
    sheet = formats.Sheet(record(list(rows)), fields(row))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(plugins.load(formats, name).render(sheet))
