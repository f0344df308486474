"""Subscriptions: a fee a month, and the energy that is included in it, for a tag or a group of tags."""

import re
from dataclasses import dataclass
from typing import Annotated

from cpoctl.domain.currencies import amount
from cpoctl.domain.money import told
from cpoctl.errors import UsageProblem
from cpoctl.operations import Argument, Record
from cpoctl.table import Column, kwh, local

Number = Annotated[int, Argument("the subscription's number", least=1)]
NAMES = "SELECT CAST(subscription_id AS TEXT) FROM subscription"
KEPT = """
SELECT subscription_id, scope, target, fee_e4, vat, currency, included_wh, first_month, last_month, note, added_at, actor
FROM subscription
"""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class SubscriptionRow:
    """Who pays how much a month, without VAT, and what is included. `last_month` is the last that is paid for."""

    subscription_id: Annotated[int, Column("NUMBER", align="right")]
    scope: Annotated[str, Column("FOR")]
    target: Annotated[str, Column("OF")]
    fee: Annotated[str, Column("FEE", align="right", show=amount, beside="currency")]
    vat: Annotated[str | None, Column("VAT %", 2, "right")]
    currency: Annotated[str, Column("CURRENCY")]
    included_wh: Annotated[int, Column("kWh", align="right", show=kwh)]
    first_month: Annotated[str, Column("FROM")]
    last_month: Annotated[str | None, Column("TO")]
    note: Annotated[str | None, Column("NOTE", 3)]
    added_at: Annotated[str, Column("ADDED", 4, show=local)]
    actor: Annotated[str, Column("BY", 4)]


def row(record: Record) -> SubscriptionRow:
    """A row of a record of `KEPT`."""
    values = {name: value for name, value in record.items() if name != "fee_e4"}
    return SubscriptionRow(**values, fee=told(record["fee_e4"]))


def month(text: str, option: str) -> str:
    """A month as `2026-11`; nobody pays for a part of one. Raises UsageProblem."""
    if not _MONTH.fullmatch(text):
        whole = text[:7] if _MONTH.fullmatch(text[:7]) else "2026-11"
        raise UsageProblem(
            f"--{option}: {text!r} is no month: a subscription is of whole months, such as {whole}",
            hints=[f"--{option} {whole}", "cpoctl subscription add --help"],
        )
    return text
