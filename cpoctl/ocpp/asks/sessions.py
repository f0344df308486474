"""Sessions: begun and ended from here, asked about, and told what they cost.

OCPP 1.6 §5.11, §5.12 · OCPP 2.0.1 F01 to F04, E14, I02
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import Ask, Request, given, lacking
from cpoctl.ocpp.asks.tokens import token
from cpoctl.ocpp.profiles import Profile, of_session, spelled


@dataclass(frozen=True, kw_only=True)
class Start(Ask):
    """Begin a session for a tag. `remote_start_id` is what the session will be known by, which OCPP 1.6 has not."""

    tag: str
    remote_start_id: int
    tag_type: str | None = None
    evse_id: int | None = None
    profile: Profile | None = None

    def v16(self) -> Request:
        """RemoteStartTransaction"""
        payload = given(connectorId=self.evse_id, idTag=self.tag, chargingProfile=self._profile(Version.V16))
        return Request("RemoteStartTransaction", payload)

    def v2(self) -> Request:
        """RequestStartTransaction"""
        return self._v2(Version.V201)

    def v21(self) -> Request:
        """RequestStartTransaction"""
        return self._v2(Version.V21)

    def number(self, version: Version) -> int | None:
        """The number that the session will carry; with OCPP 1.6 none."""
        return None if version is Version.V16 else self.remote_start_id

    def _v2(self, version: Version) -> Request:
        payload = given(
            evseId=self.evse_id,
            idToken=token(self.tag, self.tag_type),
            remoteStartId=self.remote_start_id,  # F01.FR.25
            chargingProfile=self._profile(version),
        )
        return Request("RequestStartTransaction", payload)

    def _profile(self, version: Version) -> dict[str, Any] | None:
        return None if self.profile is None else spelled(of_session(self.profile), version)


@dataclass(frozen=True, kw_only=True)
class Stop(Ask):
    """End a session, by its number on the wire."""

    transaction_id: str

    def v16(self) -> Request:
        """RemoteStopTransaction; a session that began before the charger went back to 1.6 has no number there."""
        if not self.transaction_id.isdecimal():
            raise lacking("OCPP 1.6 numbers its transactions, and this one has a name", v2.VERSIONS)
        return Request("RemoteStopTransaction", {"transactionId": int(self.transaction_id)})

    def v2(self) -> Request:
        """RequestStopTransaction"""
        return Request("RequestStopTransaction", {"transactionId": self.transaction_id})


@dataclass(frozen=True, kw_only=True)
class AskStatus(Ask):
    """Whether a session goes on, and whether the charger still has messages of it, or of any, to tell. E14"""

    transaction_id: str | None = None
    session_id: str | None = None

    def v2(self) -> Request:
        """GetTransactionStatus"""
        return Request("GetTransactionStatus", given(transactionId=self.transaction_id))

    def otherwise(self, version: Version) -> tuple[str, ...]:
        """What the charger has told so far."""
        if self.session_id is None:
            return ("cpoctl session list --charger {charger}    what the charger has told of its sessions so far",)
        return ("cpoctl session show {session_id}    what the charger has told of it so far",)


@dataclass(frozen=True)
class Status:
    """What a charger says to AskStatus; None where it says nothing."""

    ongoing: bool | None
    in_queue: bool | None


def read_status(payload: Mapping[str, Any]) -> Status:
    """The answer to AskStatus. What is no truth value is nothing."""
    ongoing, in_queue = payload.get("ongoingIndicator"), payload.get("messagesInQueue")
    return Status(ongoing if isinstance(ongoing, bool) else None, in_queue if isinstance(in_queue, bool) else None)


@dataclass(frozen=True, kw_only=True)
class TellCost(Ask):
    """What a session has cost so far, for the charger's screen. I02"""

    instead = (
        "cpoctl ocpp transfer {charger} org.openchargealliance.costmsg --message-id RunningCost --data @cost.json --yes"
        "    for chargers that know California pricing",
    )
    transaction_id: str
    total: float

    def v2(self) -> Request:
        """CostUpdated"""
        return Request("CostUpdated", {"totalCost": self.total, "transactionId": self.transaction_id})
