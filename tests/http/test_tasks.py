"""`POST /v1/tasks`: which operation, on which targets, how; what is wrong is named, and nothing is begun."""

from typing import Any

import pytest

from cpoctl.client.unix import UnixClient
from cpoctl.errors import CpoctlError, NotFound, UsageProblem
from cpoctl.operations.charger.reset import Reset
from cpoctl.operations.task import Plan
from tests.http.face import Running


def post(api: Running, **body: Any) -> Any:
    """Ask for a task."""
    return UnixClient(api.socket).request("POST", "/v1/tasks", {"operation": "charger reset", **body})


def test_a_task_is_begun_with_what_was_given(api: Running) -> None:
    told = post(api, targets=["hq-*"], given={"hard": True}, plan={"parallel": 3, "when": "idle"})
    assert told == {"task_id": 1, "targets": ["HQ-01", "HQ-02"]}
    order = api.face.orders[0]
    assert (order.kind, order.given, order.plan) == (Reset, {"hard": True}, Plan(parallel=3, when="idle"))
    assert order.actor != ""


def test_selectors_choose_among_all_or_narrow_the_words(api: Running) -> None:
    assert post(api, select={"all": True})["targets"] == ["HQ-01", "HQ-02"]
    assert post(api, select={"status": "offline"}, targets=["HQ-02:1"])["targets"] == ["HQ-02:1"]


def test_json_text_is_the_value_itself(api: Running) -> None:
    post(api, operation="profile set", targets=["HQ-01"], given={"profile": {"chargingProfileId": 1}})
    assert api.face.orders[0].given == {"profile": '{"chargingProfileId": 1}'}


@pytest.mark.parametrize(
    ("body", "kind", "says"),
    [
        ({"operation": "charger rest"}, UsageProblem, "no act charger rest"),
        ({"operation": "charger list"}, UsageProblem, "no act charger list"),
        ({"operation": "var get", "targets": ["HQ-01"]}, UsageProblem, "many targets"),
        ({"targets": ["HQ-01"], "given": {"hrad": True}}, UsageProblem, "hrad"),
        ({"targets": ["HQ-01"], "given": {"charger": "HQ-02"}}, UsageProblem, "charger"),
        ({"targets": ["HQ-01"], "plan": {"parallel": "x"}}, UsageProblem, "parallel"),
        ({"targets": ["HQ-01"], "plan": {"when": "soon"}}, UsageProblem, "when"),
        ({"targets": "HQ-01"}, UsageProblem, "targets"),
        ({"targets": ["HQ-01"], "extra": 1}, UsageProblem, "extra"),
        ({"targets": []}, UsageProblem, "which chargers"),
        ({"targets": ["HQ-09"]}, NotFound, "HQ-09"),
        ({"select": {"status": "faulted"}}, NotFound, "empty"),
    ],
)
def test_what_cannot_be_meant_begins_nothing(
    api: Running, body: dict[str, Any], kind: type[CpoctlError], says: str
) -> None:
    with pytest.raises(kind, match=says):
        post(api, **body)
    assert api.face.orders == []


def test_a_dry_run_begins_nothing(api: Running) -> None:
    frames = post(api, targets=["HQ-01", "HQ-02"], dry_run=True)["frames"]
    assert [frame["target"] for frame in frames] == ["HQ-01", "HQ-02"]
    assert post(api, operation="tag add", given={"tag": "ANNA"}, dry_run=True)["frames"][0]["note"].startswith("AddTag")


def test_a_dry_run_of_what_would_write_too_much_tells_what_it_comes_to(api: Running) -> None:
    given = {"since": "2026-10", "reason": "x"}
    assert post(api, operation="session reprice", given=given, dry_run=True) == {"frames": [], "preview": []}
    assert api.face.orders == []
