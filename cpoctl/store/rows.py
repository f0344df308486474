"""What can be written: one tuple type a statement, its fields in the order of the statement's values.

Instants are text in the form of `clock.stored`; `*_raw` is what the charger sent. Whoever builds rows
never sees SQL, and no row of a unit may depend on another row of the same unit having been written.
"""

from typing import NamedTuple


class MeterValue(NamedTuple):
    """One sample time of one EVSE. A repeat merges; a differing value is kept in `conflicts`."""

    charger_id: str
    evse_id: int
    session_id: int  # 0: outside any session
    timestamp_raw: str
    context: str  # '' when absent
    taken_at: str
    received_at: str
    energy_wh: float | None
    power_w: float | None
    current_a: float | None
    voltage_v: float | None
    soc_percent: float | None
    other: str | None  # JSON list of the sampled values that have no column
    flags: str | None  # JSON list


class SessionStart(NamedTuple):
    """A session begins. The business key repeats as a constraint error (RELIABILITY §2.2)."""

    session_id: int
    charger_id: str
    evse_id: int
    connector_id: int | None
    transaction_id: str
    issued: int  # 1: we chose the transaction id, so it must be unique for ever
    tag_id: str
    tag_status: str
    reservation_id: int | None
    started_at: str
    started_raw: str
    start_received_at: str
    meter_start_wh: float | None
    meter_start_raw: str
    keyed: int  # 1: its timestamp can be believed, so the business key tells repeats
    flags: str
    remote_start_id: int | None = None  # by which it was asked for, from OCPP 2.0.1 on
    uses: int = 0  # how often its charger had used the transaction's id before


class SessionAmended(NamedTuple):
    """What was told of a session after its begin: the tag, the place, the begin itself. None changes nothing, but of
    the begin's register and the energy, which are told whole.
    """

    evse_id: int
    connector_id: int | None
    tag_id: str
    tag_status: str
    reservation_id: int | None
    remote_start_id: int | None
    started_at: str
    started_raw: str | None
    meter_start_wh: float | None
    meter_start_raw: str | None
    meter_stop_wh: float | None
    energy_wh: float | None
    flags: str
    session_id: int


class TransactionEvent(NamedTuple):
    """One step of a transaction as its charger told it; its number tells repeats (RELIABILITY §2.2)."""

    session_id: int
    seq_no: int
    event_type: str
    timestamp_raw: str
    charging_state: str | None


class SessionStop(NamedTuple):
    """A session ends; the charger's first stop wins, also over an end that was taken for it when it was closed by hand."""

    stopped_at: str
    stopped_raw: str
    stop_received_at: str | None  # None: by hand, no word of the charger yet
    meter_stop_wh: float | None
    meter_stop_raw: str
    energy_wh: float | None
    stop_reason: str | None
    stop_tag_id: str | None
    stop_tag_status: str | None  # the verdict that its repeats get as well
    flags: str
    session_id: int


class SessionFlags(NamedTuple):
    """The flags of a session, whole."""

    flags: str
    session_id: int


class SessionClosing(NamedTuple):
    """An operator closes a session by hand, and what was taken for its end."""

    session_id: int
    closed_at: str
    actor: str
    reason: str
    stopped_at: str
    meter_stop_wh: float | None
    energy_wh: float | None


class SessionDecided(NamedTuple):
    """Somebody has decided what a session was: from now on nothing but another decision changes its figures."""

    session_id: int


class SessionClaim(NamedTuple):
    """What a charger tells of a session otherwise than somebody has decided: the columns, as JSON."""

    session_id: int
    told_at: str
    says: str


class SignedValue(NamedTuple):
    """A value that a meter has signed, byte for byte. A repeat is not kept twice."""

    charger_id: str
    evse_id: int
    session_id: int  # 0: outside any session
    taken_raw: str
    nature: str  # Start | End | Intermediate | Whole
    encoding: str
    signing_method: str | None
    public_key: str | None
    raw: bytes
    sha256: str
    pagination: str | None
    page: int | None
    meter_serial: str | None
    doubts: str | None  # JSON list
    received_at: str


class SessionCorrection(NamedTuple):
    """Somebody corrects a session: the columns that change, before and after, as JSON."""

    session_id: int
    corrected_at: str
    actor: str
    reason: str
    was: str
    became: str


class SessionCorrected(NamedTuple):
    """What a session is after a correction: whole, and only where it still is as it was `seen`."""

    started_at: str
    stopped_at: str | None
    meter_start_wh: float | None
    meter_stop_wh: float | None
    energy_wh: float | None
    tag_id: str
    tag_status: str
    seen: str
    flags: str
    decided: int  # 1 where somebody says what it was, 0 where it was computed anew
    session_id: int


SEEN = (*SessionCorrected._fields[:7], "flags", "stop_received_at", "decided")
"""The columns of a session that a correction rests on."""


class SessionDropped(NamedTuple):
    """A session is left out of bills and reports since a time; None: it is in them again."""

    dropped_at: str | None
    session_id: int


class OrphanDropped(NamedTuple):
    """A message without a session is left out since a time; None: it is not any more."""

    dropped_at: str | None
    orphan_id: int


class ItemDrop(NamedTuple):
    """Somebody leaves an item of the review out (1), or takes it in again (0)."""

    item: str
    dropped: int
    at: str
    actor: str
    reason: str


class Review(NamedTuple):
    """Somebody has looked at what needs a human and lets it stand."""

    item: str
    evidence: str
    accepted_at: str
    actor: str
    note: str


class OutageExcuse(NamedTuple):
    """Somebody says that a time was outside our control, or with `revokes` takes that back."""

    charger_id: str
    evse_id: int | None  # None: every EVSE of it
    begins_at: str
    ends_at: str
    cause: str
    note: str
    excused_at: str
    actor: str
    revokes: int | None


class Reservation(NamedTuple):
    """A reservation as it was asked for and answered; a refused one never takes the place of one that stands."""

    charger_id: str
    reservation_id: int
    evse_id: int  # 0: the charger chooses
    connector_type: str | None
    tag_id: str
    parent_id: str | None
    state: str  # active | refused | unknown
    answer: str | None
    asked_at: str
    expires_at: str
    actor: str


class ReservationEnded(NamedTuple):
    """A reservation was given up by somebody, or its charger told its end."""

    state: str  # cancelled | expired | removed | unused
    ended_at: str
    ended_by: str | None
    charger_id: str
    reservation_id: int


class ReservationUsed(NamedTuple):
    """A session began on a reservation."""

    ended_at: str
    session_id: int
    charger_id: str
    reservation_id: int


class StatusChange(NamedTuple):
    """A status as received; append-only, never pruned."""

    charger_id: str
    evse_id: int
    status: str
    error_code: str | None
    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    happened_at: str
    timestamp_raw: str
    received_at: str
    connector_id: int | None = None  # where the charger tells more than one of an EVSE apart


class ConnectorStatus(NamedTuple):
    """The newest status of one of several connectors of an EVSE."""

    charger_id: str
    evse_id: int
    connector_id: int
    status: str
    since: str


class EvseStatus(NamedTuple):
    """The newest status of an EVSE."""

    charger_id: str
    evse_id: int
    status: str
    error_code: str | None
    info: str | None
    vendor_id: str | None
    vendor_error_code: str | None
    since: str


class Charger(NamedTuple):
    """A charger that somebody added, approved or that knocked."""

    charger_id: str
    registration: str  # Accepted | Pending | Rejected
    known: int  # 0: it knocked and waits for the operator
    added_at: str


class ChargerRegistration(NamedTuple):
    """The operator's decision about a charger."""

    registration: str
    known: int
    charger_id: str


class ChargerPassword(NamedTuple):
    """Hashes only; `next` is tried as well until it is used or dropped."""

    password_hash: str | None
    password_next_hash: str | None
    charger_id: str


class ChargerClock(NamedTuple):
    """By how much a charger's clock is ahead of ours; None: nobody can know any more."""

    clock_ahead_s: float | None
    charger_id: str


class ChargerBoot(NamedTuple):
    """What a charger said of itself at its last boot; what it left out stays as it was."""

    vendor: str | None
    model: str | None
    serial: str | None
    box_serial: str | None
    firmware: str | None
    iccid: str | None
    imsi: str | None
    meter_type: str | None
    meter_serial: str | None
    booted_at: str
    charger_id: str


class ChargerSeen(NamedTuple):
    """When a charger was last heard, over which version."""

    last_seen_at: str
    version: str | None
    ponged: int
    charger_id: str


class ChargerRemoved(NamedTuple):
    """A charger leaves the list; its history stays."""

    removed_at: str
    charger_id: str


class ChargerRecord(NamedTuple):
    """What the operator has written about a charger, whole."""

    name: str | None
    note: str | None
    site_id: str | None
    labels: str  # JSON object
    charger_id: str


class Site(NamedTuple):
    """A site, added or replaced."""

    site_id: str
    name: str
    time_zone: str
    address: str | None
    note: str | None
    added_at: str
    postal_code: str | None = None
    city: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    currency: str | None = None
    contact: str | None = None
    phone: str | None = None
    email: str | None = None
    supply_w: float | None = None
    supply_a: float | None = None  # a phase
    opening: str | None = None  # as domain/opening.py reads it; None: always


class SiteOwner(NamedTuple):
    """Whose a site is from a day on, None: nobody's; the newest for a day holds."""

    site_id: str
    owner_id: str | None
    valid_from: str
    begins_at: str  # when that day begins at the site; '' for always
    set_at: str
    actor: str


class SignedVerdict(NamedTuple):
    """Whether a signed value is what its meter has signed."""

    signed_value_id: int
    good: int | None  # None: nobody knows
    checked_at: str


class SiteOwnerBegins(NamedTuple):
    """The day begins at another instant: the site's clock is another one."""

    begins_at: str
    site_owner_id: int


class SiteOwnersRemoved(NamedTuple):
    """They go with the site, so that another one of this id starts afresh."""

    site_id: str


class Owner(NamedTuple):
    """Whose sites they are; added or replaced."""

    owner_id: str
    name: str
    contact: str | None
    phone: str | None
    email: str | None
    note: str | None
    added_at: str


class OwnerShare(NamedTuple):
    """What percentage of the revenue is an owner's from a day on; the newest for a day holds."""

    owner_id: str
    percent: str  # a decimal
    valid_from: str
    set_at: str
    actor: str


class OwnerRemoved(NamedTuple):
    """An owner leaves the records; no site may still name it."""

    owner_id: str


class OwnerSharesRemoved(NamedTuple):
    """Its shares go with it, so that another one of this id starts afresh."""

    owner_id: str


class EvseRecord(NamedTuple):
    """What the operator knows of an EVSE, or with `evse_id` 0 of all of a charger's that say nothing else; whole."""

    charger_id: str
    evse_id: int
    rated_w: float | None
    connector_type: str | None
    in_service_from: str | None


class SiteRemoved(NamedTuple):
    """A site leaves the records; no charger and no tag may still name it."""

    site_id: str


class Variable(NamedTuple):
    """A charger's own setting as last read or set; secrets are never kept. What is None is left as it was.

    `component`: of which part of the device model it is, in OCPP 2.x. `report_id`: which report told it.
    """

    charger_id: str
    name: str
    value: str | None
    mutability: str | None  # ReadOnly | WriteOnly | ReadWrite
    read_at: str
    component: str | None = None
    data_type: str | None = None
    unit: str | None = None
    min_limit: float | None = None
    max_limit: float | None = None
    allowed: str | None = None  # a comma between
    report_id: int | None = None


class Tag(NamedTuple):
    """A tag, added or replaced."""

    tag_id: str
    status: str  # Accepted | Blocked
    parent_id: str | None
    expires_at: str | None
    note: str | None
    sessions_most: int | None
    sites: str  # JSON list of the sites where it may charge
    places: str  # and of the chargers and EVSEs; both empty: everywhere
    added_at: str


class TagRemoved(NamedTuple):
    """A tag leaves the records; its sessions stay."""

    tag_id: str


class UnknownTag(NamedTuple):
    """A tag that a charger presented and nobody knows: one row an id, counted; the newest 500 are kept."""

    tag_id: str
    charger_id: str
    seen_at: str


class TagStatus(NamedTuple):
    """A tag is blocked or unblocked."""

    status: str
    tag_id: str


class Orphan(NamedTuple):
    """A transaction message that belongs to no session we know."""

    received_at: str
    charger_id: str
    evse_id: int | None
    action: str
    transaction_id: str | None
    reason: str
    payload: str


class StopConflict(NamedTuple):
    """A second stop of a session that says something else than the first."""

    received_at: str
    charger_id: str
    session_id: int
    payload: str


class Violation(NamedTuple):
    """A rule that a charger's messages break: one row a rule, counted."""

    charger_id: str
    action: str
    path: str
    rule: str
    message: str
    sample: str
    seen_at: str


class SecurityEvent(NamedTuple):
    """A security event, the charger's or our own; a repeat is ignored."""

    charger_id: str
    type: str
    timestamp_raw: str
    tech_info: str
    happened_at: str
    received_at: str
    source: str  # charger | csms


class SigningRequest(NamedTuple):
    """A certificate that a charger asks us to sign; `wire_request_id` is its own number for the wish."""

    received_at: str
    charger_id: str
    csr: str
    status: str
    certificate_type: str | None = None
    wire_request_id: int | None = None


class Journal(NamedTuple):
    """One exchange: the request and its answer, or a frame that was neither."""

    journal_id: int
    at: str
    charger_id: str
    connection_id: int
    sender: str  # charger | csms: who sent the request
    action: str
    message_id: str
    request: str
    answer: str | None
    outcome: str  # result | error | timeout | late | unreadable | unsolicited | unusable | blocked
    latency_ms: float | None
    violations: str | None


class Event(NamedTuple):
    """A domain event; its row number is the stream's sequence number."""

    seq: int
    at: str
    type: str
    charger_id: str | None
    data: str


class Command(NamedTuple):
    """A Call of ours to one charger, as first asked for."""

    command_id: int
    charger_id: str
    action: str
    request: str
    actor: str
    state: str
    queued_at: str


class CommandState(NamedTuple):
    """How far a command has come: queued → sent → accepted | rejected | error | timeout → late; unknown after a crash."""

    state: str
    message_id: str | None
    sent_at: str | None
    answered_at: str | None
    answer: str | None
    command_id: int


class ConnectionOpened(NamedTuple):
    """A charger's connection period begins."""

    connection_id: int
    charger_id: str
    opened_at: str
    address: str
    version: str
    auth: str  # none | basic | tls …


class ConnectionClosed(NamedTuple):
    """A charger's connection period ends."""

    closed_at: str
    close_code: int | None
    close_reason: str | None
    connection_id: int


class Knock(NamedTuple):
    """A connection that was refused: one row an id and reason, counted; the newest 200 are kept."""

    charger_id: str
    reason: str
    address: str
    seen_at: str


class Task(NamedTuple):
    """An operation is invoked. `given` and `plan` are JSON; `repeatable` 0: a secret of it is not kept."""

    task_id: int
    operation: str
    given: str
    repeatable: int
    plan: str
    actor: str
    retry_of: int | None
    state: str
    started_at: str


class TaskEnded(NamedTuple):
    """All targets of a task have their result."""

    state: str
    finished_at: str
    task_id: int


class TaskTarget(NamedTuple):
    """A target of a task, before anything is sent to it."""

    task_id: int
    position: int
    target: str
    charger_id: str | None
    state: str


class TaskTargetState(NamedTuple):
    """A target waits for its charger, or its Call goes out."""

    state: str
    expires_at: str | None
    sent_at: str | None
    task_id: int
    position: int


class TaskTargetEnded(NamedTuple):
    """A target's one result. `error` and `result` are JSON."""

    ok: int
    status: str
    latency_ms: float | None
    command_id: int | None
    error: str | None
    result: str | None
    finished_at: str
    task_id: int
    position: int


class RunStarted(NamedTuple):
    """The server's own running period begins."""

    run_id: int
    started_at: str
    version: str
    pid: int


class RunAlive(NamedTuple):
    """The server was running at this time."""

    alive_at: str
    run_id: int


class RunStopped(NamedTuple):
    """The server ended in order."""

    stopped_at: str
    run_id: int


class Key(NamedTuple):
    """A key for operators elsewhere; a name in use repeats as a constraint error."""

    key_id: str
    name: str
    role: str
    digest: str
    created_at: str
    created_by: str
    expires_at: str | None


class KeyRevoked(NamedTuple):
    """A key is good no longer."""

    revoked_at: str
    revoked_by: str
    key_id: str


class KeyUsed(NamedTuple):
    """When and from where a key was last used."""

    used_at: str
    used_from: str
    key_id: str


class Denial(NamedTuple):
    """An attempt that was denied; one like an earlier one is counted."""

    actor: str  # '' when nobody could be named
    address: str
    operation: str  # '' when it did not come to one
    reason: str
    request: str
    denied_at: str


class Alert(NamedTuple):
    """Something is broken, or is so again: an acknowledgement that it has stays."""

    alert_id: int
    rule: str
    severity: str
    charger_id: str
    evse_id: int | None  # None: the charger and its connection
    opened_at: str
    since: str
    what: str
    openings: int


class AlertWhat(NamedTuple):
    """An alert tells more of itself, or something else."""

    what: str
    alert_id: int


class AlertAcknowledged(NamedTuple):
    """Somebody looks after an alert."""

    acked_at: str
    acked_by: str
    comment: str
    alert_id: int


class AlertResolved(NamedTuple):
    """What was broken is so no longer."""

    resolved_at: str
    alert_id: int


class LocalList(NamedTuple):
    """The local list that a charger has, by what it accepted."""

    charger_id: str
    version: int
    entries: str  # JSON list, as the standard lists them
    certain: int  # 0: a part was sent and what became of it is not known
    accepted_at: str


class Profile(NamedTuple):
    """A charging profile kept under a name, added or replaced."""

    name: str
    profile: str  # JSON as the standard has it
    note: str | None
    added_at: str


class ProfileRemoved(NamedTuple):
    """A kept charging profile leaves the records; chargers that have it keep it."""

    name: str


class ProfileReplaced(NamedTuple):
    """Whatever an accepted profile takes the place of: what has its number, and what has its place."""

    charger_id: str
    profile_id: int
    evse_id: int
    purpose: str
    stack_level: int


class ProfileInstalled(NamedTuple):
    """A charging profile was sent to a charger, which answered `status`."""

    charger_id: str
    evse_id: int
    purpose: str
    stack_level: int
    status: str
    profile_id: int
    name: str | None
    profile: str
    set_at: str
    actor: str


class ProfilesCleared(NamedTuple):
    """A charger has cleared the profiles that fit; None fits all."""

    charger_id: str
    profile_id: int | None
    evse_id: int | None
    purpose: str | None
    stack_level: int | None


class ReportPart(NamedTuple):
    """A message of a report that we asked a charger for."""

    charger_id: str
    action: str
    request_id: int
    seq_no: int | None
    last: int
    received_at: str
    payload: str


class Image(NamedTuple):
    """A firmware file that is kept by its hash."""

    name: str
    sha256: str
    md5: str
    bytes: int
    vendor: str | None
    model: str | None
    version: str | None
    signature: str | None
    signing_certificate: str | None
    added_at: str
    added_by: str


class ImageRemoved(NamedTuple):
    """An image leaves the records."""

    sha256: str


class FileGrant(NamedTuple):
    """Who may move which file by which secret, of which only the hash is kept."""

    grant_id: int
    secret_hash: str
    charger_id: str
    purpose: str
    form: str
    name: str | None
    sha256: str | None
    bytes: int | None
    made_at: str
    expires_at: str


class FileGrantEnds(NamedTuple):
    """Until when a secret works."""

    expires_at: str
    grant_id: int


class TransferStarted(NamedTuple):
    """A charger began to move a file."""

    transfer_id: int
    grant_id: int
    charger_id: str
    purpose: str
    form: str
    peer: str
    name: str
    started_at: str
    total: int | None
    state: str = "running"


class TransferEnded(NamedTuple):
    """It ended."""

    ended_at: str
    bytes: int
    seconds: float
    state: str
    error: str | None
    kept: str | None
    sha256: str | None
    entries: str | None
    transfer_id: int


class UploadDoubted(NamedTuple):
    """What came last from a charger in this form may be a part only: it told a failure while it came, or just after."""

    error: str
    charger_id: str
    form: str
    since: str  # one that ended before it is not meant


class TransfersCut(NamedTuple):
    """What the last run of the server left is over."""

    ended_at: str
    error: str


class UploadRemoved(NamedTuple):
    """The file of an upload is kept no longer."""

    transfer_id: int


class FileRecipes(NamedTuple):
    """The transfer recipes of the server's config, as JSON, in the place of those of its last run."""

    recipes: str
    one: int = 1


class Tariff(NamedTuple):
    """A version of a tariff; the same content is the same row."""

    tariff_id: str
    version: str
    currency: str
    content: str  # OCPI JSON
    series: str | None
    note: str | None
    added_at: str
    actor: str


class TariffRemoved(NamedTuple):
    """A version of a tariff that never held anywhere leaves the records."""

    tariff_id: str
    version: str


class TariffAssignment(NamedTuple):
    """A version of a tariff holds somewhere from an instant on."""

    assignment_id: int
    tariff_id: str
    version: str
    scope: str  # default | site | charger | evse | group
    target: str
    valid_from: str
    valid_to: str | None
    assigned_at: str
    actor: str


class TariffAssignmentEnded(NamedTuple):
    """An assignment holds up to an instant and no longer."""

    valid_to: str
    ended_at: str
    ended_by: str
    assignment_id: int


class SessionPriceSuperseded(NamedTuple):
    """What a session came to counts no more; its next price follows in the same unit."""

    superseded_at: str
    session_id: int


class SessionPrice(NamedTuple):
    """What a session came to, in ten-thousandths; one that counts already repeats as a constraint error."""

    session_id: int
    net_e4: int
    vat_e4: int
    gross_e4: int
    currency: str
    tariff_id: str
    version: str
    priced_at: str
    actor: str
    reason: str | None
    subscription_id: int | None
    included_wh: int
    bill: str  # JSON


class PriceSeries(NamedTuple):
    """A series of prices, added or told of again."""

    series: str
    currency: str
    note: str | None
    added_at: str
    actor: str


class PricePoint(NamedTuple):
    """What a kWh costs from one instant to another; the newest word counts."""

    series: str
    begins_at: str
    ends_at: str
    price: str  # a decimal


class PriceSeriesRemoved(NamedTuple):
    """A series leaves the records."""

    series: str


class PricePointsRemoved(NamedTuple):
    """And all of its prices."""

    series: str


class Subscription(NamedTuple):
    """A fee a month and what it includes, for a tag or a group."""

    subscription_id: int
    scope: str  # tag | group
    target: str
    fee_e4: int
    vat: str | None
    currency: str
    included_wh: int
    first_month: str
    last_month: str | None
    note: str | None
    added_at: str
    actor: str


class SubscriptionEnded(NamedTuple):
    """A subscription is paid for up to a month."""

    last_month: str
    subscription_id: int


class MoneyRule(NamedTuple):
    """What the configuration says about prices."""

    rule: str
    value: str


class Campaign(NamedTuple):
    """One operation for many chargers, as it was drafted."""

    campaign: str
    operation: str
    given: str
    what: str
    goal: str | None
    rules: str
    role: str
    state: str
    created_at: str
    created_by: str


class CampaignState(NamedTuple):
    """How a campaign stands, and why."""

    state: str
    why: str | None
    started_at: str | None  # None: as it was
    ended_at: str | None
    campaign: str


class CampaignRules(NamedTuple):
    """A campaign goes on by other rules."""

    rules: str
    campaign: str


class CampaignRemoved(NamedTuple):
    """A campaign leaves the records."""

    campaign: str


class CampaignMember(NamedTuple):
    """A charger that was chosen for a campaign."""

    campaign: str
    position: int
    charger_id: str
    wave: str
    state: str
    why: str | None
    had: str | None


class CampaignMemberMoved(NamedTuple):
    """How a member stands. `was` are the states from which it can come to that, as JSON: otherwise nothing happens."""

    wave: str
    state: str
    status: str | None
    why: str | None
    attempts: int
    not_before: str | None
    forgiven: int
    task_id: int | None
    sent_at: str | None
    ended_at: str | None
    campaign: str
    charger_id: str
    was: str


class CampaignMembersAborted(NamedTuple):
    """Whoever was not sent to never will be."""

    ended_at: str
    campaign: str


class CampaignMembersForgiven(NamedTuple):
    """What has ended counts for no threshold any more."""

    campaign: str


class CampaignMembersRemoved(NamedTuple):
    """The members of a removed campaign."""

    campaign: str


class TransferForm(NamedTuple):
    """Whether a form of transfer worked with chargers of a make."""

    vendor: str
    model: str
    firmware: str
    purpose: str
    form: str
    worked_at: str | None
    failed_at: str | None


Row = (
    MeterValue
    | SessionStart
    | SessionAmended
    | SessionStop
    | TransactionEvent
    | SessionFlags
    | SessionClosing
    | Review
    | SignedValue
    | SessionCorrection
    | SessionDecided
    | SessionClaim
    | SessionCorrected
    | SessionDropped
    | OrphanDropped
    | ItemDrop
    | OutageExcuse
    | Reservation
    | ReservationEnded
    | ReservationUsed
    | StatusChange
    | EvseStatus
    | ConnectorStatus
    | Charger
    | ChargerRegistration
    | ChargerPassword
    | ChargerBoot
    | ChargerClock
    | ChargerSeen
    | ChargerRemoved
    | ChargerRecord
    | Site
    | SiteRemoved
    | Owner
    | OwnerShare
    | OwnerRemoved
    | OwnerSharesRemoved
    | SignedVerdict
    | SiteOwner
    | SiteOwnerBegins
    | SiteOwnersRemoved
    | EvseRecord
    | Variable
    | Tag
    | TagStatus
    | TagRemoved
    | UnknownTag
    | Orphan
    | StopConflict
    | Violation
    | SecurityEvent
    | SigningRequest
    | Journal
    | Event
    | Command
    | CommandState
    | ConnectionOpened
    | ConnectionClosed
    | Knock
    | RunStarted
    | RunAlive
    | RunStopped
    | Task
    | TaskEnded
    | TaskTarget
    | TaskTargetState
    | TaskTargetEnded
    | Key
    | KeyRevoked
    | KeyUsed
    | Denial
    | Alert
    | AlertWhat
    | AlertAcknowledged
    | AlertResolved
    | LocalList
    | Profile
    | ProfileRemoved
    | ProfileReplaced
    | ProfileInstalled
    | ProfilesCleared
    | ReportPart
    | Image
    | ImageRemoved
    | FileGrant
    | FileGrantEnds
    | TransferStarted
    | TransferEnded
    | TransfersCut
    | UploadDoubted
    | UploadRemoved
    | TransferForm
    | Campaign
    | CampaignState
    | CampaignRules
    | CampaignRemoved
    | CampaignMember
    | CampaignMemberMoved
    | CampaignMembersAborted
    | CampaignMembersForgiven
    | CampaignMembersRemoved
    | Tariff
    | TariffRemoved
    | TariffAssignment
    | TariffAssignmentEnded
    | SessionPriceSuperseded
    | SessionPrice
    | PriceSeries
    | PriceSeriesRemoved
    | PricePoint
    | PricePointsRemoved
    | Subscription
    | SubscriptionEnded
    | MoneyRule
    | FileRecipes
)
