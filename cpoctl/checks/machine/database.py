"""Database: whether the file is there and sound, and how large its log has grown."""

from cpoctl.checks import Said, fail, ok, skipped, warn
from cpoctl.checks.machine import Place

_LARGE = 2 << 30  # a check of more takes too long for a checklist
_WAL_LARGE = 256 << 20


def check(place: Place) -> Said:
    """Judge the file."""
    if place.elsewhere:
        return skipped("the server runs elsewhere")
    path = place.db
    if not path.exists():
        return ok(f"{path} will be made by the first start") if not place.up else skipped(f"{path} is not the server's")
    size = path.stat().st_size
    what = f"{path}, {_mib(size)}"
    if size > _LARGE:
        return skipped(f"{what}, too large to be checked here", "cpoctl db check    takes its time")
    if damage := place.damage():
        return fail(
            f"{what}, damaged: {damage[0]}", "cpoctl db restore BACKUP --confirm restore    a backup in its place"
        )
    wal = path.with_name(f"{path.name}-wal")
    if wal.exists() and wal.stat().st_size > _WAL_LARGE:
        return warn(
            f"{what}, and {_mib(wal.stat().st_size)} of log that a reader keeps open",
            "cpoctl db info    close long readers",
        )
    return ok(f"{what}, sound")


def _mib(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
