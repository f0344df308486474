"""What only OCPP 2.x has, as each version is asked for it: screens; only 2.1: tariffs, the grid's controls, batteries, payments."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask, batteries, der, displays, payments, tariffs
from tests.unit.asks.cases import V21, V201, Becomes, both, check
from tests.wire.inbound_v2 import EXAMPLES

AT, LATER = datetime(2026, 11, 22, 13, tzinfo=UTC), datetime(2026, 12, 24, 18, tzinfo=UTC)
TARIFF = {"tariffId": "day-dc", "currency": "EUR", "energy": {"prices": [{"priceKwh": 0.25}]}}
CONTROL = {"controlType": "VoltVar", "isDefault": True, "curve": {"curveData": [{"x": 1, "y": 2}], "priority": 0, "yUnit": "PctMaxVar"},
           "controlId": "c-1"}  # fmt: skip
PLAIN = der.Plain(control_id="c-1", is_default=False, priority=1, start=AT, seconds=7200)
DEFAULT = der.Plain(control_id="c-1", is_default=True)


def only_21(action: str, payload: dict[str, Any]) -> Becomes:
    """What only 2.1 has."""
    return {V21: (action, payload)}


CASES: list[tuple[Ask, Becomes]] = [
    (
        displays.SetMessage(number=7, text="Free until 18:00"),
        both("SetDisplayMessage", {"message": {
            "id": 7, "priority": "NormalCycle", "message": {"format": "UTF8", "content": "Free until 18:00"},
        }}),
    ),
    (
        displays.SetMessage(
            number=7, text="Hallo", priority="always-front", state="faulted", start=AT, end=LATER, transaction_id="tx-1",
            format="ascii", language="de", evse_id=2,
        ),
        both("SetDisplayMessage", {"message": {
            "display": {"evse": {"id": 2}, "name": "Display"}, "id": 7, "priority": "AlwaysFront", "state": "Faulted",
            "startDateTime": "2026-11-22T13:00:00Z", "endDateTime": "2026-12-24T18:00:00Z", "transactionId": "tx-1",
            "message": {"format": "ASCII", "language": "de", "content": "Hallo"},
        }}),
    ),
    (displays.ClearMessage(number=7), both("ClearDisplayMessage", {"id": 7})),
    (displays.GetMessages(request_id=1), both("GetDisplayMessages", {"requestId": 1})),
    (
        displays.GetMessages(request_id=1, numbers=(7, 8), priority="in-front", state="idle"),
        both("GetDisplayMessages", {"id": [7, 8], "requestId": 1, "priority": "InFront", "state": "Idle"}),
    ),
    (tariffs.SetDefault(tariff=TARIFF), only_21("SetDefaultTariff", {"evseId": 0, "tariff": TARIFF})),
    (tariffs.SetDefault(tariff=TARIFF, evse_id=2), only_21("SetDefaultTariff", {"evseId": 2, "tariff": TARIFF})),
    (tariffs.GetTariffs(evse_id=2), only_21("GetTariffs", {"evseId": 2})),
    (tariffs.ClearTariffs(), only_21("ClearTariffs", {})),
    (
        tariffs.ClearTariffs(tariff_ids=("day-dc",), evse_id=2),
        only_21("ClearTariffs", {"tariffIds": ["day-dc"], "evseId": 2}),
    ),
    (
        tariffs.ChangeOfTransaction(tariff=TARIFF, transaction_id="tx-1", session_id=1),
        only_21("ChangeTransactionTariff", {"tariff": TARIFF, "transactionId": "tx-1"}),
    ),
    (der.SetControl(control=CONTROL), only_21("SetDERControl", CONTROL)),
    (
        der.SetControl(control=PLAIN.limit_max_discharge(50)),
        only_21("SetDERControl", {
            "isDefault": False, "controlId": "c-1", "controlType": "LimitMaxDischarge",
            "limitMaxDischarge": {
                "priority": 1, "pctMaxDischargePower": 50, "startTime": "2026-11-22T13:00:00Z", "duration": 7200,
            },
        }),
    ),
    (
        der.SetControl(control=DEFAULT.fixed_power_factor(0.95, absorb=False)),
        only_21("SetDERControl", {
            "isDefault": True, "controlId": "c-1", "controlType": "FixedPFInject",
            "fixedPFInject": {"priority": 0, "displacement": 0.95, "excitation": False},
        }),
    ),
    (
        der.SetControl(control=DEFAULT.fixed_power_factor(1, absorb=True)),
        only_21("SetDERControl", {
            "isDefault": True, "controlId": "c-1", "controlType": "FixedPFAbsorb",
            "fixedPFAbsorb": {"priority": 0, "displacement": 1, "excitation": True},
        }),
    ),
    (
        der.SetControl(control=DEFAULT.fixed_var(-30)),
        only_21("SetDERControl", {
            "isDefault": True, "controlId": "c-1", "controlType": "FixedVar",
            "fixedVar": {"priority": 0, "setpoint": -30, "unit": "PctMaxVar"},
        }),
    ),
    (der.GetControls(request_id=1), only_21("GetDERControl", {"requestId": 1})),
    (
        der.GetControls(request_id=1, is_default=False, kind="VoltVar", control_id="c-1"),
        only_21("GetDERControl", {"requestId": 1, "isDefault": False, "controlType": "VoltVar", "controlId": "c-1"}),
    ),
    (der.ClearControls(), only_21("ClearDERControl", {"isDefault": False})),
    (
        der.ClearControls(is_default=True, kind="VoltVar", control_id="c-1"),
        only_21("ClearDERControl", {"isDefault": True, "controlType": "VoltVar", "controlId": "c-1"}),
    ),
    (der.Signal(value=-20, at=AT), only_21("AFRRSignal", {"timestamp": "2026-11-22T13:00:00Z", "signal": -20})),
    (
        batteries.RequestSwap(request_id=9, tag="ANNA-K"),
        only_21("RequestBatterySwap", {"idToken": {"idToken": "ANNA-K", "type": "Central"}, "requestId": 9}),
    ),
    (
        payments.WebPaymentStarted(evse_id=2, seconds=120),
        only_21("NotifyWebPaymentStarted", {"evseId": 2, "timeout": 120}),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


@pytest.mark.parametrize(
    ("ask", "place", "word"),
    [
        (displays.SetMessage(number=7, text="https://example.com", format="qrcode"), ("message", "message", "format"), "QRCODE"),
        (displays.SetMessage(number=7, text="x", state="suspended"), ("message", "state"), "Suspended"),
        (displays.GetMessages(request_id=1, state="discharging"), ("state",), "Discharging"),
    ],
)  # fmt: skip
def test_a_word_that_a_screen_has_only_from_2_1_on_is_not_sent_to_2_0_1(
    ask: Ask, place: tuple[str, ...], word: str
) -> None:
    with pytest.raises(Unsupported, match=r"2\.0\.1 does not know") as lacking:
        ask.request(V201)
    assert lacking.value.detail["needs"] == ["2.1"]
    request = ask.request(V21)
    judge, found = schemas.judge(V21, request.action), request.payload
    assert judge is not None
    assert judge.violations(found) == []
    for step in place:
        found = found[step]  # type: ignore[index]  # a mapping down to the word
    assert found == word


def test_the_keys_of_a_control_that_somebody_wrote_go_out_in_the_order_of_the_standard() -> None:
    payload: Any = der.SetControl(control=CONTROL).request(V21).payload
    assert list(payload) == ["isDefault", "controlId", "controlType", "curve"]


def test_every_type_of_control_can_be_named() -> None:
    standard = schemas.schema(Version.V21, "ClearDERControl")["definitions"]["DERControlEnumType"]["enum"]
    assert list(get_args(der.Kind)) == standard


def test_the_messages_of_a_screen_are_told_in_our_words() -> None:
    told = displays.told([EXAMPLES[V201]["NotifyDisplayMessages"], {}, {"messageInfo": 7}, {"messageInfo": [1, {}]}])
    assert told[0] == displays.Shown(
        7, "Frohe Weihnachten", "in-front", "idle", "2026-11-22T13:00:00Z", "2026-12-24T18:00:00Z",
        "c2b7f1f4-5c0a-4a5e-9a57-0d7f9f8f6f10", "utf8", "de", 1,
    )  # fmt: skip
    assert told[1:] == [displays.Shown(*[None] * 10)]


def test_the_controls_of_a_charger_are_told_whatever_their_type() -> None:
    told = der.told([EXAMPLES[V21]["ReportDERControl"], {}, {"curve": 7, "fixedVar": [7, {}]}])
    assert [(it.control_id, it.kind, it.is_default, it.superseded) for it in told] == [
        ("c-1", "FreqWatt", True, False), ("c-2", "EnterService", None, None), ("c-1", "FixedPFAbsorb", False, False),
        ("c-1", "FixedPFInject", False, False), ("c-1", "FixedVar", False, False), ("c-1", "FreqDroop", False, False),
        ("c-3", "Gradients", None, None), ("c-1", "LimitMaxDischarge", False, False), ("", "FixedVar", None, None),
    ]  # fmt: skip
    assert told[2].setting["displacement"] == 0.95
    assert told[-1].setting == {}


def test_the_tariffs_of_a_charger_are_told_whatever_else_it_says() -> None:
    sound = {"tariffId": "day-dc", "tariffKind": "DriverTariff", "validFrom": "2026-11-22T13:00:00Z",
             "evseIds": [1, 2], "idTokens": ["ANNA-K"]}  # fmt: skip
    told = tariffs.assigned({"status": "Accepted", "tariffAssignments": [sound, {}, 7]})
    assert told == [
        tariffs.Assigned("day-dc", "driver", "2026-11-22T13:00:00Z", [1, 2], ["ANNA-K"]),
        tariffs.Assigned("", None, None, [], []),
    ]
    assert tariffs.assigned({"tariffAssignments": 7}) == []
    assert tariffs.cleared({"clearTariffsResult": [{"tariffId": "a", "status": "Accepted"}, {}, 7]}) == [
        ("a", "Accepted"), (None, "Rejected"),
    ]  # fmt: skip


def test_what_is_wrong_with_a_tariff_is_told_from_the_tariff_on() -> None:
    assert tariffs.problems(TARIFF) == []
    assert [found.path for found in tariffs.problems({"tariffId": "x"})] == ["currency"]
