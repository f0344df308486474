"""Reset: restart a charger, or one EVSE of it. OCPP 1.6 §5.14 · OCPP 2.0.1 B11, B12 · OCPP 2.1 ResetEnumType"""

from dataclasses import dataclass

from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request, given, lacking


@dataclass(frozen=True, kw_only=True)
class Reset(Ask):
    """Restart; `hard`: without waiting for running sessions, which with `resume` go on afterwards."""

    hard: bool = False
    evse_id: int | None = None
    resume: bool = False

    def v16(self) -> Request:
        """Reset"""
        self._must_not_resume()
        if self.evse_id is not None:
            sure = "--hard --confirm {charger}" if self.hard else "--yes"
            whole = f"cpoctl charger reset {{charger}} {sure}    all of it"
            raise lacking("OCPP 1.6 resets whole chargers only", (Version.V201, Version.V21), (whole,))
        return Request("Reset", {"type": "Hard" if self.hard else "Soft"})

    def v2(self) -> Request:
        """Reset"""
        self._must_not_resume()
        return Request("Reset", given(type="Immediate" if self.hard else "OnIdle", evseId=self.evse_id))  # B12.FR.01

    def v21(self) -> Request:
        """Reset"""
        if not self.resume:
            return self.v2()
        return Request("Reset", given(type="ImmediateAndResume", evseId=self.evse_id))

    def _must_not_resume(self) -> None:
        if self.resume:
            raise lacking("before OCPP 2.1 sessions end with a reset", Version.V21)
