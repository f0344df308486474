"""Judging: our own requests, held against the official schema before they go out."""

import json

from cpoctl.domain.secrets import masked
from cpoctl.errors import UsageProblem, nearest
from cpoctl.ocpp import Version, schemas
from cpoctl.ocpp.schemas import Violation
from cpoctl.operations import Request


def judged(request: Request, version: Version) -> None:
    """Hold a request against the official schema. Raises UsageProblem."""
    judge = schemas.judge(version, request.action)
    if judge is None:
        near = schemas.nearest_action(version, request.action)
        raise UsageProblem(
            f"OCPP {version} has no action {request.action}{nearest(request.action, [near]) if near else ''}",
            target=request.action,
            hints=["cpoctl ocpp actions    all that it has"],
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
            hints=[f"cpoctl ocpp schema {request.action}    what the standard wants"],
            detail={
                "decided_by": "cpoctl",
                "violations": [f"{violation.path} {violation.rule}: {violation.message}" for violation in found],
            },
        )
