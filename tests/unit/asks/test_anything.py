"""Any action, and a vendor's own messages, in each version. OCPP 1.6 §5.6 · OCPP 2.0.1 P01"""

import pytest

from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version
from cpoctl.ocpp.asks import Ask, Request
from cpoctl.ocpp.asks.anything import Anything, Transfer
from tests.unit.asks.cases import V16, V21, V201, Becomes, both, check

CASES: list[tuple[Ask, Becomes]] = [
    (
        Transfer(vendor_id="com.acme", message_id="light", data="on"),
        {
            V16: ("DataTransfer", {"vendorId": "com.acme", "messageId": "light", "data": "on"}),
            **both("DataTransfer", {"messageId": "light", "data": "on", "vendorId": "com.acme"}),
        },
    ),
]


@pytest.mark.parametrize(("ask", "becomes"), CASES)
def test_each_version_is_asked_in_its_own_words(ask: Ask, becomes: Becomes) -> None:
    check(ask, becomes)


@pytest.mark.parametrize(
    ("action", "version", "needs", "instead"),
    [
        ("RequestStartTransaction", V16, ["2.0.1", "2.1"], "RemoteStartTransaction --ocpp 1.6"),
        ("GetConfiguration", V21, ["1.6"], "GetVariables --ocpp 2.1"),
        ("GetTariffs", V201, ["2.1"], None),
    ],
)
def test_an_action_that_only_other_versions_have_is_told_with_them_and_with_what_there_is_instead(
    action: str, version: Version, needs: list[str], instead: str | None
) -> None:
    with pytest.raises(Unsupported, match=f"OCPP {version} has no action {action}") as lacking:
        Anything(action=action, payload="{}").request(version)
    assert lacking.value.detail["needs"] == needs
    assert [instead in hint for hint in lacking.value.hints if instead] == ([True] if instead else [])


def test_what_no_version_has_and_what_is_forced_goes_out_as_it_is() -> None:
    forced = Anything(action="GetTariffs", payload='{"x": 1}', even_unknown=True)
    assert forced.request(V16) == Request("GetTariffs", '{"x": 1}')
    assert Anything(action="Nonsense", payload="{}").request(V16) == Request("Nonsense", "{}")


@pytest.mark.parametrize(
    ("payload", "data"), [({"data": "off"}, "off"), ({"data": {"level": 3}}, '{"level": 3}'), ({}, None)]
)
def test_what_is_answered_to_a_vendors_message_is_told_as_text(payload: dict[str, object], data: str | None) -> None:
    assert Transfer.read(payload) == data
