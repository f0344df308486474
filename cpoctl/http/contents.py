"""Contents: files that operators hand to the server, and those of chargers that they take from it, in blocks."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from cpoctl.errors import NotFound, ServerDown
from cpoctl.http import ServerFace
from cpoctl.http.callers import caller, permit
from cpoctl.operations import Role
from cpoctl.routes import CONTENTS, PREFIX
from cpoctl.table import record

_BLOCK: Final = 1 << 20
_KEPT: Final = "SELECT kept FROM transfer WHERE transfer_id = ? AND kept IS NOT NULL"


def add_contents(app: FastAPI, server: ServerFace) -> None:
    """Add both endpoints."""

    @app.put(
        CONTENTS,
        tags=["image"],
        summary="Hand a file over, as application/octet-stream; its hash is what `POST /v1/images` names it by.",
    )
    async def take(request: Request) -> Response:
        permit(caller(request.scope), Role.OPERATOR)
        return Response(json.dumps(record(await server.files.take_in(_sent(request)))), media_type="application/json")

    @app.get(f"{PREFIX}/uploads/{{upload}}/content", tags=["diag"], summary="The file that a charger uploaded.")
    async def give(request: Request) -> Response:
        permit(caller(request.scope), Role.OPERATOR)
        upload = request.path_params["upload"]
        found = await server.read(_KEPT, [int(upload)]) if upload.isdigit() and len(upload) < 19 else []
        if not found:
            raise NotFound(f"no upload {upload}", target=upload, hints=["cpoctl diag list    all that are kept"])
        path = server.files.kept(found[0]["kept"])
        size = str(path.stat().st_size)
        return StreamingResponse(_read(path), media_type="application/octet-stream", headers={"Content-Length": size})


async def _sent(request: Request) -> AsyncIterator[bytes]:
    """The body, a MiB at a time, so that the disk is asked seldom."""
    gathered = bytearray()
    try:
        async for block in request.stream():
            gathered += block
            if len(gathered) >= _BLOCK:
                yield bytes(gathered)
                gathered.clear()
    except ClientDisconnect:
        raise ServerDown("the caller went away before the whole file had come") from None
    yield bytes(gathered)


async def _read(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while block := await asyncio.to_thread(file.read, _BLOCK):
            yield block
