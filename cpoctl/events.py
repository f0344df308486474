"""What has happened: every event of the product on one page, and the bus that spreads them.

A stored event becomes a row of the commit it belongs to, and its row number is the stream's sequence
number; an unstored one is a value change that a snapshot tells again. Events are applied to the live
state first and published then, both on the event loop and only after the commit.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has happened to a charger, or with `charger_id` None to the server's records."""

    stored: ClassVar[bool] = True
    charger_id: str | None = None

    @property
    def type(self) -> str:
        """The event's name, as the stream and the database write it."""
        return type(self).__name__


class ChargerAdded(Event, frozen=True, kw_only=True):
    """A charger came into the records: added, accepted, or waiting for approval."""

    registration: str
    known: bool
    password_hash: str | None = None


class RegistrationChanged(Event, frozen=True, kw_only=True):
    """The operator approved, suspended or rejected a charger."""

    registration: str
    known: bool


class ChargerRemoved(Event, frozen=True, kw_only=True):
    """A charger left the records; its history stays."""


class ChargerEdited(Event, frozen=True, kw_only=True):
    """What the operator has written about a charger changed; whole, but for the note."""

    name: str | None
    site_id: str | None
    labels: dict[str, str]


class SiteChanged(Event, frozen=True, kw_only=True):
    """A site was added or changed."""

    site_id: str
    name: str
    time_zone: str


class SiteRemoved(Event, frozen=True, kw_only=True):
    """A site left the records."""

    site_id: str


class PasswordChanged(Event, frozen=True, kw_only=True):
    """A charger's password was set, offered or promoted. The hashes are never published or stored here."""

    stored: ClassVar[bool] = False
    password_hash: str | None
    password_next_hash: str | None


class ChargerConnected(Event, frozen=True, kw_only=True):
    """A charger's connection was opened."""

    connection_id: int
    address: str
    version: str
    auth: str
    at: str


class ChargerDisconnected(Event, frozen=True, kw_only=True):
    """A charger's connection ended. `superseded` when a newer connection took its place."""

    connection_id: int
    code: int | None
    reason: str
    at: str


class ChargerBooted(Event, frozen=True, kw_only=True):
    """A charger announced itself."""

    vendor: str | None
    model: str | None
    serial: str | None
    firmware: str | None
    registration: str
    at: str
    reason: str | None = None


class ClockJudged(Event, frozen=True, kw_only=True):
    """A charger's clock was found to be so far ahead of ours, or behind (negative); None: nobody knows."""

    ahead_s: float | None


class StatusChanged(Event, frozen=True, kw_only=True):
    """An EVSE's status as received; `current` is False for an old status that came late.

    `charger_time` is the charger's own time of it, when that can be believed. Where an EVSE has several connectors,
    `connector_status` is what one of them told.
    """

    evse_id: int
    status: str
    error_code: str | None
    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    since: str
    charger_time: str | None = None
    current: bool = True
    connector_id: int | None = None
    connector_status: str | None = None


class TagRefused(Event, frozen=True, kw_only=True):
    """A tag was presented and not accepted."""

    tag_id: str
    status: str


class SessionStarted(Event, frozen=True, kw_only=True):
    """A session began."""

    session_id: int
    evse_id: int
    transaction_id: str
    tag_id: str
    tag_status: str
    started_at: str
    started_raw: str
    meter_start_wh: float | None
    meter_start_raw: str
    flags: tuple[str, ...] = ()
    remote_start_id: int | None = None


class SessionAmended(Event, frozen=True, kw_only=True):
    """What was told of a session after its begin: its tag, its EVSE, by what it was asked for, the begin itself.

    `tag_came` and `place_came`: that one is what came with it.
    """

    session_id: int
    evse_id: int
    transaction_id: str
    tag_id: str
    tag_status: str
    started_at: str
    meter_start_wh: float | None
    flags: tuple[str, ...] = ()
    remote_start_id: int | None = None
    tag_came: bool = False
    place_came: bool = False


class TransactionTold(Event, frozen=True, kw_only=True):
    """A step of an open transaction was told: how many were, and the newest number of one."""

    stored: ClassVar[bool] = False
    transaction_id: str
    seq_no: int
    charging_state: str | None


class SessionStopped(Event, frozen=True, kw_only=True):
    """A session ended, by its charger or, flagged `closed_by_hand`, by an operator."""

    session_id: int
    evse_id: int
    transaction_id: str
    started_at: str
    stopped_at: str
    energy_wh: float | None
    reason: str | None
    flags: tuple[str, ...] = ()


class SessionFlagged(Event, frozen=True, kw_only=True):
    """Something doubtful was seen in a session."""

    session_id: int
    transaction_id: str
    flags: tuple[str, ...]


class SessionClosed(Event, frozen=True, kw_only=True):
    """An operator ended the record of a session by hand; its SessionStopped follows."""

    session_id: int
    actor: str
    reason: str


class SessionCorrected(Event, frozen=True, kw_only=True):
    """What is known of a session that has ended is another: its charger told more, or, with `actor`, somebody decided so."""

    session_id: int
    evse_id: int
    transaction_id: str
    stopped_at: str
    energy_wh: float | None
    reason: str | None
    flags: tuple[str, ...] = ()
    actor: str | None = None


class SessionPriced(Event, frozen=True, kw_only=True):
    """What a session came to, in ten-thousandths of its currency; of one that was priced before this is what counts now."""

    session_id: int
    net_e4: int
    vat_e4: int
    gross_e4: int
    currency: str
    tariff_id: str
    version: str
    actor: str


class WorkProgressed(Event, frozen=True, kw_only=True):
    """An operation that takes minutes has come so far: `done` of about `total`."""

    stored: ClassVar[bool] = False
    operation: str
    actor: str
    done: int
    total: int


class CostChanged(Event, frozen=True, kw_only=True):
    """What an open session has cost so far, VAT included, in ten-thousandths of its currency; at most once a minute."""

    stored: ClassVar[bool] = False
    session_id: int
    transaction_id: str
    gross_e4: int
    currency: str
    at: str


class TariffChanged(Event, frozen=True, kw_only=True):
    """A version of a tariff was added, or with `removed` left the records."""

    tariff_id: str
    version: str
    removed: bool = False


class TariffAssigned(Event, frozen=True, kw_only=True):
    """A tariff holds somewhere, for sessions that begin from then up to then: assigned, or ended by then.

    Each is an instant, or a day, which begins at the midnight of each site.
    """

    assignment_id: int
    tariff_id: str
    version: str
    scope: str
    target: str
    valid_from: str
    valid_to: str | None = None


class OwnerShareSet(Event, frozen=True, kw_only=True):
    """From a day on so many percent are an owner's; the reason where a month that was over changed."""

    owner_id: str
    percent: str
    valid_from: str
    actor: str
    reason: str | None = None


class SiteOwnerSet(Event, frozen=True, kw_only=True):
    """From a day on a site is somebody's, or nobody's; the reason where a month that was over changed."""

    site_id: str
    owner_id: str | None
    valid_from: str
    actor: str
    reason: str | None = None


class PriceSeriesChanged(Event, frozen=True, kw_only=True):
    """Prices of a series came: so many were new or others than before; or with `removed` it left the records."""

    series: str
    points: int
    removed: bool = False


class SubscriptionChanged(Event, frozen=True, kw_only=True):
    """A tag or a group subscribed, or its last month was set."""

    subscription_id: int
    scope: str
    target: str
    last_month: str | None = None


class ItemDropped(Event, frozen=True, kw_only=True):
    """Somebody left a session or an orphan out of bills and reports, or took it in again."""

    item: str
    actor: str
    reason: str
    dropped: bool


class ItemReviewed(Event, frozen=True, kw_only=True):
    """Somebody looked at a doubtful session or an orphan and lets it stand."""

    item: str
    actor: str
    note: str


class OutageExcused(Event, frozen=True, kw_only=True):
    """Somebody said that a time was outside our control, or with `revokes` took that back."""

    evse_id: int | None
    begins_at: str
    ends_at: str
    cause: str
    actor: str
    note: str
    revokes: int | None = None


class ReservationChanged(Event, frozen=True, kw_only=True):
    """A reservation was made, refused or cancelled, its charger did not answer (`unknown`) or told its end."""

    reservation_id: int
    state: str


class ReportReceived(Event, frozen=True, kw_only=True):
    """A message of a report that we asked for came in; `last`: there is no more to come."""

    action: str
    request_id: int
    seq_no: int | None
    last: bool


class OrphanKept(Event, frozen=True, kw_only=True):
    """A transaction message belonged to no session that we know, and was kept."""

    action: str
    transaction_id: str | None
    reason: str
    at: str


class FirmwareStatusReported(Event, frozen=True, kw_only=True):
    """How far a firmware update has come; `info` is why, where the charger says it."""

    status: str
    request_id: int | None = None
    info: str | None = None


class PublishStatusReported(Event, frozen=True, kw_only=True):
    """How far a charger has come that shall offer firmware to its network, and where it offers it."""

    status: str
    request_id: int | None
    locations: tuple[str, ...]
    info: str | None


class DiagnosticsStatusReported(Event, frozen=True, kw_only=True):
    """How far an upload of diagnostics or logs has come; `info` is why, where the charger says it."""

    status: str
    request_id: int | None = None
    info: str | None = None


class FileTransferStarted(Event, frozen=True, kw_only=True):
    """A charger began to fetch firmware from us, or to upload diagnostics to us; `total` bytes, if that is known."""

    transfer_id: int
    grant_id: int
    purpose: str
    form: str
    name: str
    total: int | None


class FileTransferProgressed(Event, frozen=True, kw_only=True):
    """How far a transfer is, at most once a second."""

    stored: ClassVar[bool] = False
    transfer_id: int
    purpose: str
    form: str
    name: str
    bytes: int
    total: int | None
    bytes_per_s: float


class FileTransferFinished(Event, frozen=True, kw_only=True):
    """A transfer ended, `whole` or `cut`, and then why; `sha256` is of what was uploaded."""

    transfer_id: int
    grant_id: int
    purpose: str
    form: str
    name: str
    bytes: int
    total: int | None
    seconds: float
    state: str
    error: str | None = None
    sha256: str | None = None


class FilesOpened(Event, frozen=True, kw_only=True):
    """The server began to listen for files in this form, because somebody needed it or the config says so."""

    form: str
    address: str


class ImageChanged(Event, frozen=True, kw_only=True):
    """An image was added, or with `removed` left the records."""

    image: str
    sha256: str
    removed: bool = False


class SecurityEventReported(Event, frozen=True, kw_only=True):
    """A security event, the charger's own or one that we saw about it."""

    kind: str
    info: str
    source: str


class VariableEvent(Event, frozen=True, kw_only=True):
    """A monitor of a charger's variable saw something; a problem is over when `cleared`."""

    variable: str
    value: str
    trigger: str
    happened_at: str
    kind: str | None = None
    severity: int | None = None
    monitor_id: int | None = None
    cleared: bool = False
    transaction_id: str | None = None
    tech_code: str | None = None
    tech_info: str | None = None
    cause: int | None = None
    event_id: int | None = None


class VariableStreamOpened(Event, frozen=True, kw_only=True):
    """A charger began to send the values of a monitored variable by themselves."""

    stream_id: int
    monitor_id: int | None
    interval_s: int | None
    values: int | None


class VariableStreamClosed(Event, frozen=True, kw_only=True):
    """A charger stopped sending the values of a monitored variable."""

    stream_id: int


class VariableStreamTold(Event, frozen=True, kw_only=True):
    """Values of a stream: the seconds after `since` and what the variable was then; so many wait to be sent."""

    stream_id: int
    since: str
    values: tuple[tuple[float, str], ...]
    pending: int


class CertificateRequested(Event, frozen=True, kw_only=True):
    """A charger asked for a signed certificate; `kind` is what it is for, where it says it."""

    status: str
    kind: str | None = None


class ContractCertificateRequested(Event, frozen=True, kw_only=True):
    """A car asked through its charger for a contract's certificate: to install one, or to update it."""

    step: str
    schema: str | None
    status: str


class CertificateStatusRequested(Event, frozen=True, kw_only=True):
    """A charger asked whether certificates, named by their serial numbers, still hold."""

    serials: tuple[str, ...]
    status: str


class ChargingLimitReported(Event, frozen=True, kw_only=True):
    """Somebody else than us limits a charger, or with an `evse_id` a part of it; `other` is as it was sent."""

    evse_id: int | None
    source: str
    limits: str
    grid_critical: bool | None
    other: dict[str, Any]


class ChargingLimitCleared(Event, frozen=True, kw_only=True):
    """Somebody else than us no longer limits a charger, or a part of it."""

    evse_id: int | None
    source: str


class ChargingNeedsReported(Event, frozen=True, kw_only=True):
    """What a car would like: how much, by when, in which way; `other` is as it was sent, `status` what we said to it."""

    evse_id: int | None
    transfer: str | None
    departure: str | None
    energy_wh: float | None
    soc_percent: float | None
    status: str
    other: dict[str, Any]


class ChargingScheduleChosen(Event, frozen=True, kw_only=True):
    """How a car intends to charge; `other` is as it was sent."""

    evse_id: int | None
    limits: str
    other: dict[str, Any]


class DynamicUpdateRequested(Event, frozen=True, kw_only=True):
    """A charger asked what a dynamic profile allows now, and was told so or refused."""

    profile_id: int | None
    status: str


class PriorityChargingChanged(Event, frozen=True, kw_only=True):
    """A transaction began to charge with priority without our asking, or ended that."""

    transaction_id: str
    session_id: int | None
    active: bool


class DataReceived(Event, frozen=True, kw_only=True):
    """A vendor's own message came in."""

    vendor_id: str
    message_id: str | None
    status: str


class GridAlarmReported(Event, frozen=True, kw_only=True):
    """A charger that feeds back into the grid saw a fault there, or that it has ended; `other` is as it was sent."""

    control: str
    fault: str | None
    ended: bool
    charger_time: str | None
    info: str | None
    other: dict[str, Any]


class GridControlSwitched(Event, frozen=True, kw_only=True):
    """A control for the grid began to hold, in the place of the superseded ones, or ended."""

    control_id: str
    started: bool | None
    charger_time: str | None
    superseded: tuple[str, ...]
    other: dict[str, Any]


class BatterySwapped(Event, frozen=True, kw_only=True):
    """A battery was put into a station, taken from it, or left in it for too long: the `step`."""

    step: str
    request_id: int | None
    tag_id: str | None
    batteries: tuple[Any, ...]
    other: dict[str, Any]


class SettlementReported(Event, frozen=True, kw_only=True):
    """A charger told what became of a payment at its own terminal."""

    transaction_id: str | None
    reference: str
    status: str
    amount: float | None
    charger_time: str | None
    receipt_id: str | None
    receipt_url: str | None
    other: dict[str, Any]


class VatNumberAsked(Event, frozen=True, kw_only=True):
    """A charger asked whether a company's VAT number is one."""

    vat_number: str
    evse_id: int | None
    status: str
    other: dict[str, Any]


class CommandFinished(Event, frozen=True, kw_only=True):
    """A Call of ours got its outcome; `late` outcomes come after a timeout. It was for this target of this task."""

    command_id: int
    action: str
    state: str
    actor: str
    task_id: int | None = None
    position: int | None = None


class TaskStarted(Event, frozen=True, kw_only=True):
    """An operation was invoked, on so many targets."""

    task_id: int
    operation: str
    actor: str
    targets: int


class TaskTargetWaits(Event, frozen=True, kw_only=True):
    """A target waits for its charger, at most until `expires_at`."""

    task_id: int
    position: int
    target: str
    expires_at: str


class TaskTargetSent(Event, frozen=True, kw_only=True):
    """A target's turn has come: from now on its charger may be asked."""

    stored: ClassVar[bool] = False
    task_id: int
    position: int


class TaskTargetFinished(Event, frozen=True, kw_only=True):
    """A target of a task has its result; `left` have none yet. `error` is the command line's, without the frames."""

    task_id: int
    position: int
    target: str
    ok: bool
    status: str
    latency_ms: float | None
    error: dict[str, Any] | None
    result: dict[str, Any] | None
    left: int


class TaskFinished(Event, frozen=True, kw_only=True):
    """Every target of a task has its result."""

    task_id: int
    operation: str
    state: str
    succeeded: int
    failed: int


class CampaignChanged(Event, frozen=True, kw_only=True):
    """A campaign was drafted, started, halted, ended, `removed`: its state, why it is so, and the rules it goes by.

    With `forgiven` whatever has ended until now counts for no threshold any more.
    """

    campaign: str
    state: str
    why: str | None
    rules: dict[str, Any]
    forgiven: bool = False


class CampaignMemberMoved(Event, frozen=True, kw_only=True):
    """How a charger stands in a campaign; `was` are the states from which it can have come to that."""

    campaign: str
    wave: str
    state: str
    status: str | None
    why: str | None
    attempts: int
    not_before: str | None
    forgiven: bool
    task_id: int | None
    sent_at: str | None
    ended_at: str | None
    was: tuple[str, ...]


class AlertOpened(Event, frozen=True, kw_only=True):
    """Something is broken, or with a `count` above 1 is so again: the whole alert.

    `opened_at` is the first time, `since` when it broke this time; an acknowledgement outlasts a short recovery.
    """

    alert_id: int
    rule: str
    severity: str
    evse_id: int | None
    opened_at: str
    since: str
    what: str
    count: int
    acked_at: str | None = None
    acked_by: str | None = None
    comment: str | None = None


class AlertChanged(Event, frozen=True, kw_only=True):
    """What is broken tells more of itself, or something else."""

    alert_id: int
    rule: str
    evse_id: int | None
    what: str


class AlertAcknowledged(Event, frozen=True, kw_only=True):
    """Somebody looks after an open alert, or has another comment on it."""

    alert_id: int
    rule: str
    evse_id: int | None
    acked_at: str
    acked_by: str
    comment: str


class AlertResolved(Event, frozen=True, kw_only=True):
    """What was broken is so no longer; `what` it was."""

    alert_id: int
    rule: str
    severity: str
    evse_id: int | None
    since: str
    what: str
    count: int
    resolved_at: str


class TagChanged(Event, frozen=True, kw_only=True):
    """A tag was added or changed."""

    tag_id: str
    status: str
    parent_id: str | None
    expires_at: str | None
    sessions_most: int | None = None
    sites: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


class TagRemoved(Event, frozen=True, kw_only=True):
    """A tag left the records; its sessions stay."""

    tag_id: str


class MeterChanged(Event, frozen=True, kw_only=True):
    """The newest reading of an EVSE; `step`: the number of the transaction's step that told it, where steps have one."""

    stored: ClassVar[bool] = False
    evse_id: int
    transaction_id: str | None
    taken_at: str
    energy_wh: float | None
    power_w: float | None
    soc_percent: float | None
    step: int | None = None


class ChargersSeen(Event, frozen=True, kw_only=True):
    """When these chargers were heard last, by their ids. Published now and then while somebody wants to know it."""

    stored: ClassVar[bool] = False
    seen: dict[str, str]


class FrameLogged(Event, frozen=True, kw_only=True):
    """An exchange reached the journal. Published only while somebody listens to frames."""

    stored: ClassVar[bool] = False
    journal_id: int
    at: str
    sender: str
    action: str
    message_id: str
    request: str
    answer: str | None
    outcome: str
    latency_ms: float | None
    violations: tuple[str, ...] = ()


Listener = Callable[[int | None, Event], None]


class Bus:
    """Spreads published events to listeners, in order, on the event loop."""

    def __init__(self) -> None:
        self._listeners: dict[int, tuple[Listener, frozenset[type[Event]]]] = {}
        self._wanting: dict[type[Event], list[Listener]] = {}
        self._next = 0
        self.frames_wanted = False
        self.order = 0  # how many events were published, the unstored ones too: the place of the newest among all

    def listen(
        self, listener: Listener, *kinds: type[Event], frames: bool = False, seen: bool = False
    ) -> Callable[[], None]:
        """Call `listener(seq, event)` for each event of the kinds, or of all (seq None: unstored).

        Frames come only with `frames`, ChargersSeen only with `seen`. Returns how to stop it.
        """
        key, self._next = self._next, self._next + 1
        unwanted = {kind for kind, asked in ((FrameLogged, frames), (ChargersSeen, seen)) if not asked}
        self._listeners[key] = (listener, frozenset(kinds or Event.__subclasses__()) - unwanted)
        self._sort()

        def stop() -> None:
            self._listeners.pop(key, None)
            self._sort()

        return stop

    def publish(self, seq: int | None, event: Event) -> None:
        """Hand one event to every listener that wants its kind."""
        self.order += 1
        for listener in self._wanting.get(type(event), ()):
            try:
                listener(seq, event)
            except Exception:  # supervises the listeners: a bug in one costs neither the others nor an answer
                import logging  # which the command line does without

                logging.getLogger(__name__).exception("a listener failed on %s", event.type)

    def _sort(self) -> None:
        """A new list for each kind, so that a listener may stop while it is being told."""
        wanting: dict[type[Event], list[Listener]] = {}
        for listener, wanted in self._listeners.values():
            for kind in wanted:
                wanting.setdefault(kind, []).append(listener)
        self._wanting = wanting
        self.frames_wanted = FrameLogged in wanting


def kinds() -> dict[str, type[Event]]:
    """Every event type by its name."""
    return {kind.__name__: kind for kind in Event.__subclasses__()}


def as_data(event: Event) -> dict[str, Any]:
    """The event's own fields without its charger, for the database and the stream."""
    return {
        name: value
        for name, value in msgspec.structs.asdict(event).items()
        if name not in ("charger_id", "password_hash", "password_next_hash")
    }
