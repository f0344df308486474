"""Meter values as rows and events, shared by the actions that carry them."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Protocol

import msgspec

from cpoctl import events
from cpoctl.csms.actions import Context
from cpoctl.csms.dating import dated
from cpoctl.domain import metering, signed, timestamps
from cpoctl.store import rows


class MeterValue(Protocol):
    """One sample time in any version's shape."""

    @property
    def timestamp(self) -> str | None: ...
    @property
    def sampled_value(self) -> Sequence[metering.SampledValue]: ...


def recorded(
    values: Sequence[MeterValue], ctx: Context, evse_id: int, session_id: int, flags: Sequence[str] = ()
) -> list[rows.MeterValue]:
    """A row for each sample time and context."""
    return [
        _row(sample, ctx, evse_id, session_id, flags)
        for value in values
        for sample in metering.samples(value.timestamp or "", value.sampled_value)
    ]


def kept(samples: Sequence[rows.MeterValue]) -> Sequence[rows.Row]:
    """What is to be written of the samples: themselves, and what of them a meter has signed."""
    for sample in samples:
        if sample.other is not None and signed.SIGNED in sample.other:
            return [*samples, *_signed(samples)]
    return samples


def _signed(samples: Sequence[rows.MeterValue]) -> Iterator[rows.SignedValue]:
    for sample in samples:
        for value in msgspec.json.decode(sample.other or "[]"):
            if value.get("format") == signed.SIGNED and isinstance(value.get("value"), str):
                yield _signed_row(signed.packet(value["value"], sample.context), sample)


def _signed_row(packet: signed.Packet, sample: rows.MeterValue) -> rows.SignedValue:
    record = packet.record
    return rows.SignedValue(
        charger_id=sample.charger_id,
        evse_id=sample.evse_id,
        session_id=sample.session_id,
        taken_raw=sample.timestamp_raw,
        nature=packet.nature,
        encoding=packet.encoding,
        signing_method=packet.signing_method,
        public_key=packet.public_key,
        raw=packet.raw,
        sha256=sha256(packet.raw).hexdigest(),
        pagination=record.pagination if record else None,
        page=record.page if record else None,
        meter_serial=record.meter_serial if record else None,
        doubts=text(packet.doubts) if packet.doubts else None,
        received_at=sample.received_at,
    )


def _row(sample: metering.Sample, ctx: Context, evse_id: int, session_id: int, flags: Sequence[str]) -> rows.MeterValue:
    taken_at, doubt = dated(sample.timestamp_raw, ctx)
    energy, power, current, voltage, soc = sample.readings
    doubts = None
    if flags or sample.flags or (doubt and doubt != timestamps.CLOCK):  # that is said of the session
        doubts = text([*flags, *(sample.flags or ()), *([doubt] if doubt and doubt != timestamps.CLOCK else ())])
    return rows.MeterValue(
        ctx.charger.charger_id,
        evse_id,
        session_id,
        sample.timestamp_raw,
        sample.context,
        taken_at,
        ctx.received_at,
        energy,
        power,
        current,
        voltage,
        soc,
        text(sample.other) if sample.other else None,
        doubts,
    )


def newest(
    samples: Sequence[rows.MeterValue], transaction_id: str | None, step: int | None = None
) -> list[events.MeterChanged]:
    """The event of the latest of the samples, each figure from the latest that has it."""
    if not samples:
        return []
    last = samples[0]
    energy, power, soc = last.energy_wh, last.power_w, last.soc_percent
    if len(samples) > 1:
        for last in sorted(samples, key=lambda sample: sample.taken_at):
            energy = energy if last.energy_wh is None else last.energy_wh
            power = power if last.power_w is None else last.power_w
            soc = soc if last.soc_percent is None else last.soc_percent
    return [
        events.MeterChanged(
            charger_id=last.charger_id,
            evse_id=last.evse_id,
            transaction_id=transaction_id,
            taken_at=last.taken_at,
            energy_wh=energy if energy is not None and energy >= 0 else None,  # ocpp-go#114 sends -1
            power_w=power,
            soc_percent=soc,
            step=step,
        )
    ]


def text(value: object) -> str:
    """Compact JSON text."""
    return msgspec.json.encode(value).decode()
