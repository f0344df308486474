"""The controller in a simulated OCPP 1.6J charger: its registration, its messages, its answers to the server's Calls.

It behaves as the hardware does: one Call in flight, transaction messages queued while offline and replayed in order,
a BootNotification after each restart but not after each reconnect, StatusNotification at each change.
OCPP 1.6 §3, §4 · OCPP-J 1.6 §4, §6.2.2
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import quote

from cpoctl.simulator import misbehaving
from cpoctl.simulator.answering import Answering
from cpoctl.simulator.answers import AnswerFn
from cpoctl.simulator.authorization import KnownTags
from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.chores import Chore, Chores
from cpoctl.simulator.configuration import Configuration
from cpoctl.simulator.dice import dice
from cpoctl.simulator.line import Line
from cpoctl.simulator.link import CallRefused, Link, LinkLost, Payload, Watch
from cpoctl.simulator.narration import Happening, Listener, silence
from cpoctl.simulator.outbox import Outbox, Session
from cpoctl.simulator.outlet import Outlet
from cpoctl.simulator.profiles import ProfileShelf
from cpoctl.simulator.simtime import RealTime, SimTime

ANSWER_WITHIN_S = 30
REBOOT_S = 12
DEFAULT_INTERVAL_S = 300
"""Between heartbeats, and between boots, if the server leaves it to the charger. 1.6 §4.2"""


class Controller:
    """What speaks OCPP in a charger. Close it with `disconnect`, or use it as an async context."""

    def __init__(
        self,
        url: str,
        charger_id: str,
        *,
        connectors: int = 1,
        password: str | bytes | None = None,
        vendor: str = "Simulated",
        model: str = "AC-22",
        firmware: str = "1.4.2",
        serial: str | None = None,
        dc: bool = False,
        seed: int = 0,
        time: SimTime | None = None,
        backoff: Backoff | None = None,
        metering: bool = False,
        heartbeat_s: int | None = None,
        misbehave: str = "",
        answer_within_s: float = ANSWER_WITHIN_S,
        on_event: Listener = silence,
        on_frame: Watch | None = None,
    ) -> None:
        """With a `backoff` it redials a lost server, with `metering` it sends meter values by itself.

        `heartbeat_s` stands over the server's wish; `misbehave` are rules as `misbehaving` reads them.
        """
        self.url = f"{url.rstrip('/')}/{quote(charger_id, safe='')}"
        self.charger_id = charger_id
        self.password = password.encode() if isinstance(password, str) else password
        self.vendor, self.model, self.firmware = vendor, model, firmware
        self.serial = serial or f"SN-{charger_id}"[:25]
        self.time = time or RealTime()
        self.dice = dice("wire", seed, charger_id)
        self.noise = dice("noise", seed, charger_id)
        self.settings = Configuration(connectors)
        self.settings[misbehaving.SETTING] = misbehave
        self.tags = KnownTags(self.settings)
        self.profiles = ProfileShelf(
            self.time.now,
            self.settings.whole("ChargeProfileMaxStackLevel"),
            self.settings.whole("ChargingScheduleMaxPeriods"),
            self.settings.whole("MaxChargingProfilesInstalled"),
        )
        self.certificates: dict[str, list[Payload]] = {}
        self.progress: dict[str, str] = {}
        """The last status of each transfer, by the name of its notification."""
        self.accepted = asyncio.Event()
        """Set while the server knows the charger: from an accepted boot to the next restart."""
        self.announced = asyncio.Event()
        """Set once the server has answered a boot, whatever it said."""
        self.registration = ""
        """What it said to the last boot."""
        self.outlets = {
            number: Outlet(self, number, dc=dc, register_wh=float(self.noise.randrange(200_000, 9_000_000)))
            for number in range(1, connectors + 1)
        }
        self._answer_within_s = answer_within_s
        self._metering = metering
        self._heartbeat_s = heartbeat_s
        self._on_event, self._on_frame = on_event, on_frame
        self._chores = Chores()
        self._line = Line(self._dial, self.come_back, self.happened, self._chores, self.dice, backoff)
        self._answering = Answering(self, self._line.send)
        self._outbox = Outbox(self.call, self.time.elapse, self._patience)
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.disconnect()

    # The line

    @property
    def online(self) -> bool:
        return self._line.online

    @property
    def waiting_messages(self) -> int:
        """How many transaction messages the server has not answered."""
        return len(self._outbox)

    async def connect(self) -> None:
        """Dial the server; raise LinkLost if that fails."""
        await self._line.connect()

    async def disconnect(self) -> None:
        """Stop for good: no task, no socket is left."""
        await self._line.close()  # first, so that no Call of the server starts anything new
        await self._chores.end()
        await self._line.close()  # a chore may just have redialled

    async def go_offline(self) -> None:
        """Lose the line without a goodbye, and stay away."""
        await self._line.cut()

    async def come_back(self) -> None:
        """Reconnect, send what waited in its order, and tell what changed meanwhile."""
        await self.connect()
        if not self.accepted.is_set():
            await self.register()
        await self._outbox.deliver()
        for outlet in self.outlets.values():
            await outlet.heed_refusal()
            await outlet.tell_status()

    async def call(self, action: str, payload: Payload | str) -> Payload:
        """Send any Call and give the answer; raise LinkLost or CallRefused. A str payload goes out as it is."""
        message_id = f"{self.dice.getrandbits(64):016x}"
        return await self._line.call(message_id, action, payload, self._answer_within_s)

    # Its place in the world

    async def boot(self) -> Payload:
        """Announce the charger, and follow the answer. 1.6 §4.2"""
        answer = await self.announce()
        if answer.get("status") != "Accepted":
            return answer
        self.accepted.set()
        wish = int(answer.get("interval") or DEFAULT_INTERVAL_S)
        self.set_heartbeat(wish if self._heartbeat_s is None else self._heartbeat_s)
        await self.tell("StatusNotification", {"connectorId": 0, "errorCode": "NoError", "status": "Available"})
        for outlet in self.outlets.values():
            outlet.restarted()
            await outlet.tell_status()
        return answer

    async def announce(self) -> Payload:
        """Send BootNotification and nothing more."""
        answer = await self.call(
            "BootNotification",
            {
                "chargePointVendor": self.vendor,
                "chargePointModel": self.model,
                "chargePointSerialNumber": self.serial,
                "firmwareVersion": self.firmware,
            },
        )
        self.registration = str(answer.get("status", ""))
        self.announced.set()
        self.happened("booted", detail=self.registration)
        return answer

    async def register(self) -> None:
        """Boot, again and again until the server accepts."""
        while True:
            try:
                answer = await self.boot()
            except CallRefused:
                answer = {}
                self.announced.set()
            if answer.get("status") == "Accepted":
                return
            await self.time.elapse(int(answer.get("interval") or DEFAULT_INTERVAL_S))

    async def heartbeat(self) -> bool:
        """Send a sign of life, and tell whether the server had one too."""
        return await self.tell("Heartbeat", {})

    async def authorize(self, tag: str) -> str:
        """Ask whether a tag may charge, or decide alone while offline; give the status. 1.6 §4.1"""
        status = self.tags.before_asking(tag) or await self._ask_about(tag)
        self.happened("tag presented", detail=f"{tag}, {status}")
        return status

    async def reboot(self, reason: str) -> None:
        """Restart: sessions end with the reason, the line drops, the charger boots. 1.6 §5.14"""
        for outlet in self.outlets.values():
            await outlet.stop(reason)
        self.happened("rebooting")
        self.accepted.clear()
        await self.go_offline()
        await self.time.elapse(REBOOT_S)
        await self.dial_again()

    async def dial_again(self) -> None:
        """Come back, now or, with a backoff, when the server is there again."""
        await self._line.dial_again()

    # What its parts use

    def on(self, action: str, answer: AnswerFn) -> None:
        """Answer this action differently from now on."""
        self._answering.on(action, answer)

    async def tell(self, action: str, payload: Payload) -> bool:
        """Send what need not arrive; tell whether the server took notice."""
        try:
            await self.call(action, payload)
        except LinkLost:
            return False
        except CallRefused as refused:
            self.happened("refused by the server", detail=f"{action}: {refused}")
        return True

    async def report(self, action: str, payload: Payload, session: Session) -> None:
        """Send a transaction message, now or when the line is back."""
        self._outbox.add(action, payload, session)
        if self.online:
            await self._outbox.deliver()

    def happened(self, what: str, connector: int = 0, detail: str = "") -> None:
        """Tell whoever listens."""
        self._on_event(Happening(self.charger_id, what, connector, detail))

    def spawn(self, work: Chore) -> asyncio.Task[None]:
        """Do something in the background; a lost line ends it quietly."""
        return self._chores.start(work)

    def set_heartbeat(self, seconds: int) -> None:
        """Beat at this interval from now on; 0 beats never."""
        self.settings["HeartbeatInterval"] = str(seconds)
        if self._beating is not None:
            self._beating.cancel()
        self._beating = self.spawn(lambda: self._beat(seconds)) if seconds > 0 else None

    def keep_metering(self, outlet: Outlet, session: Session) -> None:
        """Send meter values by itself as long as the session lasts."""
        if self._metering:
            self.spawn(lambda: self._sample(outlet, session))

    # Inside

    async def _dial(self, lost: Callable[[], None]) -> Link:
        return await Link.dial(self.url, self.charger_id, self.password, self._answering.serve, lost, self._on_frame)

    async def _ask_about(self, tag: str) -> str:
        try:
            answer = await self.call("Authorize", {"idTag": tag})
        except LinkLost:
            return self.tags.offline(tag)
        except CallRefused:
            return "Invalid"
        status = str(answer["idTagInfo"]["status"])
        self.tags.remember(tag, status)
        return status

    async def _beat(self, seconds: int) -> None:
        while True:
            await self.time.sleep(seconds)
            await self.heartbeat()

    async def _sample(self, outlet: Outlet, session: Session) -> None:
        while not session.over:
            interval = self.settings.whole("MeterValueSampleInterval")
            await self.time.sleep(interval or DEFAULT_INTERVAL_S)
            if interval and outlet.session is session:
                await outlet.meter()

    def _patience(self) -> tuple[int, int]:
        settings = self.settings
        return settings.whole("TransactionMessageAttempts"), settings.whole("TransactionMessageRetryInterval")
