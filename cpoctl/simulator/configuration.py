"""A charger's settings: the key table of OCPP 1.6 §9 and the security whitepaper, with a few of a vendor's own."""

from collections.abc import Callable
from dataclasses import dataclass

from cpoctl.simulator import misbehaving
from cpoctl.simulator.meter import ENERGY, MEASURANDS

Check = Callable[[str], bool]


@dataclass(slots=True)
class Setting:
    """One configuration key."""

    key: str
    value: str | None
    readonly: bool = False
    needs_reboot: bool = False
    secret: bool = False
    """Written but never read back."""
    check: Check = bool


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _truth(text: str) -> bool:
    return text.lower() in ("true", "false")


def _text(text: str) -> bool:
    return True


def _measurands(text: str) -> bool:
    return all(name.strip() in MEASURANDS for name in text.split(",")) if text else True


def _authorization_key(text: str) -> bool:
    return 8 <= len(text) <= 40  # whitepaper: 16 to 20 bytes, hex coded; some chargers take less


def _security_profile(text: str) -> bool:
    return text in ("0", "1")  # 2 and 3 want a root certificate first


PROFILES = "Core,FirmwareManagement,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger,SecurityExtension"


def factory_settings(connectors: int) -> list[Setting]:
    """List the keys of a charger as it leaves the factory."""
    sampled = f"{ENERGY},Power.Active.Import,Current.Import,Voltage,SoC"
    return [
        Setting("AllowOfflineTxForUnknownId", "true", check=_truth),
        Setting("AuthorizationCacheEnabled", "true", check=_truth),
        Setting("AuthorizationKey", None, secret=True, check=_authorization_key),
        Setting("AuthorizeRemoteTxRequests", "false", check=_truth),
        Setting("CertificateStoreMaxLength", "8", readonly=True),
        Setting("ChargeProfileMaxStackLevel", "8", readonly=True),
        Setting("ChargingScheduleAllowedChargingRateUnit", "Current,Power", readonly=True),
        Setting("ChargingScheduleMaxPeriods", "24", readonly=True),
        Setting("ClockAlignedDataInterval", "0", check=_whole),
        Setting("ConnectionTimeOut", "60", check=_whole),
        Setting("ConnectorPhaseRotation", "RST", check=_text),
        Setting("CpoName", "", check=_text),
        Setting("GetConfigurationMaxKeys", "60", readonly=True),
        Setting("HeartbeatInterval", "300", check=_whole),
        Setting("LocalAuthListEnabled", "true", check=_truth),
        Setting("LocalAuthListMaxLength", "500", readonly=True),
        Setting("LocalAuthorizeOffline", "true", check=_truth),
        Setting("LocalPreAuthorize", "false", check=_truth),
        Setting("MaxChargingProfilesInstalled", "10", readonly=True),
        Setting("MeterValueSampleInterval", "60", check=_whole),
        Setting("MeterValuesAlignedData", ENERGY, check=_measurands),
        Setting("MeterValuesSampledData", sampled, check=_measurands),
        Setting("MeterValuesSampledDataMaxLength", str(len(MEASURANDS)), readonly=True),
        Setting("NumberOfConnectors", str(connectors), readonly=True),
        Setting("ReserveConnectorZeroSupported", "false", readonly=True),
        Setting("ResetRetries", "1", check=_whole),
        Setting("SecurityProfile", "0", needs_reboot=True, check=_security_profile),
        Setting("SendLocalListMaxLength", "100", readonly=True),
        Setting("StopTransactionOnEVSideDisconnect", "true", check=_truth),
        Setting("StopTransactionOnInvalidId", "true", check=_truth),
        Setting("StopTxnAlignedData", "", check=_measurands),
        Setting("StopTxnSampledData", "", check=_measurands),
        Setting("SupportedFeatureProfiles", PROFILES, readonly=True),
        Setting("TransactionMessageAttempts", "3", check=_whole),
        Setting("TransactionMessageRetryInterval", "60", check=_whole),
        Setting("UnlockConnectorOnEVSideDisconnect", "true", check=_truth),
        Setting("WebSocketPingInterval", "0", check=_whole),
        Setting("LedBrightness", "80", check=lambda text: _whole(text) and int(text) <= 100),
        Setting("ServerUrl", "", needs_reboot=True),
        Setting(misbehaving.SETTING, "", check=misbehaving.is_readable),
    ]


class Configuration:
    """The settings of one charger; keys are matched without regard to case."""

    def __init__(self, connectors: int) -> None:
        self._settings = {setting.key.lower(): setting for setting in factory_settings(connectors)}

    def __getitem__(self, key: str) -> str:
        return self._settings[key.lower()].value or ""

    def __setitem__(self, key: str, value: str) -> None:
        self._settings[key.lower()].value = value

    def whole(self, key: str) -> int:
        """Read a number."""
        return int(self[key])

    def truth(self, key: str) -> bool:
        """Read a switch."""
        return self[key].lower() == "true"

    def names(self, key: str) -> list[str]:
        """Read a comma-separated list."""
        return [name.strip() for name in self[key].split(",") if name.strip()]

    def find(self, key: str) -> Setting | None:
        """Find a key as the standard spells it or not."""
        return self._settings.get(key.lower())

    def readable(self) -> list[Setting]:
        """List what GetConfiguration tells unasked."""
        return [setting for setting in self._settings.values() if not setting.secret]

    def change(self, key: str, value: str) -> str:
        """Change a key and tell the status of 1.6 §7.22."""
        setting = self.find(key)
        if setting is None:
            return "NotSupported"
        if setting.readonly or not setting.check(value):
            return "Rejected"
        setting.value = value
        return "RebootRequired" if setting.needs_reboot else "Accepted"
