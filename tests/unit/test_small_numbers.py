"""Numbers as people write and read them: a comma for a point, a handful of bytes."""

import pytest

from cpoctl.domain import money
from cpoctl.errors import UsageProblem
from cpoctl.table import megabytes


@pytest.mark.parametrize(
    ("written", "meant"), [("0,49", "0.49"), ("-1,5", "-1.5"), ("0,049", "0.049"), ("1,000", "0.25"), ("dear", "0.25")]
)
def test_who_wrote_a_comma_is_told_the_amount_with_a_point(written: str, meant: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        money.parse(written)
    assert caught.value.message == f"{written!r} is no amount: write it as {meant}"


@pytest.mark.parametrize(("count", "shown"), [(0, "0 B"), (11, "11 B"), (1200, "1.2 kB"), (250_000, "0.2 MB")])
def test_a_few_bytes_are_told_as_they_are(count: int, shown: str) -> None:
    assert megabytes(count) == shown
