"""Streams: values of monitored variables that a charger sends by themselves. OCPP 2.1 N11 to N15"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cpoctl.ocpp import Version, v2
from cpoctl.ocpp.asks import Ask, Request, given
from cpoctl.ocpp.reading import read


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A stream that a charger has open."""

    stream_id: int
    monitor_id: int | None
    interval_s: int | None
    values: int | None


class _OfStreams(Ask):
    """Something about streams, which only OCPP 2.1 has: older chargers send values as events, or in sessions."""

    def otherwise(self, version: Version) -> tuple[str, ...]:
        """How values come by themselves in this version."""
        if version is Version.V16:
            return ("cpoctl var set {charger} MeterValueSampleInterval 60 --yes    values each minute of a session",)
        return ("cpoctl monitor set {charger} EVSE:1.Power --type periodic --value 60    a value each minute",)


@dataclass(frozen=True, kw_only=True)
class GetStreams(_OfStreams):
    """Ask which streams are open."""

    def v21(self) -> Request:
        """GetPeriodicEventStream"""
        return Request("GetPeriodicEventStream", {})


@dataclass(frozen=True, kw_only=True)
class AdjustStream(_OfStreams):
    """Change after how long, or at how many values, a stream is sent."""

    stream_id: int
    interval: int | None = None
    values: int | None = None

    def v21(self) -> Request:
        """AdjustPeriodicEventStream"""
        params = given(interval=self.interval, values=self.values)
        return Request("AdjustPeriodicEventStream", {"id": self.stream_id, "params": params})


def opened(payload: Mapping[str, Any]) -> list[Stream]:
    """The streams that an answer to `GetStreams` tells."""
    listed = payload.get("constantStreamData")
    told = [read(v2.ConstantStreamData, entry)[0] for entry in (listed if isinstance(listed, list) else [])]
    return [stream for data in told if (stream := of(data))]


def of(data: v2.ConstantStreamData | None) -> Stream | None:
    """A stream of the wire; None for one without a number."""
    if data is None or data.id is None or abs(data.id) >= 2**63:
        return None
    params = data.params or v2.StreamParams()
    return Stream(
        stream_id=data.id, monitor_id=data.variable_monitoring_id, interval_s=params.interval, values=params.values
    )
