"""The statements: what each row type does to the database.

The order of `STATEMENTS` is the order in which a batch writes its tables. A single statement with
plain `?` values can be widened to many rows (`widened`), so that a batch costs few calls into SQLite.
"""

import re
from typing import TYPE_CHECKING

from cpoctl.store import rows

if TYPE_CHECKING:
    from cpoctl.store.rows import Row


def _insert(row: "type[Row]", table: str, *, otherwise: str = "FAIL", tail: str = "") -> str:
    verb = "INSERT" if otherwise == "FAIL" else f"INSERT OR {otherwise}"
    values = ", ".join("?" * len(row._fields))
    return f"{verb} INTO {table} ({', '.join(row._fields)}) VALUES ({values}){tail}"


def _replacing(key: str, columns: "tuple[str, ...]") -> str:
    """Overwrite the given columns of the row that is already there."""
    return f" ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{column} = excluded.{column}" for column in columns)


# An answer tells the value alone; what a report told of the variable before stays.
_TOLD_AGAIN = (
    " ON CONFLICT (charger_id, name) DO UPDATE SET value = excluded.value, read_at = excluded.read_at, "
    + ", ".join(
        f"{column} = coalesce(excluded.{column}, {column})"
        for column in rows.Variable._fields[3:]
        if column != "read_at"
    )
)

_MEASURANDS = ("energy_wh", "power_w", "current_a", "voltage_v", "soc_percent", "other")
_DIFFERING = ", ".join(
    f"'{name}', CASE WHEN meter_value.{name} <> excluded.{name} THEN excluded.{name} END" for name in _MEASURANDS
)
_DIFFERENCE = f"json_patch('{{}}', json_object({_DIFFERING}))"  # json_patch drops what does not differ
# RELIABILITY §2.2: a repeat fills what was missing; what differs is kept beside the first value and flagged, once.
_MERGE = f"""
ON CONFLICT (charger_id, evse_id, session_id, timestamp_raw, context) DO UPDATE SET
    {", ".join(f"{name} = coalesce(meter_value.{name}, excluded.{name})" for name in _MEASURANDS)},
    flags = nullif((SELECT json_group_array(value) FROM (
        SELECT value FROM json_each(coalesce(meter_value.flags, '[]'))
        UNION SELECT value FROM json_each(coalesce(excluded.flags, '[]'))
        UNION SELECT 'conflict' WHERE {_DIFFERENCE} <> '{{}}')), '[]'),
    conflicts = CASE
        WHEN {_DIFFERENCE} = '{{}}' THEN meter_value.conflicts
        WHEN EXISTS (SELECT 1 FROM json_each(coalesce(meter_value.conflicts, '[]')) WHERE value = {_DIFFERENCE})
            THEN meter_value.conflicts
        ELSE json_insert(coalesce(meter_value.conflicts, '[]'), '$[#]', json({_DIFFERENCE}))
    END"""  # noqa: S608 - every name is ours

# It may have changed since it was looked at: the NULL breaks a rule, DuplicateRow.
_CORRECTED = f"""
UPDATE session SET started_at = ?, stopped_at = ?, meter_start_wh = ?, meter_stop_wh = ?, energy_wh = ?, tag_id = ?, tag_status = ?,
    flags = CASE WHEN json_array({", ".join(rows.SEEN)}) = ? THEN ? END, decided = decided + ? WHERE session_id = ?
"""  # noqa: S608 - every name is ours
# Of what contradicts one decision the newest word on each column counts.
_CLAIMED = """
INSERT INTO session_claim (session_id, told_at, decided, says)
VALUES (?1, ?2, (SELECT decided FROM session WHERE session_id = ?1), ?3)
ON CONFLICT (session_id) DO UPDATE SET told_at = excluded.told_at, decided = excluded.decided,
    says = CASE WHEN decided = excluded.decided THEN json_patch(says, excluded.says) ELSE excluded.says END"""
# A removed charger may be added again, without its old password: whoever holds that one was removed.
# For a live charger the NULL breaks `added_at NOT NULL`: DuplicateRow.
_RETURNING_CHARGER = """
ON CONFLICT (charger_id) DO UPDATE SET
    registration = excluded.registration,
    known = excluded.known,
    added_at = CASE WHEN charger.removed_at IS NOT NULL THEN excluded.added_at END,
    password_hash = NULL,
    password_next_hash = NULL,
    removed_at = NULL,
    name = NULL,
    note = NULL,
    site_id = NULL,
    labels = '{}'"""

# A hostile charger breaks ever new rules: those it is known for are counted on, others only up to a number.
_VIOLATIONS_MOST = 500
_COUNTED_VIOLATION = f"""
INSERT INTO violation (charger_id, action, path, rule, message, sample, count, first_seen_at, last_seen_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, 1, ?7, ?7
WHERE EXISTS (SELECT 1 FROM violation WHERE charger_id = ?1 AND action = ?2 AND path = ?3 AND rule = ?4)
   OR (SELECT count(*) FROM violation WHERE charger_id = ?1) < {_VIOLATIONS_MOST}
ON CONFLICT (charger_id, action, path, rule) DO UPDATE SET
    count = count + 1, last_seen_at = excluded.last_seen_at"""  # noqa: S608 - the number is ours

_COUNTED_KNOCK = """
INSERT INTO knock (charger_id, reason, address, first_seen_at, last_seen_at, attempts)
VALUES (?1, ?2, ?3, ?4, ?4, 1)
ON CONFLICT (charger_id, reason) DO UPDATE SET
    attempts = attempts + 1, address = excluded.address, last_seen_at = excluded.last_seen_at"""

_COUNTED_DENIAL = """
INSERT INTO denial (actor, address, operation, reason, request, first_at, last_at, attempts)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)
ON CONFLICT (actor, address, operation, reason) DO UPDATE SET
    attempts = attempts + 1, request = excluded.request, last_at = excluded.last_at"""

_COUNTED_TAG = """
INSERT INTO unknown_tag (tag_id, charger_id, first_seen_at, last_seen_at, count)
VALUES (?1, ?2, ?3, ?3, 1)
ON CONFLICT (tag_id) DO UPDATE SET
    count = count + 1, charger_id = excluded.charger_id, last_seen_at = excluded.last_seen_at"""

# 1.6 §5.13: the same number replaces the reservation that the charger has, unless the charger refuses.
_RESERVED_AGAIN = (
    _replacing("charger_id, reservation_id", rows.Reservation._fields[2:])
    + ", ended_at = NULL, ended_by = NULL, session_id = NULL"
    + " WHERE excluded.state <> 'refused' OR reservation.state = 'refused'"
)

STATEMENTS: "dict[type[Row], str]" = {
    rows.RunStarted: "INSERT INTO run (run_id, started_at, alive_at, version, pid) VALUES (?1, ?2, ?2, ?3, ?4)",
    rows.RunAlive: "UPDATE run SET alive_at = ? WHERE run_id = ?",
    rows.RunStopped: "UPDATE run SET stopped_at = ?1, alive_at = ?1 WHERE run_id = ?2",
    rows.Charger: _insert(rows.Charger, "charger", tail=_RETURNING_CHARGER),
    rows.ChargerRegistration: "UPDATE charger SET registration = ?, known = ? WHERE charger_id = ?",
    rows.ChargerPassword: "UPDATE charger SET password_hash = ?, password_next_hash = ? WHERE charger_id = ?",
    rows.ChargerBoot: (
        "UPDATE charger SET vendor = coalesce(?, vendor), model = coalesce(?, model), serial = coalesce(?, serial),"
        " box_serial = coalesce(?, box_serial), firmware = coalesce(?, firmware), iccid = coalesce(?, iccid),"
        " imsi = coalesce(?, imsi), meter_type = coalesce(?, meter_type), meter_serial = coalesce(?, meter_serial),"
        " booted_at = ? WHERE charger_id = ?"
    ),
    rows.ChargerClock: "UPDATE charger SET clock_ahead_s = ? WHERE charger_id = ?",
    rows.ChargerSeen: (
        "UPDATE charger SET last_seen_at = ?, version = coalesce(?, version), ponged = max(ponged, ?)"
        " WHERE charger_id = ?"
    ),
    rows.ChargerRemoved: "UPDATE charger SET removed_at = ? WHERE charger_id = ? AND removed_at IS NULL",
    rows.ChargerRecord: "UPDATE charger SET name = ?, note = ?, site_id = ?, labels = ? WHERE charger_id = ?",
    rows.Site: _insert(
        rows.Site, "site", tail=_replacing("site_id", tuple(f for f in rows.Site._fields[1:] if f != "added_at"))
    ),
    rows.SiteRemoved: "DELETE FROM site WHERE site_id = ?",
    rows.SiteOwner: _insert(rows.SiteOwner, "site_owner"),
    rows.SiteOwnerBegins: "UPDATE site_owner SET begins_at = ? WHERE site_owner_id = ?",
    rows.SiteOwnersRemoved: "DELETE FROM site_owner WHERE site_id = ?",
    rows.Owner: _insert(rows.Owner, "owner", tail=_replacing("owner_id", rows.Owner._fields[1:-1])),
    rows.OwnerRemoved: "DELETE FROM owner WHERE owner_id = ?",
    rows.OwnerShare: _insert(rows.OwnerShare, "owner_share"),
    rows.OwnerSharesRemoved: "DELETE FROM owner_share WHERE owner_id = ?",
    rows.EvseRecord: _insert(rows.EvseRecord, "evse_record", otherwise="REPLACE"),
    rows.Knock: _COUNTED_KNOCK,
    rows.ConnectionOpened: _insert(rows.ConnectionOpened, "connection"),
    rows.ConnectionClosed: (
        "UPDATE connection SET closed_at = ?, close_code = ?, close_reason = ?"
        " WHERE connection_id = ? AND closed_at IS NULL"
    ),
    rows.StatusChange: _insert(rows.StatusChange, "status_change"),
    rows.EvseStatus: _insert(
        rows.EvseStatus, "evse", tail=_replacing("charger_id, evse_id", rows.EvseStatus._fields[2:])
    ),
    rows.ConnectorStatus: _insert(
        rows.ConnectorStatus, "connector", tail=_replacing("charger_id, evse_id, connector_id", ("status", "since"))
    ),
    rows.Variable: _insert(rows.Variable, "variable", tail=_TOLD_AGAIN),
    rows.Tag: _insert(rows.Tag, "tag", tail=_replacing("tag_id", rows.Tag._fields[1:-1])),
    rows.TagRemoved: "DELETE FROM tag WHERE tag_id = ?",
    rows.UnknownTag: _COUNTED_TAG,
    rows.TagStatus: "UPDATE tag SET status = ? WHERE tag_id = ?",
    rows.SessionStart: _insert(rows.SessionStart, "session"),
    rows.SessionAmended: (
        "UPDATE session SET evse_id = ?, connector_id = coalesce(?, connector_id), tag_id = ?, tag_status = ?,"
        " reservation_id = coalesce(?, reservation_id), remote_start_id = coalesce(?, remote_start_id), started_at = ?,"
        " started_raw = coalesce(?, started_raw), meter_start_wh = ?, meter_start_raw = coalesce(?, meter_start_raw),"
        " meter_stop_wh = coalesce(?, meter_stop_wh), energy_wh = ?, flags = ? WHERE session_id = ?"
    ),
    rows.SessionStop: (  # RELIABILITY §2.2: the charger's first stop wins
        "UPDATE session SET stopped_at = ?, stopped_raw = ?, stop_received_at = ?, meter_stop_wh = ?,"
        " meter_stop_raw = ?, energy_wh = ?, stop_reason = ?, stop_tag_id = ?, stop_tag_status = ?, flags = ?"
        " WHERE session_id = ? AND stop_received_at IS NULL"
    ),
    rows.TransactionEvent: _insert(rows.TransactionEvent, "transaction_event"),
    rows.SessionFlags: "UPDATE session SET flags = ? WHERE session_id = ? AND decided = 0",
    rows.SessionClosing: (  # the charger's own stop may have come first: the NULL breaks a rule, DuplicateRow
        "INSERT INTO session_closing (session_id, closed_at, actor, reason, stopped_at, meter_stop_wh, energy_wh)"
        " VALUES (?1, CASE WHEN (SELECT stop_received_at FROM session WHERE session_id = ?1) IS NULL THEN ?2 END,"
        " ?3, ?4, ?5, ?6, ?7)"
    ),
    rows.Review: _insert(rows.Review, "review", tail=_replacing("item", rows.Review._fields[1:])),
    rows.OutageExcuse: _insert(rows.OutageExcuse, "outage_excuse"),
    rows.Reservation: _insert(rows.Reservation, "reservation", tail=_RESERVED_AGAIN),
    rows.ReservationEnded: (
        "UPDATE reservation SET state = ?, ended_at = ?, ended_by = ?"
        " WHERE charger_id = ? AND reservation_id = ? AND state IN ('active', 'unknown')"
    ),
    rows.ReservationUsed: (
        "UPDATE reservation SET state = 'used', ended_at = ?, session_id = ?"
        " WHERE charger_id = ? AND reservation_id = ? AND state IN ('active', 'unknown')"
    ),
    rows.SessionCorrected: _CORRECTED,
    rows.SessionCorrection: _insert(rows.SessionCorrection, "session_correction"),
    rows.SessionDecided: "UPDATE session SET decided = decided + 1 WHERE session_id = ?",
    rows.SessionClaim: _CLAIMED,
    rows.SessionDropped: "UPDATE session SET dropped_at = ? WHERE session_id = ?",
    rows.OrphanDropped: "UPDATE orphan SET dropped_at = ? WHERE orphan_id = ?",
    rows.ItemDrop: _insert(rows.ItemDrop, "item_drop"),
    rows.SignedValue: _insert(rows.SignedValue, "signed_value", otherwise="IGNORE"),
    rows.SignedVerdict: _insert(rows.SignedVerdict, "signed_verdict", otherwise="REPLACE"),
    rows.StopConflict: _insert(rows.StopConflict, "stop_conflict", otherwise="IGNORE"),
    rows.MeterValue: _insert(rows.MeterValue, "meter_value", tail=_MERGE),
    rows.Orphan: _insert(rows.Orphan, "orphan", otherwise="IGNORE"),
    rows.Violation: _COUNTED_VIOLATION,
    rows.SecurityEvent: _insert(rows.SecurityEvent, "security_event", otherwise="IGNORE"),
    rows.LocalList: _insert(rows.LocalList, "local_list", otherwise="REPLACE"),
    rows.Profile: _insert(rows.Profile, "profile", tail=_replacing("name", ("profile", "note"))),
    rows.ProfileRemoved: "DELETE FROM profile WHERE name = ?",
    rows.ProfileReplaced: (  # 1.6 §5.16: the same number, or the same purpose and level of an EVSE
        "DELETE FROM installed_profile WHERE charger_id = ?1 AND"
        " ((status = 'Accepted' AND profile_id = ?2) OR (evse_id = ?3 AND purpose = ?4 AND stack_level = ?5))"
    ),
    rows.ProfileInstalled: _insert(rows.ProfileInstalled, "installed_profile", otherwise="REPLACE"),
    rows.ProfilesCleared: (
        "DELETE FROM installed_profile WHERE charger_id = ?1 AND (?2 IS NULL OR profile_id = ?2)"
        " AND (?3 IS NULL OR evse_id = ?3) AND (?4 IS NULL OR purpose = ?4) AND (?5 IS NULL OR stack_level = ?5)"
    ),
    rows.ReportPart: _insert(rows.ReportPart, "report_part"),
    rows.SigningRequest: _insert(rows.SigningRequest, "signing_request"),
    rows.Command: _insert(rows.Command, "command"),
    rows.CommandState: (
        "UPDATE command SET state = ?, message_id = coalesce(?, message_id), sent_at = coalesce(?, sent_at),"
        " answered_at = coalesce(?, answered_at), answer = coalesce(?, answer) WHERE command_id = ?"
    ),
    rows.Key: _insert(rows.Key, "key"),
    rows.KeyRevoked: "UPDATE key SET revoked_at = ?, revoked_by = ? WHERE key_id = ? AND revoked_at IS NULL",
    rows.KeyUsed: "UPDATE key SET used_at = ?, used_from = ? WHERE key_id = ?",
    rows.Denial: _COUNTED_DENIAL,
    rows.Alert: _insert(
        rows.Alert, "alert", tail=_replacing("alert_id", ("since", "what", "openings")) + ", resolved_at = NULL"
    ),
    rows.AlertWhat: "UPDATE alert SET what = ? WHERE alert_id = ?",
    rows.AlertAcknowledged: "UPDATE alert SET acked_at = ?, acked_by = ?, comment = ? WHERE alert_id = ?",
    rows.AlertResolved: "UPDATE alert SET resolved_at = ? WHERE alert_id = ?",
    rows.Image: _insert(rows.Image, "image"),
    rows.ImageRemoved: "DELETE FROM image WHERE sha256 = ?",
    rows.FileGrant: _insert(rows.FileGrant, "file_grant"),
    rows.FileGrantEnds: "UPDATE file_grant SET expires_at = ? WHERE grant_id = ?",
    rows.TransferStarted: _insert(rows.TransferStarted, "transfer"),
    rows.TransferEnded: (
        "UPDATE transfer SET ended_at = ?, bytes = ?, seconds = ?, state = ?, error = coalesce(?, error), kept = ?,"
        " sha256 = ?, entries = ? WHERE transfer_id = ?"
    ),
    rows.UploadDoubted: (
        "UPDATE transfer SET error = ?1 WHERE transfer_id = (SELECT max(transfer_id) FROM transfer WHERE charger_id = ?2"
        " AND purpose = 'diagnostics') AND form = ?3 AND state <> 'cut' AND (ended_at IS NULL OR ended_at >= ?4)"
    ),
    rows.TransfersCut: "UPDATE transfer SET state = 'cut', ended_at = ?, error = ? WHERE state = 'running'",
    rows.UploadRemoved: "UPDATE transfer SET kept = NULL WHERE transfer_id = ?",
    rows.FileRecipes: _insert(rows.FileRecipes, "file_recipes", tail=_replacing("one", ("recipes",))),
    rows.TransferForm: _insert(
        rows.TransferForm,
        "transfer_form",
        tail=" ON CONFLICT (vendor, model, firmware, purpose, form) DO UPDATE SET"
        " worked_at = coalesce(excluded.worked_at, worked_at), failed_at = coalesce(excluded.failed_at, failed_at)",
    ),
    rows.Tariff: _insert(rows.Tariff, "tariff", otherwise="IGNORE"),
    rows.TariffRemoved: "DELETE FROM tariff WHERE tariff_id = ? AND version = ?",
    rows.TariffAssignment: _insert(rows.TariffAssignment, "tariff_assignment"),
    rows.TariffAssignmentEnded: (
        "UPDATE tariff_assignment SET valid_to = ?, ended_at = ?, ended_by = ? WHERE assignment_id = ?"
    ),
    rows.SessionPriceSuperseded: (
        "UPDATE session_price SET superseded_at = ? WHERE session_id = ? AND superseded_at IS NULL"
    ),
    rows.SessionPrice: _insert(rows.SessionPrice, "session_price"),
    rows.PriceSeries: _insert(
        rows.PriceSeries, "price_series", tail=_replacing("series", ("note", "added_at", "actor"))
    ),
    rows.PriceSeriesRemoved: "DELETE FROM price_series WHERE series = ?",
    rows.PricePoint: _insert(
        rows.PricePoint, "price_point", tail=_replacing("series, begins_at", ("ends_at", "price"))
    ),
    rows.PricePointsRemoved: "DELETE FROM price_point WHERE series = ?",
    rows.Subscription: _insert(rows.Subscription, "subscription"),
    rows.SubscriptionEnded: "UPDATE subscription SET last_month = ? WHERE subscription_id = ?",
    rows.MoneyRule: _insert(rows.MoneyRule, "money_rule", otherwise="REPLACE"),
    rows.Campaign: _insert(rows.Campaign, "campaign"),
    rows.CampaignState: (
        "UPDATE campaign SET state = ?, why = ?, started_at = coalesce(?, started_at), ended_at = ? WHERE campaign = ?"
    ),
    rows.CampaignRules: "UPDATE campaign SET rules = ? WHERE campaign = ?",
    rows.CampaignRemoved: "DELETE FROM campaign WHERE campaign = ?",
    rows.CampaignMember: _insert(rows.CampaignMember, "campaign_member"),
    rows.CampaignMemberMoved: (
        "UPDATE campaign_member SET wave = ?, state = ?, status = ?, why = ?, attempts = ?, not_before = ?,"
        " forgiven = ?, task_id = ?, sent_at = ?, ended_at = ?"
        " WHERE campaign = ? AND charger_id = ? AND state IN (SELECT value FROM json_each(?))"
    ),
    rows.CampaignMembersAborted: (
        "UPDATE campaign_member SET state = 'aborted', ended_at = ? WHERE campaign = ? AND state = 'pending'"
    ),
    rows.CampaignMembersForgiven: (
        "UPDATE campaign_member SET forgiven = 1 WHERE campaign = ? AND state IN ('ok', 'failed', 'unknown')"
    ),
    rows.CampaignMembersRemoved: "DELETE FROM campaign_member WHERE campaign = ?",
    rows.Task: _insert(rows.Task, "task"),
    rows.TaskEnded: "UPDATE task SET state = ?, finished_at = ? WHERE task_id = ?",
    rows.TaskTarget: _insert(rows.TaskTarget, "task_target"),
    rows.TaskTargetState: (
        "UPDATE task_target SET state = ?, expires_at = ?, sent_at = ? WHERE task_id = ? AND position = ?"
    ),
    rows.TaskTargetEnded: (  # a target has one result
        "UPDATE task_target SET state = 'done', ok = ?, status = ?, latency_ms = ?, command_id = ?, error = ?,"
        " result = ?, finished_at = ? WHERE task_id = ? AND position = ? AND state <> 'done'"
    ),
    rows.Journal: _insert(rows.Journal, "journal"),
    rows.Event: _insert(rows.Event, "event"),
}

_VALUES = re.compile(r"VALUES (\((?:\?, )*\?\))")
_TARGET = re.compile(r"(?:INTO|UPDATE|DELETE FROM) (\w+)")


def table_of(sql: str) -> str:
    """The table that a statement writes."""
    found = _TARGET.search(sql)
    assert found is not None, sql  # noqa: S101 - a statement without a table cannot be meant
    return found[1]


def widened(sql: str, count: int) -> str | None:
    """The same insert for `count` rows at once; None when the statement takes one row only."""
    values = _VALUES.search(sql)
    if values is None:
        return None
    return sql[: values.start(1)] + ", ".join([values[1]] * count) + sql[values.end(1) :]
