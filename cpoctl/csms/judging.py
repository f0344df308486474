"""Judging: our own requests, made for the charger's version and held against the official schema before they go out."""

import json

from cpoctl.domain.fleet import LiveFleet
from cpoctl.domain.secrets import masked
from cpoctl.errors import Unsupported, UsageProblem, nearest
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.schemas import Violation
from cpoctl.operations import Ask, Request


def spoken(live: LiveFleet, charger_id: str) -> Version | None:
    """The version of OCPP that a charger speaks now, or spoke last; None until it has connected once."""
    charger = live.charger(charger_id)
    return Version(charger.version) if charger and charger.version else None


def asked(ask: Ask | Request, version: Version, charger_id: str) -> Request:
    """The Call for what is asked of a charger. Raises Unsupported, which then names the charger."""
    if isinstance(ask, Request):
        return ask
    try:
        return ask.request(version)
    except Unsupported as error:
        needs = f"needs OCPP {' or '.join(error.detail['needs'])}, {charger_id} speaks {version}"
        instead = [hint.replace("{charger}", charger_id) for hint in error.hints]
        message = f"{charger_id} cannot: {error.message}"
        raise Unsupported(message, target=charger_id, hints=[needs, *instead], detail=error.detail) from None


def judged(request: Request, version: Version) -> None:
    """Hold a request against the official schema. Raises UsageProblem."""
    judge = schemas.judge(version, request.action)
    if judge is None:
        near = schemas.nearest_action(version, request.action)
        raise UsageProblem(
            f"OCPP {version} has no action {request.action}{nearest(request.action, [near]) if near else ''}",
            target=request.action,
            hints=[f"cpoctl ocpp actions --ocpp {version}    all that it has"],
        )
    payload = json.loads(request.payload) if isinstance(request.payload, str) else dict(request.payload)
    found = judge.violations(payload)
    if found:
        if masked(text := json.dumps(payload)) != text:  # what is wrong with a secret may quote it
            found = [Violation(each.path, each.rule, f"breaks the rule {each.rule}") for each in found]
        wrong = "; ".join(f"{violation.path or 'payload'}: {violation.message}" for violation in found[:3])
        raise UsageProblem(
            f"the payload breaks the schema of {request.action}: {wrong}",
            target=request.action,
            hints=[f"cpoctl ocpp schema {request.action} --ocpp {version}    what the standard wants"],
            detail={
                "decided_by": "cpoctl",
                "violations": [f"{violation.path} {violation.rule}: {violation.message}" for violation in found],
            },
        )
