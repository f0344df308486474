"""Config: whether the config files can be read and hold only what is known."""

from cpoctl.checks import Said, fail, ok
from cpoctl.checks.machine import Place


def check(place: Place) -> Said:
    """Judge what reading them has said."""
    if place.wrong_config is not None:
        return fail(place.wrong_config.message, "cpoctl config path    which files are read")
    return ok("every key is known")
