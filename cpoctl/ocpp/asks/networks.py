"""Networks: the connection data that a charger keeps in a slot, to find its CSMS by. OCPP 2.0.1 B09 · OCPP 2.1 B09"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking

_OF_201: Final = {Version.V16: "OCPP16", Version.V201: "OCPP20"}
_OF_21: Final = {Version.V16: "OCPP16", Version.V201: "OCPP201", Version.V21: "OCPP21"}


@dataclass(frozen=True, kw_only=True)
class SetNetworkProfile(Ask):
    """Keep the connection data in a slot. `more` are further fields of it (apn, vpn) in the standard's words."""

    instead = (
        "cpoctl var list {charger}    where vendors of OCPP 1.6 chargers keep the URL, under names of their own",
        "cpoctl var set {charger} NAME URL --yes",
    )
    slot: int
    url: str
    security_profile: int
    interface: str
    message_timeout: int
    speaks: Version | None = None
    more: Mapping[str, Any] | None = None

    def v2(self) -> Request:
        """SetNetworkProfile"""
        speaks = _OF_201.get(self.speaks or Version.V201)
        if speaks is None:
            raise lacking(f"a charger of OCPP 2.0.1 cannot be told to speak {self.speaks}", Version.V21)
        if self.interface == "Any":
            raise lacking("a charger of OCPP 2.0.1 must be told over which of its networks", Version.V21)
        return self._request(
            ocppVersion=speaks,
            ocppTransport="JSON",
            ocppCsmsUrl=self.url,
            messageTimeout=self.message_timeout,
            securityProfile=self.security_profile,
            ocppInterface=self.interface,
        )

    def v21(self) -> Request:
        """SetNetworkProfile"""
        return self._request(
            ocppVersion=_OF_21[self.speaks or Version.V21],
            ocppInterface=self.interface,
            ocppTransport="JSON",
            messageTimeout=self.message_timeout,
            ocppCsmsUrl=self.url,
            securityProfile=self.security_profile,
        )

    def _request(self, **data: Any) -> Request:
        more = dict(self.more or {})
        apn = given(apn=more.pop("apn", None))  # the standard's table has it first
        return Request("SetNetworkProfile", {"configurationSlot": self.slot, "connectionData": {**apn, **data, **more}})
