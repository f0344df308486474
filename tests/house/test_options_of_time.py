"""Options that take a time say so, so that every face gives a time without a zone that of whoever gives it."""

import re

from cpoctl.parameters import parameters
from tests.house.commands import every_operation

_A_TIME = r"[,:] an? (ISO 8601 )?time|how long ago|before then|from then on"


def test_every_option_that_takes_a_time_is_of_a_kind_that_gets_a_zone() -> None:
    options = [(kind.path, parameter) for kind in every_operation() for parameter in parameters(kind)]
    told = [(path, option) for path, option in options if re.search(_A_TIME, getattr(option.mark, "help", ""))]
    assert len(told) > 30
    assert {f"{path} {option.flag}" for path, option in told if option.kind not in ("time", "day")} == set()
