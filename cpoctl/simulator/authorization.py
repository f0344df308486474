"""Which tags a charger lets in by itself: its local list, and its cache of earlier answers. 1.6 §3.5, §5.15"""

from typing import Any

from cpoctl.simulator.configuration import Configuration

IdTagInfo = dict[str, Any]


class KnownTags:
    """The local list and the cache; tags match without regard to case."""

    def __init__(self, settings: Configuration) -> None:
        self._settings = settings
        self._cache: dict[str, str] = {}
        self._list: dict[str, IdTagInfo] = {}
        self.list_version = 0

    @property
    def listed(self) -> int:
        """How many tags the local list holds."""
        return len(self._list)

    def remember(self, tag: str, status: str) -> None:
        """Keep the server's answer for the next time. 1.6 §3.5.1"""
        if self._settings.truth("AuthorizationCacheEnabled"):
            self._cache[tag.lower()] = status

    def forget(self) -> None:
        """Clear the cache."""
        self._cache.clear()

    def forget_one(self, tag: str) -> None:
        """Take one tag out of the cache. OCPP 2.0.1 N10"""
        self._cache.pop(tag.lower(), None)

    def known(self, tag: str) -> str | None:
        """Tell what the list, or else the cache, says of a tag."""
        listed = self._list.get(tag.lower()) if self._settings.truth("LocalAuthListEnabled") else None
        return str(listed["status"]) if listed else self._cache.get(tag.lower())

    def before_asking(self, tag: str) -> str | None:
        """Tell a tag that is let in without asking the server. 1.6 §3.5.2"""
        status = self.known(tag) if self._settings.truth("LocalPreAuthorize") else None
        return status if status == "Accepted" else None

    def offline(self, tag: str) -> str:
        """Decide while the server is out of reach. 1.6 §3.5.3"""
        known = self.known(tag) if self._settings.truth("LocalAuthorizeOffline") else None
        if known is not None:
            return known
        return "Accepted" if self._settings.truth("AllowOfflineTxForUnknownId") else "Invalid"

    def update(self, version: int, entries: list[dict[str, Any]], *, full: bool) -> str:
        """Take a local list and tell the status of 1.6 §5.15."""
        if not self._settings.truth("LocalAuthListEnabled"):
            return "NotSupported"
        if not full and version <= self.list_version:
            return "VersionMismatch"
        if len(entries) > self._settings.whole("SendLocalListMaxLength"):
            return "Failed"
        updated = {} if full else dict(self._list)
        for entry in entries:
            tag = str(entry["idTag"]).lower()
            if "idTagInfo" in entry:
                updated[tag] = entry["idTagInfo"]
            else:  # an entry without info removes the tag
                updated.pop(tag, None)
        if len(updated) > self._settings.whole("LocalAuthListMaxLength"):
            return "Failed"
        self._list, self.list_version = updated, version
        return "Accepted"
