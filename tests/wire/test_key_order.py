"""Payload keys go out in the order in which the standard's tables list them; its schemas keep that order."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from cpoctl.errors import CpoctlError
from cpoctl.ocpp import Version, schemas
from cpoctl.operations import Act, Request
from cpoctl.operations.authlist.push import PushList
from cpoctl.operations.profile.add import AddProfile
from cpoctl.operations.profile.set import SetProfile
from cpoctl.operations.session.start import StartSession
from cpoctl.parameters import parameters
from tests.house.commands import every_operation
from tests.house.recording import CHARGER, TAG, invocations, operator, sample

ACTS = [kind for kind in every_operation() if issubclass(kind, Act)]
SHUFFLED = json.dumps({
    "chargingSchedule": {
        "minChargingRate": 6, "chargingRateUnit": "A", "startSchedule": "2026-01-01T00:00:00Z", "duration": 60,
        "chargingSchedulePeriod": [{"numberPhases": 3, "limit": 8, "startPeriod": 0}],
    },
    "validTo": "2027-01-01T00:00:00Z", "validFrom": "2026-01-01T00:00:00Z", "recurrencyKind": "Daily",
    "chargingProfileKind": "Recurring", "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 1,
    "transactionId": 7, "chargingProfileId": 9,
})  # fmt: skip
NESTED = [
    SetProfile(charger=f"{CHARGER}:1", profile=SHUFFLED),
    SetProfile(charger=CHARGER, limit="16A", phases=3, until="2h", purpose="tx", kind="absolute"),
    StartSession(charger=f"{CHARGER}:1", tag=TAG, profile=SHUFFLED),
    PushList(charger=CHARGER, version=1),
]


def misplaced(value: Any, schema: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Where the keys of a payload stand in another order than in the schema."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from misplaced(item, schema.get("items", {}), f"{at}/{number}")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        wanted = [name for name in properties if name in value]
        if list(value) != wanted:
            yield f"{at or '/'}: {list(value)} instead of {wanted}"
        for name, item in value.items():
            yield from misplaced(item, properties.get(name, {}), f"{at}/{name}")


def resolved(schema: Any, whole: Mapping[str, Any]) -> Any:
    """A schema without references: those of the security whitepaper have definitions."""
    if isinstance(schema, list):
        return [resolved(item, whole) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(whole["definitions"][schema["$ref"].rpartition("/")[2]], whole)
    return {name: resolved(item, whole) for name, item in schema.items()}


def order_of(request: Request, version: Version = Version.V16) -> list[str]:
    """What is misplaced in a request."""
    payload = json.loads(request.payload) if isinstance(request.payload, str) else request.payload
    schema = schemas.schema(version, request.action)
    return list(misplaced(dict(payload), resolved(schema, schema)))


async def sent_by(act: Act, version: Version = Version.V16) -> list[Request]:
    """What one act sends."""
    recording, sent = operator(version)
    with suppress(CpoctlError):  # a combination that cannot be meant is refused
        await act.run(recording)
    return sent


@pytest.mark.parametrize("kind", ACTS, ids=lambda kind: kind.path)
async def test_every_operation_sends_its_keys_in_the_order_of_the_standard(kind: type[Act]) -> None:
    everything = kind(**{p.name: sample(p) for p in parameters(kind)})
    for act in [*invocations(kind), everything]:
        for request in await sent_by(act):
            assert order_of(request) == [], request.action


@pytest.mark.parametrize("act", NESTED, ids=lambda act: act.path)
async def test_keys_within_keys_stand_in_order_as_well(act: Act) -> None:
    requests = await sent_by(act)
    assert requests
    assert [wrong for request in requests for wrong in order_of(request)] == []


async def test_a_profile_is_kept_in_the_order_in_which_it_will_be_sent() -> None:
    profile = AddProfile(name="night", profile=SHUFFLED)._profile(1, operator()[0])
    assert order_of(Request("SetChargingProfile", {"evseId": 1, "chargingProfile": profile}), Version.V21) == []


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("act", NESTED[:2], ids=["whole", "plain"])
async def test_a_profile_goes_out_in_the_order_of_each_version(act: Act, version: Version) -> None:
    (request,) = await sent_by(act, version)
    assert order_of(request, version) == []


def test_a_key_in_the_wrong_place_is_found() -> None:
    assert order_of(Request("ChangeAvailability", {"type": "Operative", "connectorId": 1}))
    hashes = {"issuerKeyHash": "b", "hashAlgorithm": "SHA256", "issuerNameHash": "a", "serialNumber": "c"}
    assert order_of(Request("DeleteCertificate", {"certificateHashData": hashes}))
