"""No files: what a central system has in the place of a file exchange until it is given one."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path

from cpoctl.errors import Conflict
from cpoctl.operations import Content, Form, Offer, Purpose
from cpoctl.store import Record


class NoFiles:
    """Has no place for files."""

    silence_s = 0.0

    async def forms(self, charger_id: str, purpose: Purpose) -> Sequence[Form]:
        """None."""
        raise _none()

    async def offer(
        self,
        charger_id: str,
        purpose: Purpose,
        form: str,
        *,
        image: Record | None = None,
        until: datetime | None = None,
    ) -> Offer:
        """Nothing."""
        raise _none()

    async def failed(self, charger_id: str, purpose: Purpose, form: str) -> None:
        """Nothing was tried."""

    async def handed(self, sha256: str) -> Content:
        """Nothing was."""
        raise _none()

    async def found(self, sha256: str) -> Content:
        """Nothing is."""
        raise _none()

    async def certified(self, content: Content, signature: str, certificate: str) -> str:
        """Nothing is kept that could be."""
        raise _none()

    async def take_in(self, blocks: AsyncIterator[bytes]) -> Content:
        """There is nowhere to put it."""
        raise _none()

    async def keep(self, charger_id: str, name: str, content: bytes) -> int:
        """There is nowhere to put it."""
        raise _none()

    def facts(self) -> dict[str, str]:
        """Nowhere."""
        return {"off": ""}

    def kept(self, relative: str) -> Path:
        """Nothing is."""
        raise _none()

    async def remove_image(self, sha256: str) -> None:
        """There is none."""

    async def remove_upload(self, kept: str) -> None:
        """There is none."""


def _none() -> Conflict:
    return Conflict("this server has no file exchange", hints=["add --url URL    a place of your own"])
