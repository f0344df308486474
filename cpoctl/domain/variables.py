"""Variables of the standard: what each means, and when two values of one say the same.

OCPP 1.6 §9 (configuration keys) and the security whitepaper. Chargers add their own, which stay as they are.
"""

import re
from collections.abc import Iterable
from typing import Final, Literal, NamedTuple

from cpoctl.errors import nearest

Kind = Literal["boolean", "integer", "CSL", "text"]
MOST_NAMES: Final = "GetConfigurationMaxKeys"


class Known(NamedTuple):
    """A variable that the standard names. `access` R, RW or W; a charger may allow less.

    A `guarded` one decides whom the charger belongs to or who may listen to it.
    """

    name: str
    kind: Kind
    access: str
    unit: str
    meaning: str
    guarded: bool = False


_TABLE: Final = (
    # Core, 1.6 §9.1
    Known("AllowOfflineTxForUnknownId", "boolean", "RW", "", "offline, also charge for tags that it does not know"),
    Known("AuthorizationCacheEnabled", "boolean", "RW", "", "remember which tags were accepted"),
    Known("AuthorizeRemoteTxRequests", "boolean", "RW", "", "ask about the tag of a remote start as of a local one"),
    Known("BlinkRepeat", "integer", "RW", "times", "how often its lights blink as a signal"),
    Known("ClockAlignedDataInterval", "integer", "RW", "s", "time between readings on the clock; 0 for none"),
    Known("ConnectionTimeOut", "integer", "RW", "s", "how long it waits for the cable after a tag"),
    Known("ConnectorPhaseRotation", "CSL", "RW", "", "how the phases of each connector are wired: 1.RST,2.RTS"),
    Known("ConnectorPhaseRotationMaxLength", "integer", "R", "items", "how many ConnectorPhaseRotation may list"),
    Known(MOST_NAMES, "integer", "R", "names", "how many variables may be asked for at once"),
    Known("HeartbeatInterval", "integer", "RW", "s", "silence after which it sends a heartbeat"),
    Known("LightIntensity", "integer", "RW", "%", "how bright its lights are"),
    Known("LocalAuthorizeOffline", "boolean", "RW", "", "offline, charge for tags that it knows"),
    Known("LocalPreAuthorize", "boolean", "RW", "", "online, begin for tags that it knows without asking"),
    Known("MaxEnergyOnInvalidId", "integer", "RW", "Wh", "what a session whose tag was refused may still take"),
    Known("MeterValuesAlignedData", "CSL", "RW", "", "what is measured on the clock"),
    Known("MeterValuesAlignedDataMaxLength", "integer", "R", "items", "how many MeterValuesAlignedData may list"),
    Known("MeterValuesSampledData", "CSL", "RW", "", "what is measured during a session"),
    Known("MeterValuesSampledDataMaxLength", "integer", "R", "items", "how many MeterValuesSampledData may list"),
    Known("MeterValueSampleInterval", "integer", "RW", "s", "time between readings of a session; 0 for none"),
    Known("MinimumStatusDuration", "integer", "RW", "s", "how long a status must last before it is told"),
    Known("NumberOfConnectors", "integer", "R", "", "how many connectors it has"),
    Known("ResetRetries", "integer", "RW", "times", "how often it tries a reset that failed again"),
    Known("StopTransactionOnEVSideDisconnect", "boolean", "RW", "", "end the session when the car is unplugged"),
    Known("StopTransactionOnInvalidId", "boolean", "RW", "", "end a session whose tag we refuse"),
    Known("StopTxnAlignedData", "CSL", "RW", "", "what is measured on the clock and told at the session's end"),
    Known("StopTxnAlignedDataMaxLength", "integer", "R", "items", "how many StopTxnAlignedData may list"),
    Known("StopTxnSampledData", "CSL", "RW", "", "what is measured during a session and told at its end"),
    Known("StopTxnSampledDataMaxLength", "integer", "R", "items", "how many StopTxnSampledData may list"),
    Known("SupportedFeatureProfiles", "CSL", "R", "", "which parts of OCPP it speaks"),
    Known("SupportedFeatureProfilesMaxLength", "integer", "R", "items", "how many SupportedFeatureProfiles may list"),
    Known("TransactionMessageAttempts", "integer", "RW", "times", "how often it sends a session's message that failed"),
    Known("TransactionMessageRetryInterval", "integer", "RW", "s", "how long it waits before it does so"),
    Known("UnlockConnectorOnEVSideDisconnect", "boolean", "RW", "", "release the cable when the car is unplugged"),
    Known("WebSocketPingInterval", "integer", "RW", "s", "time between its pings; 0 for none"),
    # Local lists, 1.6 §9.2
    Known("LocalAuthListEnabled", "boolean", "RW", "", "whether the local list counts"),
    Known("LocalAuthListMaxLength", "integer", "R", "tags", "how many tags its local list holds"),
    Known("SendLocalListMaxLength", "integer", "R", "tags", "how many of them may be sent at once"),
    # Reservations, 1.6 §9.3
    Known("ReserveConnectorZeroSupported", "boolean", "R", "", "whether any free EVSE can be reserved"),
    # Smart charging, 1.6 §9.4
    Known("ChargeProfileMaxStackLevel", "integer", "R", "", "the highest stack level of a charging profile"),
    Known("ChargingScheduleAllowedChargingRateUnit", "CSL", "R", "", "whether limits are Current, Power or both"),
    Known("ChargingScheduleMaxPeriods", "integer", "R", "periods", "how many periods a charging profile may have"),
    Known("ConnectorSwitch3to1PhaseSupported", "boolean", "R", "", "whether a session may go from 3 phases to 1"),
    Known("MaxChargingProfilesInstalled", "integer", "R", "profiles", "how many charging profiles it keeps"),
    # Security whitepaper
    Known("AdditionalRootCertificateCheck", "boolean", "R", "", "only takes a root that the one before it has signed"),
    Known("AuthorizationKey", "text", "W", "", "its password: cpoctl charger password"),
    Known("CertificateSignedMaxChainSize", "integer", "R", "bytes", "how long a certificate chain may be"),
    Known("CertificateStoreMaxLength", "integer", "R", "", "how many certificates it keeps"),
    Known("CpoName", "text", "RW", "", "whose charger it is, for its certificate"),
    Known("SecurityProfile", "integer", "RW", "", "how it secures the connection: 0 to 3", guarded=True),
    Known("SupportedFileTransferProtocols", "CSL", "R", "", "how it fetches and uploads files"),
)
KNOWN: Final = {known.name.casefold(): known for known in _TABLE}
NAMES: Final = tuple(known.name for known in _TABLE)
_WORDS: Final = ("true", "false")
# The standard has no variable for the server's address; each maker calls it as it likes.
_REPOINTING: Final = re.compile(
    r"(?i)(?:central[ _-]?system|csms|cpms|ocpp|back[ _-]?(?:end|office)|server|web[ _-]?socket)"
    r"[\w .-]{0,40}(?:ur[li]|addr|host|endpoint|domain)"
)


def about(name: str) -> Known | None:
    """What the standard says of a variable; names match whatever their case."""
    return KNOWN.get(name.casefold())


def guarded(name: str) -> bool:
    """Whether a variable repoints its charger to another server, or decides how safe the way to it is."""
    known = about(name)
    return known.guarded if known else _REPOINTING.search(name) is not None


def meant(name: str, more: Iterable[str] = ()) -> str:
    """` (did you mean HeartbeatInterval?)` for a name that nobody knows; `more` are the charger's own."""
    own = list(more)
    if name.casefold() in KNOWN or name.casefold() in (each.casefold() for each in own):
        return ""
    return nearest(name, [*NAMES, *own])


def same(name: str, one: str | None, other: str | None) -> bool:
    """Whether two values of a variable say the same.

    The order of a list (CSL) and blanks in it, the case of a boolean and leading zeros say nothing. 1.6 §9
    """
    if one is None or other is None:
        return one == other
    return _sense(name, one) == _sense(name, other)


def _sense(name: str, value: str) -> object:
    known, bare = about(name), value.strip()
    kind = known.kind if known else None
    if kind == "CSL":
        return frozenset(item.strip() for item in bare.split(",") if item.strip())
    if kind == "integer" and bare.lstrip("+-").isdecimal() and len(bare) < 20:
        return int(bare)
    # A charger's own that is a boolean by its look is one.
    return bare.casefold() if bare.casefold() in _WORDS else value
