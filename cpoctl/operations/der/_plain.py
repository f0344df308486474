"""Plain settings: `50%` made into a control, and a span of time into its begin and its end. OCPP 2.1 R04"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cpoctl.errors import UsageProblem
from cpoctl.ocpp.asks import der
from cpoctl.operations import instant

if TYPE_CHECKING:
    from cpoctl.operations.der.set import SetControl

EXAMPLE = "cpoctl der set HQ-07 --limit-max-discharge 50% --for 2h --yes"
_PERCENT = re.compile(r"([+-]?\d{1,3}(?:[.,]\d{1,6})?)\s*%?")
_SETTINGS = ("limit_max_discharge", "fixed_pf_inject", "fixed_pf_absorb", "fixed_var")


def plain(given: "SetControl", control_id: str, now: datetime) -> dict[str, Any]:
    """The control of the one setting that is given. Raises UsageProblem."""
    said = [name for name in _SETTINGS if getattr(given, name) is not None]
    if len(said) != 1:
        what = "say what it sets" if not said else "one control sets one thing"
        raise UsageProblem(f"{what}: {_flags(_SETTINGS)}, or a whole control as JSON", hints=[EXAMPLE])
    made = der.Plain(
        control_id=control_id,
        is_default=given.default,
        priority=given.priority or 0,
        **_span(given, now),
    )
    if given.limit_max_discharge is not None:
        return made.limit_max_discharge(percent(given.limit_max_discharge, "limit-max-discharge", least=0))
    if given.fixed_var is not None:
        return made.fixed_var(percent(given.fixed_var, "fixed-var", least=-100))
    if given.fixed_pf_absorb is not None:
        return made.fixed_power_factor(_factor(given.fixed_pf_absorb), absorb=True)
    return made.fixed_power_factor(_factor(given.fixed_pf_inject), absorb=False)


def only_whole(given: "SetControl") -> None:
    """A control as JSON says everything itself. Raises UsageProblem."""
    beside = (*_SETTINGS, "priority", "since", "span")
    said = [name for name in beside if getattr(given, name) is not None]
    if given.default:
        said.append("default")
    if said:
        raise UsageProblem(f"a control as JSON says that itself: {_flags(said)}", hints=[EXAMPLE])


def percent(text: str, field: str, *, least: int) -> int | float:
    """`50%` or `50` as a number of at most 100. Raises UsageProblem."""
    match = _PERCENT.fullmatch(text.strip())
    value = float(match[1].replace(",", ".")) if match else None
    if value is None or not least <= value <= 100:
        raise UsageProblem(f"--{field}: {text!r} is no percentage from {least} to 100", hints=[EXAMPLE])
    return _short(value)


def _factor(value: float | None) -> int | float:
    """A power factor. Raises UsageProblem."""
    if value is None or not 0 <= value <= 1:
        raise UsageProblem(f"{value} is no power factor from 0 to 1", hints=[EXAMPLE])
    return _short(float(value))


def _span(given: "SetControl", now: datetime) -> dict[str, Any]:
    """When it begins and how long it holds. A default control has neither, any other has both."""
    if given.default:
        if given.since is not None or given.span is not None:
            raise UsageProblem(
                "a default control holds whenever no other does: --from and --for do not fit", hints=[EXAMPLE]
            )
        return {}
    if given.span is None:
        raise UsageProblem(
            "say how long it holds: --for 2h, or --default for whenever no other control holds", hints=[EXAMPLE]
        )
    return {
        "start": instant(given.since, now, "from") if given.since is not None else now,
        "seconds": _short(given.span),
    }


def _short(value: float) -> int | float:
    """A whole number without its `.0`: some chargers take no other."""
    return int(value) if value.is_integer() else value


_LONG = {"since": "from", "span": "for"}


def _flags(names: "tuple[str, ...] | list[str]") -> str:
    return ", ".join("--" + _LONG.get(name, name).replace("_", "-") for name in names)
