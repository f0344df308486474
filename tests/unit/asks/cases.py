"""Cases: what an ask becomes in each version, judged by the official schema; a version that is left out lacks it."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.asks import Ask

V16, V201, V21 = Version
Becomes = Mapping[Version, tuple[str, Mapping[str, Any]]]


def both(action: str, payload: Mapping[str, Any]) -> Becomes:
    """The same in 2.0.1 and 2.1."""
    return {V201: (action, payload), V21: (action, payload)}


def check(ask: Ask, becomes: Becomes) -> None:
    """Hold an ask against what it is to become in every version."""
    for version in Version:
        if version not in becomes:
            with pytest.raises(Unsupported) as lacking:
                ask.request(version)
            assert set(lacking.value.detail["needs"]) >= {str(each) for each in becomes}
            continue
        request = ask.request(version)
        action, payload = becomes[version]
        assert (request.action, request.payload) == (action, payload)
        judge = schemas.judge(version, action)
        assert judge is not None
        assert judge.violations(json.loads(json.dumps(payload))) == []
