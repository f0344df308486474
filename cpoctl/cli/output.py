"""Output: rows in the format that was asked for, or that fits who looks.

A reader at a terminal gets a table and a count on stderr, a pipe gets TSV (UX §4.8).
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from cpoctl import formats, plugins
from cpoctl.cli import terminal
from cpoctl.errors import UsageProblem, nearest
from cpoctl.formats import Remark, Rows, Sheet, value
from cpoctl.table import Field, fields

if TYPE_CHECKING:
    from cpoctl.cli.choices import Choices
    from cpoctl.operations import Query

Record = Mapping[str, Any]


def rows(
    records: Sequence[Record],
    row: type,
    choices: "Choices",
    *,
    many: bool,
    noun: str = "",
    newest_last: bool = False,
    of: "Query | None" = None,
    remarks: Sequence[Remark] = (),
) -> None:
    """Write rows to stdout; a list at a terminal gets its count on stderr. `of` is the query that they are of."""
    known = fields(row)
    if choices.fields == "?":
        write(f"{field.name}\n" for field in known)
        return
    total = len(records)
    records = chosen(records, row, choices, newest_last=newest_last) if many else records
    watched = terminal.is_watched() and choices.out is None
    name = name_of(choices, watched)
    sheet = Sheet(records, known, many, _width(choices, watched), choices.headers, bom=bool(choices.bom))
    few = f"{len(records):,} of {total:,} rows" if many and len(records) < total and choices.limit is not None else ""
    sheet = replace(sheet, remarks=remarks, few=few)
    told = render(picked(_described(sheet, of, name, choices), choices.fields), name)
    if choices.out is not None:
        to_file(told, choices.out, of)
    elif choices.pager and sys.stdout.isatty() and not getattr(loaded(name), "BYTES", False):
        from cpoctl.cli import paging  # processes, which a plain list does without

        paging.show(map(str, told))
    else:
        write(told)
    if many and noun and watched and choices.format is None and not choices.quiet:
        sys.stdout.flush()
        terminal.note(footer(len(records), total, noun))


def streamed(found: Rows, choices: "Choices", of: "Query", remarks: Sequence[Remark] = ()) -> None:
    """Write rows while they come, in constant memory where the format can. What sorts has to have them all first."""
    watched = terminal.is_watched() and choices.out is None
    name = name_of(choices, watched)
    if found.typed is not None and getattr(loaded(name), "TYPED", False):
        found = found.typed
    records: Iterable[Record] = found
    if choices.sort:
        records = chosen(list(found), of.row, choices)
    elif choices.where:
        from cpoctl import filters  # most exports have none

        records = filter(filters.matching(of.row, choices.where), found)
    if choices.limit is not None and not choices.sort:
        records = islice(iter(records), max(0, choices.limit))
    sheet = Sheet(records, found.fields, True, _width(choices, watched), choices.headers)
    sheet = replace(
        sheet, bom=found.bom or bool(choices.bom), delimiter=found.delimiter, title=_title(of, choices), remarks=remarks
    )
    told = render(picked(sheet, choices.fields), name)
    if choices.out is not None:
        to_file(told, choices.out, of)
    else:
        write(told)


def to_file(told: Iterable[str | bytes], out: str, of: "Query | None") -> None:
    """Write it to the file that is meant, whole or not at all."""
    from cpoctl.cli import written  # files, which a plain list does without

    written.whole(written.named(out, of.places() if of else {}), told)


def _described(sheet: Sheet, of: "Query | None", name: str, choices: "Choices") -> Sheet:
    """The sheet with its title, and with its chart for a format that draws one."""
    if of is None:
        return sheet
    sheet = replace(sheet, title=_title(of, choices))
    if not getattr(loaded(name), "CHART", False):
        return sheet
    chart = of.chart(list(sheet.records))
    if chart is not None and (some := _some(choices)):
        chart = replace(chart, about=f"{chart.about}, {some}".removeprefix(", "))
    return replace(sheet, chart=chart, ascii=terminal.speaks_ascii(choices.args))


def _title(of: "Query", choices: "Choices") -> str:
    """What the rows are of, and what of them was picked."""
    return ", ".join(filter(None, [of.title(), _some(choices)]))


def _some(choices: "Choices") -> str:
    """What of the rows was picked: all else that is told of them, a total among it, is of these alone."""
    first = f"first {choices.limit}" if choices.limit is not None else ""
    by = f" by {choices.sort}" if first and choices.sort else ""
    return ", ".join(filter(None, [choices.where, first + by]))


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
    return "".join(str(text) for text in render(sheet, choices.format or "table")).splitlines()


def footer(number: int, total: int, noun: str) -> str:
    """How many of how many there are."""
    return f"{number} of {total} {noun}" if number < total else counted(number, noun)


def counted(number: int, noun: str) -> str:
    """`18 chargers`, `1 charger`."""
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def name_of(choices: "Choices", watched: bool) -> str:
    """The format's name."""
    return choices.format or ("table" if watched else "tsv")


def render(sheet: Sheet, name: str) -> Iterable[str | bytes]:
    """The sheet in a format."""
    told: Iterable[str | bytes] = loaded(name).render(sheet)
    return told


def loaded(name: str) -> Any:
    """The module of a format. Raises UsageProblem."""
    known = plugins.names(formats)
    if name not in known:
        raise UsageProblem(
            f"no output format {name}{nearest(name, known)}",
            hints=[f"cpoctl charger list -o json    of: {' '.join(known)}"],
        )
    return plugins.load(formats, name)


def write(texts: Iterable[str | bytes]) -> None:
    """Write data to stdout, whatever the locale can say. Bytes are for no terminal."""
    for text in texts:
        if isinstance(text, str):
            sys.stdout.write(text)
            continue
        if sys.stdout.isatty():
            raise UsageProblem(
                "this format is bytes, which a terminal cannot show", hints=[f"{_command()} --out FILE    write a file"]
            )
        sys.stdout.flush()
        sys.stdout.buffer.write(text)


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
    field = field_named(wish.lstrip("-"), known)
    there = [record for record in records if value(record, field.name) is not None]
    unknown = [record for record in records if value(record, field.name) is None]
    return (
        sorted(there, key=lambda record: field.place(value(record, field.name)), reverse=wish.startswith("-")) + unknown
    )


def _limited(records: Sequence[Record], limit: int | None) -> Sequence[Record]:
    return records if limit is None else records[: max(0, limit)]
