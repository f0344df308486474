"""Amounts and currencies as options have them: what is wrong names the option, and shows how it is written."""

from decimal import Decimal

from cpoctl.domain import currencies, money
from cpoctl.errors import UsageProblem, nearest


def amount(text: str, flag: str, example: str) -> Decimal:
    """What an option such as `--fee` says. Raises UsageProblem."""
    try:
        return money.parse(text)
    except UsageProblem as problem:
        raise UsageProblem(f"{flag}: {problem.message}", hints=[example]) from None


def currency(code: str, example: str) -> str:
    """The code that --currency says. Raises UsageProblem."""
    if not currencies.known(code):
        near = nearest(code, currencies.DECIMALS)
        raise UsageProblem(
            f"--currency: no currency {code}{near}: write a code of ISO 4217 such as EUR", hints=[example]
        )
    return code
