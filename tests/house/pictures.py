"""The pictures of the documentation: `python -m tests.house.pictures` writes docs/pictures anew from an invented afternoon."""

from pathlib import Path
from typing import Final

from tests.house.places import DOCS
from tests.tui.scene import plain_environment
from tests.tui.snapshots import PICTURED, shots
from tests.tui.svg import plain

FOLDER: Final = DOCS / "pictures"


def pictures() -> dict[str, str]:
    """Every screen as SVG, by the name of its file."""
    return {f"{name}.svg": plain(shot.svg, name) for (name, size), shot in shots().items() if size == PICTURED}


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
