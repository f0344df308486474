"""The exchange: opens its listeners when they are needed, gives grants, and learns which form works with whom.

It belongs to the event loop of the server; its listeners have threads of their own and tell it what happens.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Self

from cpoctl import addresses, events
from cpoctl.clock import Clock, stored
from cpoctl.config import FileSettings, RecipeSettings
from cpoctl.errors import Conflict, StoreUnavailable, UsageProblem
from cpoctl.files import recipes, signatures
from cpoctl.files.folder import MIB, Folder, Incoming, TooLarge
from cpoctl.files.grants import Grant, Grants, hashed, kept, new_secret
from cpoctl.files.listeners import Listeners, Ports
from cpoctl.files.transfers import Desk, Tell
from cpoctl.files.turns import Rate
from cpoctl.operations import Content, Form, Offer, Purpose
from cpoctl.operations._recipes import Make
from cpoctl.store import Record, Store, rows

_NUMBERS = """
SELECT (SELECT coalesce(max(grant_id), 0) FROM file_grant) + 1 AS grant_id,
       (SELECT coalesce(max(transfer_id), 0) FROM transfer) + 1 AS transfer_id
"""
_HELD = "SELECT * FROM file_grant WHERE expires_at > ?"
HEARD: Final = (
    events.FileTransferStarted,
    events.DiagnosticsStatusReported,
    events.FirmwareStatusReported,
    events.PublishStatusReported,
)
"""What it wants to be told."""
OVER_OCPP: Final = "ocpp"
"""The form of what came in messages, and not as a file."""
_HOSTS_TOLD: Final = 4
_DOUBTED_WITHIN: Final = timedelta(minutes=1)
_NO_UPLOAD: Final = frozenset({"UploadFailed", "UploadFailure", "BadMessage", "NotSupportedOperation"})


@dataclass(frozen=True)
class Reached:
    """How a charger's connection came in: from which address, and on which of ours; both None while it is away."""

    peer: str | None = None
    dialled: str | None = None


@dataclass(frozen=True)
class Surroundings:
    """What the exchange is told of the server around it."""

    ports: Ports
    make: Callable[[str], Make]
    reached: Callable[[str], Reached]
    here: Callable[[], Iterable[str]]
    """The chargers that are connected."""
    tell: Tell
    recipes: Mapping[str, RecipeSettings] = field(default_factory=dict)


class Exchange:
    """The file exchange of a running server."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        settings: FileSettings,
        around: Surroundings,
        held: Iterable[Grant],
        first: Record,
    ) -> None:
        """`held` are the grants that still hold, `first` the numbers of the next grant and transfer."""
        self.settings, self.around, self.silence_s = settings, around, float(settings.silence_s)
        self._store, self._clock = store, clock
        self.folder = _folder(settings, store.path)
        self.grants = Grants(held)
        rate = Rate(settings.download_mb_s * 1e6)
        self.desk = Desk(self.grants, self.folder, clock, first["transfer_id"], rate, around.tell, self._worked)
        self.listeners = Listeners(settings, around.ports, self.desk, self._opened)
        self._next = itertools.count(first["grant_id"])
        self._makes: dict[int, Make] = {}
        self._promised: dict[tuple[str, str], Grant] = {}  # the newest of each charger, until a byte has passed

    @classmethod
    async def start(cls, store: Store, clock: Clock, settings: FileSettings, around: Surroundings) -> Self:
        """Take up the grants that still hold, and listen where somebody was promised it. Raises Conflict."""
        now = stored(clock.now())
        held = [kept(record) for record in await store.read(_HELD, [now])]
        exchange = cls(store, clock, settings, around, held, (await store.read(_NUMBERS))[0])
        configured = json.dumps({name: asdict(recipe) for name, recipe in around.recipes.items()})
        around.tell([rows.TransfersCut(now, "the server ended"), rows.FileRecipes(configured)], [])
        listeners = exchange.listeners
        for form in () if settings.off else listeners.available():
            if listeners.named(form):
                await listeners.open(form)
            elif any(grant.form == form for grant in held):
                await listeners.reopen(form)
        return exchange

    async def close(self) -> None:
        """Listen no more; what is on its way is cut."""
        self.desk.close()
        await self.listeners.close()

    def _opened(self, form: str, address: str) -> None:
        self.around.tell([], [events.FilesOpened(form=form, address=address)])

    # What operations ask

    async def forms(self, charger_id: str, purpose: Purpose) -> Sequence[Form]:
        """The forms to try with a charger, the most promising first."""
        self.listeners.must_be_on()
        recipe = await recipes.known(self._store, charger_id, self.around.make(charger_id), purpose)
        return [Form(rule.value, rule.sure) for rule in recipe.forms(self.listeners.available())]

    async def offer(
        self,
        charger_id: str,
        purpose: Purpose,
        form: str,
        *,
        image: Record | None = None,
        until: datetime | None = None,
    ) -> Offer:
        """Let a charger move a file."""
        if form not in self.listeners.available():
            raise UsageProblem(f"{form} needs a certificate", hints=["cpoctl serve --help    --tls-cert and --tls-key"])
        if image is not None:
            await asyncio.to_thread(self.folder.must_hold, image)
        host = self.host_for(charger_id)
        _, port = await self.listeners.open(form)
        now, secret, number = self._clock.now(), new_secret(), next(self._next)
        expires = max(until or now, now) + timedelta(hours=self.settings.hours)
        image = image or {}
        grant = Grant(
            *(number, hashed(secret), charger_id, purpose, form, expires),
            *(image.get("name"), image.get("sha256"), image.get("bytes")),
        )
        make = self._makes[number] = self.around.make(charger_id)
        recipe = await recipes.known(self._store, charger_id, make, purpose)
        self._promised[_key(charger_id), purpose] = grant
        await self._store.write([grant.row(now)])
        self.grants.forget_expired(now)
        self.grants.add(grant)
        url = _url(grant, f"{host}:{port}", secret, recipe.rule("url").value)
        return Offer(number, form, url, recipe.rule("dates").value, recipe.rule("fetch").value)

    def host_for(self, charger_id: str) -> str:
        """The host in a charger's URLs. Raises UsageProblem where the charger could not reach it."""
        here = self.around.reached(charger_id)
        host = self.settings.host or here.dialled or addresses.usable(self.around.ports.host)
        self.must_reach(here.peer, host)
        return _bracketed(host)

    @staticmethod
    def must_reach(peer: str | None, host: str) -> None:
        """Raise UsageProblem for a host that means the charger itself."""
        if peer and addresses.is_loopback(host) and not addresses.is_loopback(peer):
            own = addresses.outgoing() or "ADDRESS"
            raise UsageProblem(
                f"the charger connects from {peer} and could not reach {host}",
                hints=[f"cpoctl config set files.host {own}    the address under which chargers reach this machine"],
            )

    async def failed(self, charger_id: str, purpose: Purpose, form: str) -> None:
        """Remember that a form does not work with chargers of this make."""
        row = recipes.learned(self.around.make(charger_id), purpose, form, failed_at=self._clock.now())
        self.around.tell([row], [])

    def _worked(self, grant: Grant) -> None:
        if grant.form == OVER_OCPP:
            return
        make = self._makes.get(grant.grant_id) or self.around.make(grant.charger_id)
        self.around.tell([recipes.learned(make, grant.purpose, grant.form, worked_at=self._clock.now())], [])

    async def handed(self, sha256: str) -> Content:
        """What was handed over under this hash."""
        return await self.found(sha256)

    async def found(self, sha256: str) -> Content:
        """An image as it is on the disk now."""
        path = self.folder.image(sha256)
        real, md5 = await asyncio.to_thread(self.folder.hashes, path)
        return Content(real, md5, path.stat().st_size)

    async def certified(self, content: Content, signature: str, certificate: str) -> str:
        """By whom and how a file is signed."""
        return signatures.certified(content.sha256, signature, certificate, self._clock.now())

    async def take_in(self, blocks: AsyncIterator[bytes]) -> Content:
        """Keep what an operator hands over, by its hash, until it becomes an image."""
        await asyncio.to_thread(self.folder.prepare)
        known = {record["sha256"] for record in await self._store.read("SELECT sha256 FROM image")}
        await asyncio.to_thread(self.folder.forget_strays, known)
        incoming: Incoming | None = None
        try:
            incoming = self.folder.incoming(f"handed-{new_secret()}")
            async for block in blocks:
                await asyncio.to_thread(incoming.write, block)
            sha256 = incoming.sha256
            await asyncio.to_thread(incoming.keep, self.folder.image(sha256))
        except TooLarge as error:
            raise Conflict(
                str(error), hints=["cpoctl config set files.keep_mb MB    how much is kept in all"]
            ) from error
        except OSError as error:
            raise StoreUnavailable(f"the file cannot be kept: {error.strerror or error}") from error
        finally:
            if incoming is not None:
                incoming.discard()
        return await self.found(sha256)

    async def keep(self, charger_id: str, name: str, content: bytes) -> int:
        """Keep what a charger told over OCPP as if it had uploaded it. Raises Conflict, StoreUnavailable."""
        await asyncio.to_thread(self.folder.prepare)
        number = next(self._next)
        grant = Grant(number, hashed(new_secret()), charger_id, "diagnostics", OVER_OCPP, self._clock.now())
        upload = self.desk.upload(grant, self.around.reached(charger_id).peer or "", name, len(content))
        try:
            await asyncio.to_thread(upload.write, content)
            await asyncio.to_thread(upload.keep)
        except OSError as error:
            upload.cut(str(error))
            raise StoreUnavailable(f"the file cannot be kept: {error.strerror or error}") from error
        return upload.transfer.number

    def kept(self, relative: str) -> Path:
        """The file of an upload."""
        return self.folder.kept(relative)

    async def remove_image(self, sha256: str) -> None:
        """Keep an image no longer."""
        self.folder.image(sha256).unlink(missing_ok=True)

    async def remove_upload(self, kept: str) -> None:
        """Keep an upload no longer."""
        self.folder.kept(kept).unlink(missing_ok=True)

    def facts(self) -> dict[str, str]:
        """Where it listens, by form: the very addresses that the connected chargers are told, else the usual one."""
        if self.settings.off:
            return {"off": ""}
        usual = self.settings.host
        dialled = {self.around.reached(charger_id).dialled for charger_id in self.around.here()} if not usual else set()
        hosts = sorted(host for host in dialled if host)[:_HOSTS_TOLD]
        return {
            f"{form} {host}" if at else form: f"{form}://{_bracketed(host)}:{port}/"
            for form, (own, port) in self.listeners.where.items()
            for at, host in enumerate(hosts or [usual or addresses.usable(own)])
        }

    def heard(self, seq: int | None, event: events.Event) -> None:
        """Learn from what a charger tells of a transfer of which not a byte has passed here."""
        match event:
            case events.FileTransferStarted():
                self._promised.pop((_key(event.charger_id), event.purpose), None)
            case events.DiagnosticsStatusReported(status=status) if status in _NO_UPLOAD:
                self._learn_failure(event.charger_id, "diagnostics")
                self._doubt(event.charger_id or "", status)
            case (
                events.FirmwareStatusReported(status="DownloadFailed")
                | events.PublishStatusReported(status="DownloadFailed")
            ):
                self._learn_failure(event.charger_id, "firmware")

    def _learn_failure(self, charger_id: str | None, purpose: Purpose) -> None:
        grant = self._promised.pop((_key(charger_id), purpose), None)
        if grant is not None:
            make = self._makes.get(grant.grant_id, (None, None, None))
            self.around.tell([recipes.learned(make, purpose, grant.form, failed_at=self._clock.now())], [])

    def _doubt(self, charger_id: str, status: str) -> None:
        """Over FTP a connection that broke looks like the end of the file: the charger knows better."""
        since = stored(self._clock.now() - _DOUBTED_WITHIN)
        why = f"perhaps not all of it: its charger told {status}"
        self.around.tell([rows.UploadDoubted(why, charger_id, "ftp", since)], [])


def _folder(settings: FileSettings, db: Path) -> Folder:
    place = Path(settings.folder).expanduser() if settings.folder else db.with_name("files")
    return Folder(place, upload_most=settings.upload_mb * MIB, keep_most=settings.keep_mb * MIB)


def _url(grant: Grant, where: str, secret: str, ending: str) -> str:
    """What a charger is told. Firmware has its name at the end, an upload what the recipe says."""
    end = f"/{grant.name}" if grant.name else {"plain": "", "file": "/diagnostics.log"}.get(ending, "/")
    return (
        f"ftp://{grant.user}:{secret}@{where}{end}" if grant.form == "ftp" else f"{grant.form}://{where}/{secret}{end}"
    )


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _key(charger_id: str | None) -> str:
    return (charger_id or "").casefold()
