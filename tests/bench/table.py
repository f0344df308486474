"""Plain tables for the benches."""

from collections.abc import Sequence


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out `rows` under `head`: the first column to the left, figures to the right."""
    cells = [list(head), *([_text(cell) for cell in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in cells
    ]
    return "\n".join([title, lines[0], "-" * len(lines[0]), *lines[1:]])


def verdict(name: str, value: float, budget: float, *, at_least: bool = False, unit: str = "") -> str:
    """Say in one line how `value` stands to its budget."""
    good = value >= budget if at_least else value <= budget
    sign = "≥" if at_least else "≤"
    return f"{'ok  ' if good else 'MISS'}  {name}: {_text(value)}{unit} (budget {sign} {_text(budget)}{unit})"


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return f"{cell:,.0f}" if abs(cell) >= 1000 else f"{cell:.3g}" if abs(cell) < 10 else f"{cell:.1f}"
    return f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell)
