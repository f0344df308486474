"""The plan of a campaign: who of those that were chosen gets it, in which order, and why the others do not."""

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import chain, zip_longest
from typing import Final, NamedTuple

from cpoctl.domain.campaigns import CANARY, EXCLUDED, NONE, REST, Member

_HELD: Final = re.compile(r"the campaign \S+ has it")


class Candidate(NamedTuple):
    """A charger that was chosen, as far as a plan asks for it. `busy` is another campaign that has it."""

    charger_id: str
    vendor: str | None
    model: str | None
    firmware: str | None
    ocpp: str | None
    busy: str | None = None


class Meant(NamedTuple):
    """For whom an image is, and what it makes of a charger; of settings all is None."""

    vendor: str | None = None
    model: str | None = None
    version: str | None = None


def why_not(candidate: Candidate, meant: Meant) -> str | None:
    """Why a charger that was chosen gets nothing, in a sentence; that another campaign has it only if nothing else."""
    for what, told, wanted in (("vendor", candidate.vendor, meant.vendor), ("model", candidate.model, meant.model)):
        if wanted and not (told and fnmatchcase(told.casefold(), wanted.casefold())):
            return f"it is for the {what} {wanted}, this is {told or 'one that has told none'}"
    if meant.version is not None and candidate.firmware == meant.version:
        return f"it runs {meant.version} already"
    if candidate.ocpp is None:
        return "it was never connected: which OCPP it speaks is not known"
    return None if candidate.busy is None else held_by(candidate.busy)


def held_by(campaign: str) -> str:
    """That another campaign has a charger."""
    return f"the campaign {campaign} has it"


def only_held(member_state: str, why: str | None) -> bool:
    """Whether a member is excluded for no other reason than that another campaign had it."""
    return member_state == EXCLUDED and _HELD.fullmatch(why or "") is not None


def planned(candidates: Iterable[Candidate], meant: Meant, canary: int) -> list[Member]:
    """Every chosen charger as a member: those that get it in the order in which they will, then those that do not."""
    judged = [(each, why_not(each, meant)) for each in candidates]
    going = _spread([each for each, why in judged if why is None])
    return [
        *(
            Member(each.charger_id, CANARY if place < canary else REST, had=each.firmware)
            for place, each in enumerate(going)
        ),
        *(Member(each.charger_id, NONE, EXCLUDED, why=why, had=each.firmware) for each, why in judged if why),
    ]


def _spread(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One of each make first, then the second of each: a make that cannot do it shows among the first."""
    makes: dict[tuple[str | None, ...], list[Candidate]] = {}
    for each in candidates:
        makes.setdefault((each.vendor, each.model, each.firmware), []).append(each)
    return [each for each in chain.from_iterable(zip_longest(*makes.values())) if each is not None]
