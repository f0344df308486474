"""The pictures of the documentation: `python -m tests.house.pictures` writes docs/pictures anew from an invented afternoon."""

import html
import re
from pathlib import Path
from typing import Final

from rich.cells import cell_len

from tests.house.places import DOCS
from tests.tui.scene import plain_environment
from tests.tui.snapshots import PICTURED, shots

FOLDER: Final = DOCS / "pictures"
_TEXT: Final = re.compile(
    r'<text class="[^"]*" x="(?P<x>[\d.]+)" y="[^"]*" textLength="(?P<length>[\d.]+)"[^>]*>(?P<text>[^<]*)<'
)
_COMMON: Final = 0x2190  # from here on fonts differ
_FONTS: Final = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def pictures() -> dict[str, str]:
    """Every screen as SVG, by the name of its file."""
    return {f"{name}.svg": plain(shot.svg, name) for (name, size), shot in shots().items() if size == PICTURED}


def plain(svg: str, name: str) -> str:
    """The same picture with fonts of the reader's own machine, and with names that do not change with every blank."""
    svg = re.sub(r"\s*@font-face \{.*?\n    \}", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", _FONTS).replace("font-family: arial", "font-family: sans-serif")
    svg = re.sub(r"terminal-\d+", name, svg)
    svg = _TEXT.sub(_placed, svg)
    return "\n".join(line.rstrip() for line in svg.split("\n"))


def _placed(found: re.Match[str]) -> str:
    """Each sign where its cell is: signs that the reader's font lacks are of another width."""
    text = html.unescape(found["text"])
    if all(ord(sign) < _COMMON for sign in text):
        return found[0]
    step = float(found["length"]) / cell_len(text)
    start = float(found["x"])
    places = " ".join(f"{start + step * place:.1f}" for place in range(len(text)))
    return found[0].replace(f'x="{found["x"]}"', f'x="{places}"').replace(f' textLength="{found["length"]}"', "")


def write(folder: Path = FOLDER) -> None:
    """Write every picture anew, and remove what is none any more."""
    with plain_environment():
        made = pictures()
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        if path.name not in made:
            path.unlink()
    for name, svg in made.items():
        (folder / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    write()
