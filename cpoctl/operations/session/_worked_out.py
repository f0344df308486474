"""Columns of the sessions' export that no SQL tells: what a bill is made of, and what the time of a session was spent on.

Their SQL selects what they are made of, and after a colon they are named: `price.bill:ENERGY`. Only who asks for one pays for it.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cpoctl.formats import Tuples
from cpoctl.operations import Read
from cpoctl.operations.session._columns import BY_NAME

_ADJUSTMENT, _RATES = "ADJUSTMENT", "VAT"


def source(sql: str) -> str:
    """What a column is made of, as SQL; its own SQL where nothing has to be worked out."""
    return sql.partition(":")[0] if is_worked_out(sql) else sql


def is_worked_out(sql: str) -> bool:
    """Whether a column's SQL tells only what it is made of."""
    return ":" in sql and sql.partition(":")[0] in _WORK


def worked_out(names: Sequence[str], batches: Iterable[Tuples], read: Read) -> Iterator[Tuples]:
    """The rows with these columns, worked out a batch at a time."""
    wanted = [BY_NAME[name].sql.partition(":") if is_worked_out(BY_NAME[name].sql) else None for name in names]
    for batch in batches:
        columns: list[Sequence[Any]] = list(zip(*batch, strict=True))
        known: dict[str, Sequence[Mapping[str, Any]]] = {}
        for at, asked in enumerate(wanted):
            if asked is not None:
                made_of, _, part = asked
                if made_of not in known:
                    known[made_of] = _WORK[made_of](columns[at], read)
                columns[at] = [told.get(part) for told in known[made_of]]
        yield list(zip(*columns, strict=True))


def _bills(texts: Sequence[str | None], read: Read) -> Sequence[Mapping[str, Any]]:
    return [_bill(text) if text else {} for text in texts]


def _bill(text: str) -> Mapping[str, str | None]:
    """What a bill's lines cost by dimension, net, what was reserved apart; and the rates of VAT of what cost something."""
    from cpoctl.domain.money import e4, told

    bill = json.loads(text)
    if "lines" not in bill:
        return {}
    sums, rates = {name: Fraction(0) for name in _DIMENSIONS}, set()
    for line in bill["lines"]:
        net = Fraction(line["net"])
        name = "RESERVATION" if line["kind"] == "RESERVATION" else line["dimension"]
        if name in sums:  # what a subscription paid for costs nothing
            sums[name] += net
        if net and line["vat"] is not None:
            rates.add(Decimal(line["vat"]))
    costs = {name: told(e4(net)) for name, net in sums.items()}
    adjustment = {_ADJUSTMENT: told(e4(Fraction(bill["adjustment_net"])))}
    return costs | adjustment | {_RATES: " ".join(f"{rate.normalize():f}" for rate in sorted(rates)) or None}


def _times(numbers: Sequence[int], read: Read) -> Sequence[Mapping[str, Any]]:
    """How many seconds each of these sessions did what; nothing where its EVSE told no status then."""
    from cpoctl.store.charges import SESSIONS, spent

    wanted = f"[{','.join(map(str, numbers))}]"
    records = read(SESSIONS + _THESE, [wanted])
    found = {record["session_id"]: spent(record, read) for record in records}
    return [{str(kind): round(seconds) for kind, seconds in (found.get(number) or {}).items()} for number in numbers]


_THESE = "WHERE s.session_id IN (SELECT value FROM json_each(?))"
_DIMENSIONS = ("ENERGY", "TIME", "PARKING_TIME", "FLAT", "RESERVATION")
_WORK: Mapping[str, Callable[[Sequence[Any], Read], Sequence[Mapping[str, Any]]]] = {
    "price.bill": _bills,
    "s.session_id": _times,
}
"""How the parts of a column's source are found, for many rows at once."""
