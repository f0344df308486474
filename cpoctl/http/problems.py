"""The face of errors over HTTP: problem+json with the members that the command line reads back."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from cpoctl.errors import CpoctlError, NotFound, UsageProblem
from cpoctl.table import record

MEDIA_TYPE = "application/problem+json"


def problem(error: CpoctlError, *, status: int | None = None) -> Response:
    """The response that tells an error."""
    status = status or error.http_status
    detail = {name: record(value) for name, value in error.detail.items()}
    members = {"type": "about:blank", "title": error.message, "status": status} | error.as_json() | {"detail": detail}
    return Response(json.dumps(members), status_code=status, media_type=MEDIA_TYPE)


def no_endpoint(status: int, method: str, path: str, headers: Mapping[str, str] | None) -> Response:
    """The response to a request that no endpoint takes."""
    error: CpoctlError = NotFound(
        f"no endpoint {path}", target=path, hints=["GET /v1/openapi.json    all that there are"]
    )
    if status == 405:
        error = UsageProblem(f"{path} does not take {method}", target=path, hints=["GET /v1/openapi.json"])
    response = problem(error, status=status)
    response.headers.update(headers or {})
    return response


def wrong(message: str, field: str | None = None, **detail: Any) -> UsageProblem:
    """Bad input, with the field that is bad."""
    return UsageProblem(message, hints=["GET /v1/openapi.json    what is expected"], detail={"field": field, **detail})
