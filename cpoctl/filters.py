"""Filters: which rows are meant, in the words of `--where` and of the dashboard's filter bar.

`kw>20 soc<80 -status:faulted`: every term must hold. A term is `field op value`, or a bare word or `~pattern` that
any field may contain; a `,` between values is an or, a leading `-` a not. UX §4.2; `cpoctl help filters` tells it whole.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from fnmatch import translate
from functools import lru_cache
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from cpoctl.clock import duration
from cpoctl.errors import UsageProblem, nearest
from cpoctl.table import Field, ago, clock_time, decimal, fields, kw, kwh, local, natural, plain

Record = Mapping[str, Any]
Test = Callable[[Any], bool]

LONGEST = 1000
_HEAD = re.compile(
    r"(?P<minus>-)?(?:(?P<field>[A-Za-z_][\w.]*)\s*(?P<op>>=|<=|!=|[:=<>]|(?<!\s)~|~(?=\s))\s*|(?P<anywhere>~)(?=\S))?"
)
_QUOTED = r"\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
_WORD = re.compile(rf"{_QUOTED}|(?P<bare>[^\s,\"'][^\s,]*)")
_PATTERN = re.compile(rf"{_QUOTED}|(?P<bare>[^\s\"']\S*)")
_ORDERS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_TIMES = (ago, local, clock_time)
_THOUSANDS = (kw, kwh)  # their headings say kilo, the fields do not
_UNKNOWN = "-"
_SINGLE = frozenset({str, int, float, bool})


@lru_cache(maxsize=64)
def matching(row: type, text: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Callable[[Record], bool]:
    """Tell whether a record of this row type is meant. Raises UsageProblem, whose detail marks the part that is wrong."""
    if len(text) > LONGEST:
        raise UsageProblem(f"a filter has at most {LONGEST} signs, not {len(text)}", hints=["cpoctl help filters"])
    terms = list(_Reader(row, text, now).terms())
    return terms[0] if len(terms) == 1 else lambda record: all(term(record) for term in terms)


class _Subject(NamedTuple):
    """What a term is about: a path into the record, the types it may have, what one of the column's units holds."""

    path: str
    types: tuple[type, ...]
    unit: float = 1
    is_time: bool = False
    is_amount: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a record has exactly one value of it, and no list."""
        return "." not in self.path and self.types != () and _SINGLE.issuperset(self.types)


class _Reader:
    """Reads one filter, term by term."""

    def __init__(self, row: type, text: str, now: Callable[[], datetime]) -> None:
        self._row, self._text, self._now = row, text, now
        self._from = self._to = 0

    def terms(self) -> Iterator[Callable[[Record], bool]]:
        """The conditions in their order."""
        while (start := self._blanks(self._to)) < len(self._text) and (head := _HEAD.match(self._text, start)):
            self._from = start
            words = self._words(head)
            if head["op"] or head["minus"] or words != ["and"]:
                yield self._term(head, words)

    def _blanks(self, at: int) -> int:
        return at + len(self._text[at:]) - len(self._text[at:].lstrip())

    def _words(self, head: "re.Match[str]") -> list[str]:
        """The values of a term; a pattern is one value, whatever commas it has."""
        form = _PATTERN if "~" in (head["op"], head["anywhere"]) else _WORD
        words, self._to = [], head.end()
        while True:
            found = form.match(self._text, self._to)
            if found is None:
                self._to = min(self._to + 1, len(self._text))
                raise self._wrong(
                    "a quote is not closed" if self._text[self._to - 1] in "\"'" else "a value is missing"
                )
            words.append(next(part for part in found.groups() if part is not None))
            self._to = found.end()
            if form is _PATTERN or not self._text.startswith(",", self._to):
                break
            self._to += 1
        if self._to < len(self._text) and not self._text[self._to].isspace():
            raise self._wrong("a blank is missing after a value")
        return words

    def _term(self, head: "re.Match[str]", words: list[str]) -> Callable[[Record], bool]:
        negated = bool(head["minus"]) != (head["op"] == "!=")
        if head["op"] is None:
            tests = [self._pattern(word) if head["anywhere"] else _containing(word) for word in words]
            return lambda record: negated != any(test(cell) for cell in _leaves(record) for test in tests)
        subject = self._subject(head["field"])
        tests = [self._test(subject, head["op"], word) for word in words]
        if subject.is_plain:  # nearly every filter, and it is asked of each of many rows
            path, test = subject.path, tests[0] if len(tests) == 1 else _either(tests)
            return lambda record: negated != test(record.get(path))
        return lambda record: negated != any(test(cell) for cell in cells(record, subject.path) for test in tests)

    def _subject(self, name: str) -> _Subject:
        """What a name means: a field, its heading, or a path into nested rows."""
        row, path, (first, *rest) = self._row, "", name.split(".")
        field, by_heading = self._field(row, first)
        while rest and field.rows is not None:
            row, path, (first, *rest) = field.rows, f"{path}{field.name}.", rest
            field, by_heading = self._field(row, first)
        if rest:
            return _Subject(".".join([f"{path}{field.name}", *rest]), ())
        return _Subject(f"{path}{field.name}", _types(row, field), *_habits(field, by_heading=by_heading))

    def _field(self, row: type, name: str) -> tuple[Field, bool]:
        known = fields(row)
        if found := next((field for field in known if field.name == name.lower()), None):
            return found, False
        if found := next((field for field in known if _folded(field) == name.casefold()), None):
            return found, True
        names = [field.name for field in known]
        headings = [_folded(field) for field in known if field.column]
        raise self._wrong(f"no field {name}{nearest(name, [*headings, *names])}; there are {', '.join(names)}")

    def _test(self, subject: _Subject, op: str, word: str) -> Test:
        if op == "~":
            return self._pattern(word)
        if word == _UNKNOWN and op in (":", "=", "!="):
            return lambda cell: cell is None
        if subject.is_time:
            return self._time(op, word)
        if bool in subject.types:
            if op in _ORDERS or word.lower() not in _TRUTH:
                raise self._wrong(f"{subject.path} is yes or no")
            return lambda cell: cell is _TRUTH[word.lower()]
        if number := _number(word):
            count = _counting(op, number[0] * subject.unit, _wording(op, word))
            return _amounting(op, word, count) if subject.is_amount else count
        if subject.types and {int, float}.issuperset(subject.types):
            raise self._wrong(f"{subject.path} is a number, and {word} is none")
        return _wording(op, word)

    def _time(self, op: str, word: str) -> Test:
        """`2h` is an age, an ISO time a moment; `:` and `=` compare how the UTC text begins."""
        if op not in _ORDERS:
            return lambda cell: cell is not None and str(cell).casefold().startswith(word.casefold().rstrip("*"))
        order = _ORDERS[op]
        try:
            if "-" not in word:
                age, now = duration(word), self._now
                return lambda cell: (at := _moment(cell)) is not None and order((now() - at).total_seconds(), age)
            moment = datetime.fromisoformat(word).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self._wrong(f"{word} is neither an age such as 2h nor a time such as 2026-11-22T14:00Z") from error
        return lambda cell: (at := _moment(cell)) is not None and order(at, moment)

    def _pattern(self, word: str) -> Test:
        from jsonschema_rs import RegexOptions, ValidationError, validator_for

        try:  # an engine that never goes back: whatever the pattern, its time grows with the text alone
            judge = validator_for({"pattern": f"(?i){word}"}, pattern_options=RegexOptions())
        except ValidationError as error:
            raise self._wrong(f"{word} is no regular expression that can be used here") from error
        return lambda cell: cell is not None and judge.is_valid(plain(cell))

    def _wrong(self, what: str) -> UsageProblem:
        return UsageProblem(
            f"the filter cannot be read: {what}",
            hints=["cpoctl help filters    how they are written"],
            detail={"text": self._text, "from": self._from, "to": max(self._to, self._from + 1)},
        )


def cells(record: Record, path: str) -> list[Any]:
    """The values at a path, those of every row where it goes through a list; a list itself is its items."""
    found: list[Any] = [record]
    for part in path.split("."):
        found = [item.get(part) if isinstance(item, Mapping) else None for item in found]
        found = [inner for item in found for inner in (item if isinstance(item, (list, tuple)) else [item])]
    return found or [None]


def _leaves(content: Any) -> Iterator[Any]:
    if isinstance(content, Mapping):
        for value in content.values():
            yield from _leaves(value)
    elif isinstance(content, (list, tuple)):
        for value in content:
            yield from _leaves(value)
    else:
        yield content


def _folded(field: Field) -> str:
    """A heading as a filter writes it: `SoC %` is soc."""
    return "".join(filter(str.isalnum, field.column.header)).casefold() if field.column else ""


def _types(row: type, field: Field) -> tuple[type, ...]:
    hint = get_type_hints(row)[field.name]
    kinds = get_args(hint) if isinstance(hint, UnionType) or get_origin(hint) is Union else (hint,)
    return tuple(kind for kind in kinds if kind is not type(None))


def _habits(field: Field, *, by_heading: bool) -> tuple[float, bool, bool]:
    """What one unit of the name that was used holds, and whether it is a time, or an amount as text."""
    show = field.column.show if field.column else None
    is_time = show in _TIMES or field.name in ("at", "since") or field.name.endswith(("_at", "_since"))
    return (1000 if by_heading and show in _THOUSANDS else 1), is_time, field.is_amount


def _number(word: str) -> tuple[float] | None:
    try:
        return (float(word),) if word[-1:].isdigit() else None
    except ValueError:
        return None


def _counting(op: str, number: float, otherwise: Test) -> Test:
    order = _ORDERS.get(op, operator.eq)
    return lambda cell: (
        order(cell, number) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else otherwise(cell)
    )


def _amounting(op: str, word: str, otherwise: Test) -> Test:
    from decimal import Decimal  # most filters have none

    order, wanted = _ORDERS.get(op, operator.eq), Decimal(word)
    return lambda cell: order(worth, wanted) if (worth := decimal(cell)) is not None else otherwise(cell)


def _wording(op: str, word: str) -> Test:
    if op in _ORDERS:
        order, wanted = _ORDERS[op], natural(word)
        return lambda cell: _is_text(cell) and order(natural(cell), wanted)
    if op == ":":
        fits = re.compile(translate(word.casefold().replace("[", "[[]"))).match  # of fnmatch: no way back either
        known = lru_cache(maxsize=256)(lambda text: fits(text.casefold()) is not None)  # a status is one of few words
        return lambda cell: cell is not None and known(cell if type(cell) is str else plain(cell))
    return lambda cell: cell is not None and plain(cell).casefold() == word.casefold()


def _either(tests: list[Test]) -> Test:
    return lambda cell: any(test(cell) for test in tests)


def _containing(word: str) -> Test:
    if "*" in word or "?" in word:
        return _wording(":", word)
    return lambda cell: word.casefold() in plain(cell).casefold()


def _is_text(cell: Any) -> bool:
    return isinstance(cell, str) and cell != ""


def _moment(cell: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(cell).astimezone(UTC) if isinstance(cell, str) else None
    except (ValueError, OverflowError):
        return None
