"""The controller in a simulated charger: its registration, its messages, its answers to the server's Calls.

It behaves as the hardware does: one Call in flight, transaction messages queued while offline and replayed in order,
a BootNotification after each restart but not after each reconnect, StatusNotification at each change.
Which version it speaks is its voice's matter. OCPP 1.6 §3, §4 · OCPP-J 1.6 §4, §6.2.2 · OCPP 2.0.1 B, C, E
"""

import asyncio
from collections.abc import Callable
from functools import cached_property
from types import TracebackType
from typing import Self
from urllib.parse import quote

from cpoctl.ocpp import Version
from cpoctl.ocpp.messages import SEND
from cpoctl.simulator import misbehaving
from cpoctl.simulator.answering import Answering
from cpoctl.simulator.answers import AnswerFn
from cpoctl.simulator.authorization import KnownTags
from cpoctl.simulator.backoff import Backoff
from cpoctl.simulator.chores import Chore, Chores
from cpoctl.simulator.configuration import Configuration
from cpoctl.simulator.device import DeviceModel
from cpoctl.simulator.dice import dice
from cpoctl.simulator.kept import Kept
from cpoctl.simulator.line import Line
from cpoctl.simulator.link import CallRefused, Link, LinkLost, Payload, Watch, written
from cpoctl.simulator.monitoring import Monitors
from cpoctl.simulator.narration import Happening, Listener, silence
from cpoctl.simulator.outbox import Outbox, Session
from cpoctl.simulator.outlet import Outlet
from cpoctl.simulator.profiles import ProfileShelf
from cpoctl.simulator.registration import Registration
from cpoctl.simulator.sampling import Sampling
from cpoctl.simulator.simtime import RealTime, SimTime
from cpoctl.simulator.speech import voice_of

ANSWER_WITHIN_S = 30
REBOOT_S = 12


class Controller:
    """What speaks OCPP in a charger. Close it with `disconnect`, or use it as an async context."""

    def __init__(
        self,
        url: str,
        charger_id: str,
        *,
        version: Version = Version.V16,
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
        self.version = version
        self.voice = voice_of(version, self)
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
        self.kept, self.monitors = Kept(), Monitors()
        self.progress: dict[str, str] = {}
        """The last status of each transfer, by the name of its notification."""
        self.progress_of: dict[str, int] = {}
        """The request that it answers."""
        self._registration = Registration(self, heartbeat_s)
        self.accepted, self.announced = self._registration.accepted, self._registration.announced
        self.outlets = {number: self._outlet(number, dc=dc) for number in range(1, connectors + 1)}
        self._answer_within_s = answer_within_s
        self._metering = metering
        self.sampling = Sampling(self)
        self._on_event, self._on_frame = on_event, on_frame
        self._chores = Chores()
        self._line = Line(self._dial, self.come_back, self.happened, self._chores, self.dice, backoff)
        self._answering = Answering(self, self._line.send)
        self._outbox = Outbox(self.call, self.time.elapse, self._patience, self.voice)

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

    def has_waiting(self, transaction_id: str) -> bool:
        """Tell whether the server has not answered something of a session."""
        return self._outbox.holds(transaction_id)

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
        await self.voice.caught_up()

    async def call(self, action: str, payload: Payload | str) -> Payload:
        """Send any Call and give the answer; raise LinkLost or CallRefused. A str payload goes out as it is."""
        message_id = f"{self.dice.getrandbits(64):016x}"
        return await self._line.call(message_id, action, payload, self._answer_within_s)

    @cached_property
    def device(self) -> DeviceModel:
        """What 2.x may ask of it; made when it is first asked for."""
        from cpoctl.simulator.device.factory import made  # here, because 1.6 does without

        return DeviceModel(made(self))

    # Its place in the world

    @property
    def registration(self) -> str:
        """What the server said to the last boot."""
        return self._registration.status

    async def boot(self) -> Payload:
        """Announce the charger, and follow the answer. 1.6 §4.2"""
        return await self._registration.boot()

    async def announce(self, reason: str = "PowerUp") -> Payload:
        """Send BootNotification and nothing more; the reason is a word of 2.x."""
        return await self._registration.announce(reason)

    async def register(self) -> None:
        """Boot, again and again until the server accepts."""
        await self._registration.register()

    async def heartbeat(self) -> bool:
        """Send a sign of life, and tell whether the server had one too."""
        return await self.tell("Heartbeat", {})

    async def authorize(self, tag: str, kind: str = "") -> str:
        """Ask whether a tag may charge, or decide alone while offline; give the status. 1.6 §4.1"""
        status = self.tags.before_asking(tag) or await self._ask_about(tag, kind)
        self.happened("tag presented", detail=f"{tag}, {status}")
        return status

    async def reboot(self, stop_reason: str, boot_reason: str = "RemoteReset", *, resume: bool = False) -> None:
        """Restart: sessions end with the reason unless they go on, the line drops, the charger boots. 1.6 §5.14"""
        for outlet in [] if resume else self.outlets.values():
            await outlet.stop(stop_reason)
            await self.voice.released(outlet, stop_reason)
        self.happened("rebooting")
        self.accepted.clear()
        self._registration.reason = boot_reason
        await self.go_offline()
        await self.time.elapse(REBOOT_S)
        await self.dial_again()

    async def redial(self) -> None:
        """Make a new connection, as with a new password. Whitepaper, 2.0.1 A01"""
        await self.go_offline()
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

    async def send(self, action: str, payload: Payload | str) -> None:
        """Send what gets no answer; a str payload goes out as it is. OCPP 2.1 part 4 §4.2.5"""
        await self._line.send(written(SEND, f"{self.dice.getrandbits(64):016x}", action, payload))

    async def until_read(self) -> None:
        """Wait until the server has read what was sent; raise LinkLost if it does not."""
        await self._line.until_read(self._answer_within_s)

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
        self._registration.set_heartbeat(seconds)

    def keep_metering(self, outlet: Outlet, session: Session) -> None:
        """Send meter values by itself as long as the session lasts."""
        if self._metering:
            self.spawn(lambda: self.sampling.follow(outlet, session))

    # Inside

    def _outlet(self, number: int, *, dc: bool) -> Outlet:
        register_wh = float(self.noise.randrange(200_000, 9_000_000))
        return Outlet(self, number, dc=dc, register_wh=register_wh, v2x=self.version is Version.V21 and number == 1)

    async def _dial(self, lost: Callable[[], None]) -> Link:
        serve, watch = self._answering.serve, self._on_frame
        return await Link.dial(self.url, self.charger_id, self.password, serve, lost, watch, self.version)

    async def _ask_about(self, tag: str, kind: str) -> str:
        try:
            answer = await self.call("Authorize", self.voice.authorize(tag, kind))
        except LinkLost:
            return self.tags.offline(tag)
        except CallRefused:
            return "Invalid"
        status = self.voice.verdict(answer)
        self.tags.remember(tag, status)
        return status

    def _patience(self) -> tuple[int, int]:
        settings = self.settings
        return settings.whole("TransactionMessageAttempts"), settings.whole("TransactionMessageRetryInterval")
