"""Boot loop: whether the charger restarts again and again.

One that waits for approval boots again each time that we tell it to, and that is no loop. 1.6 §4.2
Nor is it one that boots because we asked for it: soon after a Reset, a trigger or an update of the firmware of ours
(1.6 §5.14, §5.17, §5.19), or for such a reason as it tells itself (OCPP 2.0.1 B01).
"""

from datetime import timedelta

from cpoctl.checks import Said, fail, ok, warn
from cpoctl.checks.charger import Facts
from cpoctl.clock import stored as written
from cpoctl.knowledge import known

_BOOTS = """
SELECT count(*) AS boots FROM (SELECT * FROM event ORDER BY seq DESC LIMIT 50000) e
WHERE type = 'ChargerBooted' AND charger_id = :charger AND at > :since
  AND json_extract(data, '$.registration') = 'Accepted'
  AND coalesce(json_extract(data, '$.reason'), '') NOT IN ('RemoteReset', 'ScheduledReset', 'FirmwareUpdate', 'Triggered')
  AND NOT EXISTS (SELECT 1 FROM command c
    WHERE c.charger_id = :charger AND c.state <> 'rejected' AND c.sent_at <= e.at
      AND (c.action = 'Reset' AND c.sent_at > strftime('%Y-%m-%dT%H:%M:%fZ', e.at, '-5 minutes')
        OR c.action IN ('TriggerMessage', 'ExtendedTriggerMessage') AND instr(c.request, 'BootNotification')
          AND c.sent_at > strftime('%Y-%m-%dT%H:%M:%fZ', e.at, '-5 minutes')
        OR c.action IN ('UpdateFirmware', 'SignedUpdateFirmware')
          AND c.sent_at > strftime('%Y-%m-%dT%H:%M:%fZ', e.at, '-15 minutes')))
  AND NOT EXISTS (SELECT 1 FROM event f
    WHERE f.seq BETWEEN e.seq - 20000 AND e.seq AND f.type = 'FirmwareStatusReported' AND f.charger_id = :charger
      AND f.at > strftime('%Y-%m-%dT%H:%M:%fZ', e.at, '-15 minutes')
      AND json_extract(f.data, '$.status') NOT IN ('Idle', 'Downloading', 'DownloadFailed', 'DownloadScheduled'))
"""
_LOOP, _OFTEN = 5, 3


def stored(facts: Facts) -> Said | None:
    """Count the boots of the last hour."""
    if facts.row is None:
        return None
    boots = facts.read(_BOOTS, {"charger": facts.charger_id, "since": written(facts.now - timedelta(hours=1))})[0][
        "boots"
    ]
    if boots < _OFTEN:
        return ok(f"{boots or 'no'} boot{'s' if boots > 1 else ''} in the last hour")
    row = facts.row
    quirk = next(iter(known(row["vendor"], row["model"], row["firmware"], symptom="boot loop")), None)
    found = f"booted {boots} times in the last hour" + (f"; {quirk.says} ({quirk.sources[0]})" if quirk else "")
    look = f"cpoctl log list {facts.charger_id} --last 30    what comes before each boot"
    return fail(found, look) if boots >= _LOOP else warn(found, look)
