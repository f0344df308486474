"""Asks: what we want of a charger, as the Call of the version that it speaks. One file a subject.

An ask holds the domain's values; `v16` and `v2` put them into the words of the standard, with the keys in the order of
its tables. OCPP 2.1 is asked as 2.0.1 is, but where `v21` says otherwise. A version whose method an ask does not have
lacks the message, and whoever asks is told which one has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cpoctl.errors import Unsupported
from cpoctl.ocpp import Version


@dataclass(frozen=True)
class Request:
    """A Call to send. A str payload is JSON that goes out exactly as it is."""

    action: str
    payload: Mapping[str, Any] | str


class Ask:
    """Something that a charger is asked for. Subclasses are frozen, keyword-only dataclasses."""

    instead: ClassVar[tuple[str, ...]] = ()
    """What to do where the charger's version lacks it: commands, each with a word of why.

    `{charger}` in them becomes the charger, the name of a field in such braces what the ask holds there.
    """

    def request(self, version: Version) -> Request:
        """The Call in this version. Raises Unsupported."""
        return {Version.V16: self.v16, Version.V201: self.v2, Version.V21: self.v21}[version]()

    def v16(self) -> Request:
        """The Call in OCPP 1.6."""
        raise self._lacking(Version.V16)

    def v2(self) -> Request:
        """The Call in OCPP 2.0.1, and in 2.1 unless `v21` says otherwise."""
        raise self._lacking(Version.V201)

    def v21(self) -> Request:
        """The Call in OCPP 2.1."""
        return self.v2()

    @classmethod
    def spoken_in(cls) -> tuple[Version, ...]:
        """The versions that have it."""
        made = {Version.V16: cls.v16, Version.V201: cls.v2, Version.V21: cls.v21}
        own = {version for version, method in made.items() if method is not vars(Ask)[method.__name__]}
        return tuple(
            version for version in Version if version in own or (version is Version.V21 and Version.V201 in own)
        )

    def otherwise(self, version: Version) -> tuple[str, ...]:
        """What to do in a version that lacks it."""
        return self.instead

    def _lacking(self, version: Version) -> Unsupported:
        hints = self.otherwise(version)
        for name, value in vars(self).items():
            hints = tuple(hint.replace(f"{{{name}}}", str(value)) for hint in hints)
        return lacking(f"OCPP {version} has no such message", self.spoken_in(), hints)


def lacking(what: str, needs: tuple[Version, ...] | Version, instead: tuple[str, ...] = ()) -> Unsupported:
    """The error of what a version cannot be asked, with the versions that can."""
    versions = (needs,) if isinstance(needs, Version) else needs
    return Unsupported(
        what, hints=instead, detail={"decided_by": "cpoctl", "needs": [str(version) for version in versions]}
    )


def given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value, in their order."""
    return {name: value for name, value in fields.items() if value is not None}
