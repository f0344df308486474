"""Tariffs in the charger: what it takes for a charge, by its own reckoning. OCPP 2.1 I07 to I12

A tariff is JSON as the standard has it; it goes out as it was written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask, Request, given
from cpoctl.ocpp.schemas import Violation

_OTHERWISE: Final = ("cpoctl ocpp transfer --help    a message of the vendor's own, if it has one for prices",)
REFUSED, NONE = "Rejected", "NoTariff"


@dataclass(frozen=True, kw_only=True)
class SetDefault(Ask):
    """Let a tariff hold for whoever has none of his own; EVSE 0: everywhere. I07"""

    instead = _OTHERWISE

    tariff: Mapping[str, Any]
    evse_id: int = 0

    def v21(self) -> Request:
        """SetDefaultTariff"""
        return Request("SetDefaultTariff", {"evseId": self.evse_id, "tariff": self.tariff})


@dataclass(frozen=True, kw_only=True)
class GetTariffs(Ask):
    """Have the tariffs told that an EVSE has; EVSE 0: all. I09"""

    instead = _OTHERWISE

    evse_id: int = 0

    def v21(self) -> Request:
        """GetTariffs"""
        return Request("GetTariffs", {"evseId": self.evse_id})


@dataclass(frozen=True, kw_only=True)
class ClearTariffs(Ask):
    """Take tariffs away: those of these ids, or all; on one EVSE, or everywhere. I10"""

    instead = _OTHERWISE

    tariff_ids: tuple[str, ...] = ()
    evse_id: int | None = None

    def v21(self) -> Request:
        """ClearTariffs"""
        return Request("ClearTariffs", given(tariffIds=list(self.tariff_ids) or None, evseId=self.evse_id))


@dataclass(frozen=True, kw_only=True)
class ChangeOfTransaction(Ask):
    """Let another tariff hold for a transaction that runs. I11"""

    instead = ("cpoctl session stop {session_id} --yes    a price that changes needs another session",)

    tariff: Mapping[str, Any]
    transaction_id: str
    session_id: int

    def v21(self) -> Request:
        """ChangeTransactionTariff"""
        return Request("ChangeTransactionTariff", {"tariff": self.tariff, "transactionId": self.transaction_id})


@dataclass(frozen=True)
class Assigned:
    """A tariff that a charger has, as it tells it."""

    tariff_id: str
    kind: str | None
    valid_from: str | None
    evse_ids: list[int]
    tags: list[str]


def assigned(answer: Mapping[str, Any]) -> list[Assigned]:
    """The tariffs in the answer to GetTariffs, whatever it holds."""
    found = answer.get("tariffAssignments")
    return [_assigned(entry) for entry in (found if isinstance(found, list) else []) if isinstance(entry, dict)]


def _assigned(entry: Mapping[str, Any]) -> Assigned:
    kind, valid_from = entry.get("tariffKind"), entry.get("validFrom")
    evses, tokens = entry.get("evseIds"), entry.get("idTokens")
    return Assigned(
        str(entry.get("tariffId", "")),
        str(kind).removesuffix("Tariff").lower() if kind else None,
        str(valid_from) if valid_from else None,
        [evse for evse in (evses if isinstance(evses, list) else []) if isinstance(evse, int)],
        [token for token in (tokens if isinstance(tokens, list) else []) if isinstance(token, str)],
    )


def cleared(answer: Mapping[str, Any]) -> list[tuple[str | None, str]]:
    """What became of each tariff in the answer to ClearTariffs: its id and a word; an id only where it was named."""
    found = answer.get("clearTariffsResult")
    entries = [entry for entry in (found if isinstance(found, list) else []) if isinstance(entry, dict)]
    return [(entry.get("tariffId"), str(entry.get("status", REFUSED))) for entry in entries]


def problems(tariff: Any) -> list[Violation]:
    """What is wrong with a tariff by the official schema."""
    judge = schemas.judge(Version.V21, "SetDefaultTariff")
    found = judge.violations({"evseId": 0, "tariff": tariff}) if judge else []
    return [Violation(each.path.removeprefix("tariff").removeprefix("."), each.rule, each.message) for each in found]
