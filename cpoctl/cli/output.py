"""Output: rows in the format that was asked for, or that fits who looks.

A reader at a terminal gets a table and a count on stderr, a pipe gets TSV (UX §4.8).
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cpoctl import formats, plugins
from cpoctl.cli import terminal
from cpoctl.errors import UsageProblem, nearest
from cpoctl.formats import Sheet, value
from cpoctl.table import Field, fields

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices

Record = Mapping[str, Any]


def rows(
    records: Sequence[Record],
    row: type,
    choices: "Choices",
    *,
    many: bool,
    noun: str = "",
    newest_last: bool = False,
) -> None:
    """Write rows to stdout; a list at a terminal gets its count on stderr."""
    known = fields(row)
    if choices.fields == "?":
        write(f"{field.name}\n" for field in known)
        return
    total = len(records)
    records = chosen(records, row, choices, newest_last=newest_last) if many else records
    watched = terminal.is_watched()
    sheet = Sheet(records, known, many, _width(choices, watched), choices.headers)
    told = render(picked(sheet, choices.fields), name_of(choices, watched))
    if choices.pager and sys.stdout.isatty():
        from cpoctl.cli import paging  # processes, which a plain list does without

        paging.show(told)
    else:
        write(told)
    if many and noun and watched and choices.format is None and not choices.quiet:
        sys.stdout.flush()
        terminal.note(footer(len(records), total, noun))


def chosen(records: Sequence[Record], row: type, choices: "Choices", *, newest_last: bool = False) -> Sequence[Record]:
    """The rows that the caller wants, in the order wanted. A limit keeps the newest where they stand at the end."""
    records = matching(records, row, choices)
    if newest_last and not choices.sort and choices.limit is not None:
        return records[max(0, len(records) - max(0, choices.limit)) :]
    return _limited(_sorted(records, fields(row), choices.sort), choices.limit)


def matching(records: Sequence[Record], row: type, choices: "Choices") -> Sequence[Record]:
    """The rows that --where picks."""
    if not choices.where:
        return records
    from cpoctl import filters  # a plain list has none

    return list(filter(filters.matching(row, choices.where), records))


def painted(records: Sequence[Record], row: type, choices: "Choices", *, many: bool) -> list[str]:
    """The lines of a table as wide as the terminal."""
    sheet = picked(Sheet(records, fields(row), many, terminal.columns(), choices.headers), choices.fields)
    return "".join(render(sheet, choices.format or "table")).splitlines()


def footer(number: int, total: int, noun: str) -> str:
    """How many of how many there are."""
    return f"{number} of {total} {noun}" if number < total else counted(number, noun)


def counted(number: int, noun: str) -> str:
    """`18 chargers`, `1 charger`."""
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def name_of(choices: "Choices", watched: bool) -> str:
    """The format's name."""
    return choices.format or ("table" if watched else "tsv")


def render(sheet: Sheet, name: str) -> Iterable[str]:
    """The sheet in a format."""
    known = plugins.names(formats)
    if name not in known:
        raise UsageProblem(
            f"no output format {name}{nearest(name, known)}",
            hints=[f"cpoctl charger list -o json    of: {' '.join(known)}"],
        )
    text: Iterable[str] = plugins.load(formats, name).render(sheet)
    return text


def write(texts: Iterable[str]) -> None:
    """Write data to stdout, whatever the locale can say."""
    for text in texts:
        sys.stdout.write(text)


def _width(choices: "Choices", watched: bool) -> int | None:
    return terminal.columns() if watched else None


def field_named(word: str, known: Sequence[Field]) -> Field:
    """A field by its name, its heading, or a path into it."""
    for field in known:
        if word == field.name or (field.column and word.lower() == field.column.header.lower()):
            return field
    head, _, rest = word.partition(".")
    if rest and (outer := next((field for field in known if field.name == head), None)):
        return Field(f"{head}.{field_named(rest, fields(outer.rows)).name if outer.rows else rest}", None)
    names = [field.name for field in known]
    raise UsageProblem(f"no field {word}{nearest(word, names)}", hints=[f"{_command()} --fields '?'    lists them"])


def _command() -> str:
    """The command that runs, as it is called."""
    from typer._click.globals import get_current_context

    context = get_current_context(silent=True)
    return context.command_path if context else "cpoctl charger list"


def picked(sheet: Sheet, wish: str | None) -> Sheet:
    """The sheet with the fields that the caller wants."""
    if not wish:
        return sheet
    wanted = [field_named(word.strip(), sheet.fields) for word in wish.split(",")]
    return replace(sheet, fields=wanted, picked=True)


def _sorted(records: Sequence[Record], known: Sequence[Field], wish: str | None) -> Sequence[Record]:
    if not wish:
        return records
    name = field_named(wish.lstrip("-"), known).name
    there = [record for record in records if value(record, name) is not None]
    unknown = [record for record in records if value(record, name) is None]
    return sorted(there, key=lambda record: _order(value(record, name)), reverse=wish.startswith("-")) + unknown


def _order(content: Any) -> tuple[int, float, str]:
    return (0, content, "") if isinstance(content, (int, float)) else (1, 0, str(content).casefold())


def _limited(records: Sequence[Record], limit: int | None) -> Sequence[Record]:
    return records if limit is None else records[: max(0, limit)]
