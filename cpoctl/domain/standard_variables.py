"""The variables that the standards name, and what each means: declarations.

OCPP 1.6 §9 (configuration keys) and the security whitepaper; OCPP 2.0.1 and 2.1 part 2 appendix 3 (the variables of the
standard's components). Chargers add their own, of which nothing is known.
"""

from typing import Final, Literal, NamedTuple

Kind = Literal["boolean", "integer", "decimal", "CSL", "text"]
MOST_NAMES: Final = "GetConfigurationMaxKeys"


class Known(NamedTuple):
    """A variable that a standard names. `access` R, RW or W; a charger may allow less.

    A `guarded` one decides whom the charger belongs to or who may listen to it. `key` is what OCPP 1.6 calls
    a variable of 2.x; `alike`: their values say the same in the same words, so that one may stand for the other.
    """

    name: str
    kind: Kind
    access: str
    unit: str
    meaning: str
    guarded: bool = False
    key: str = ""
    alike: bool = True


OF_16: Final = (
    # Core, 1.6 §9.1
    Known("AllowOfflineTxForUnknownId", "boolean", "RW", "", "offline, also charge for tags that it does not know"),
    Known("AuthorizationCacheEnabled", "boolean", "RW", "", "remember which tags were accepted"),
    Known("AuthorizeRemoteTxRequests", "boolean", "RW", "", "ask about the tag of a remote start as of a local one"),
    Known("BlinkRepeat", "integer", "RW", "times", "how often its lights blink as a signal"),
    Known("ClockAlignedDataInterval", "integer", "RW", "s", "time between readings on the clock; 0 for none"),
    Known("ConnectionTimeOut", "integer", "RW", "s", "how long it waits for the cable after a tag"),
    Known("ConnectorPhaseRotation", "CSL", "RW", "", "how the phases of each connector are wired: 1.RST,2.RTS"),
    Known("ConnectorPhaseRotationMaxLength", "integer", "R", "items", "how many ConnectorPhaseRotation may list"),
    Known(MOST_NAMES, "integer", "R", "variables", "how many variables may be asked for at once"),
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

# Without instances where every instance means the same.
OF_2: Final = (
    Known("AlignedDataCtrlr.Enabled", "boolean", "RW", "", "whether anything is measured on the clock"),
    Known("AlignedDataCtrlr.Interval", "integer", "RW", "s", "time between readings on the clock; 0 for none", key="ClockAlignedDataInterval"),
    Known("AlignedDataCtrlr.Measurands", "CSL", "RW", "", "what is measured on the clock", key="MeterValuesAlignedData"),
    Known("AlignedDataCtrlr.SendDuringIdle", "boolean", "RW", "", "only tell readings on the clock while nobody charges"),
    Known("AlignedDataCtrlr.SignReadings", "boolean", "RW", "", "sign the readings on the clock"),
    Known("AlignedDataCtrlr.TxEndedInterval", "integer", "RW", "s", "time between readings on the clock that are told at the session's end"),
    Known("AlignedDataCtrlr.TxEndedMeasurands", "CSL", "RW", "", "what is measured on the clock and told at the session's end", key="StopTxnAlignedData"),
    Known("AuthCacheCtrlr.DisablePostAuthorize", "boolean", "RW", "", "do not ask again about tags that it remembers as refused"),
    Known("AuthCacheCtrlr.Enabled", "boolean", "RW", "", "remember which tags were accepted", key="AuthorizationCacheEnabled"),
    Known("AuthCacheCtrlr.LifeTime", "integer", "RW", "s", "how long a tag is remembered"),
    Known("AuthCacheCtrlr.Policy", "text", "RW", "", "which tag it forgets first"),
    Known("AuthCtrlr.AuthorizeRemoteStart", "boolean", "RW", "", "ask about the tag of a remote start as of a local one", key="AuthorizeRemoteTxRequests"),
    Known("AuthCtrlr.DisableRemoteAuthorization", "boolean", "RW", "", "never ask the server about a tag"),
    Known("AuthCtrlr.Enabled", "boolean", "RW", "", "whether a tag is needed to charge"),
    Known("AuthCtrlr.LocalAuthorizeOffline", "boolean", "RW", "", "offline, charge for tags that it knows", key="LocalAuthorizeOffline"),
    Known("AuthCtrlr.LocalPreAuthorize", "boolean", "RW", "", "online, begin for tags that it knows without asking", key="LocalPreAuthorize"),
    Known("AuthCtrlr.MasterPassGroupId", "text", "RW", "", "the group of tags that may end anybody's session"),
    Known("AuthCtrlr.OfflineTxForUnknownIdEnabled", "boolean", "RW", "", "offline, also charge for tags that it does not know", key="AllowOfflineTxForUnknownId"),
    Known("ChargingStation.AllowNewSessionsPendingFirmwareUpdate", "boolean", "RW", "", "begin sessions while a firmware update waits"),
    Known("ChargingStation.AvailabilityState", "text", "R", "", "its state in a word"),
    Known("ClockCtrlr.DateTime", "text", "R", "", "its time"),
    Known("ClockCtrlr.NtpServerUri", "text", "RW", "", "where it asks for the time"),
    Known("ClockCtrlr.NtpSource", "text", "RW", "", "how it finds a time server"),
    Known("ClockCtrlr.TimeAdjustmentReportingThreshold", "integer", "RW", "s", "a change of its clock that it tells as a security event"),
    Known("ClockCtrlr.TimeOffset", "text", "RW", "", "what it adds to UTC on its display"),
    Known("ClockCtrlr.TimeSource", "text", "RW", "", "where its time comes from, the first that works"),
    Known("ClockCtrlr.TimeZone", "text", "RW", "", "its time zone, for its display"),
    Known("Connector.AvailabilityState", "text", "R", "", "the connector's state in a word"),
    Known("Connector.ConnectorType", "text", "R", "", "what plug it has"),
    Known("DeviceDataCtrlr.BytesPerMessage", "integer", "R", "bytes", "how long such a message may be"),
    Known("DeviceDataCtrlr.ConfigurationValueSize", "integer", "R", "", "how long a value that is set may be"),
    Known("DeviceDataCtrlr.ItemsPerMessage", "integer", "R", "variables", "how many variables such a message may name"),
    Known("DeviceDataCtrlr.ItemsPerMessage[GetVariables]", "integer", "R", "variables", "how many variables may be asked for at once", key="GetConfigurationMaxKeys"),
    Known("DeviceDataCtrlr.ReportingValueSize", "integer", "R", "", "how much of a value it reports"),
    Known("DisplayMessageCtrlr.Enabled", "boolean", "RW", "", "whether it shows messages"),
    Known("EVSE.AllowReset", "boolean", "R", "", "whether the EVSE can be restarted alone"),
    Known("EVSE.AvailabilityState", "text", "R", "", "the EVSE's state in a word"),
    Known("EVSE.Power", "decimal", "R", "W", "the power that it gives; its limit: the most"),
    Known("ISO15118Ctrlr.CentralContractValidationAllowed", "boolean", "RW", "", "send us contracts that it cannot judge"),
    Known("ISO15118Ctrlr.ContractValidationOffline", "boolean", "RW", "", "judge contracts while it is offline"),
    Known("ISO15118Ctrlr.Enabled", "boolean", "RW", "", "whether it speaks ISO 15118 with cars"),
    Known("ISO15118Ctrlr.PnCEnabled", "boolean", "RW", "", "whether a car may pay by its contract"),
    Known("ISO15118Ctrlr.SeccId", "text", "RW", "", "its name towards cars"),
    Known("LocalAuthListCtrlr.BytesPerMessage", "integer", "R", "bytes", "how long a part of the local list may be"),
    Known("LocalAuthListCtrlr.DisablePostAuthorize", "boolean", "RW", "", "do not ask again about tags that the list refuses"),
    Known("LocalAuthListCtrlr.Enabled", "boolean", "RW", "", "whether the local list counts", key="LocalAuthListEnabled"),
    Known("LocalAuthListCtrlr.Entries", "integer", "R", "tags", "how many tags stand in its local list; its limit: how many may", key="LocalAuthListMaxLength", alike=False),
    Known("LocalAuthListCtrlr.ItemsPerMessage", "integer", "R", "tags", "how many of them may be sent at once", key="SendLocalListMaxLength"),
    Known("MonitoringCtrlr.ActiveMonitoringBase", "text", "R", "", "which monitors are set"),
    Known("MonitoringCtrlr.ActiveMonitoringLevel", "integer", "R", "", "events of this severity and graver ones are told"),
    Known("MonitoringCtrlr.Enabled", "boolean", "RW", "", "whether variables are watched"),
    Known("MonitoringCtrlr.OfflineQueuingSeverity", "integer", "RW", "", "offline, events of this severity and graver ones are kept"),
    Known("OCPPCommCtrlr.ActiveNetworkProfile", "integer", "R", "", "the network profile that it uses", guarded=True),
    Known("OCPPCommCtrlr.FileTransferProtocols", "CSL", "R", "", "how it fetches and uploads files", key="SupportedFileTransferProtocols"),
    Known("OCPPCommCtrlr.HeartbeatInterval", "integer", "RW", "s", "silence after which it sends a heartbeat", key="HeartbeatInterval"),
    Known("OCPPCommCtrlr.MessageAttemptInterval", "integer", "RW", "s", "how long it waits before it sends such a message again"),
    Known("OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]", "integer", "RW", "s", "how long it waits before it sends a session's message again", key="TransactionMessageRetryInterval"),
    Known("OCPPCommCtrlr.MessageAttempts", "integer", "RW", "times", "how often it sends such a message that failed"),
    Known("OCPPCommCtrlr.MessageAttempts[TransactionEvent]", "integer", "RW", "times", "how often it sends a session's message that failed", key="TransactionMessageAttempts"),
    Known("OCPPCommCtrlr.MessageTimeout", "integer", "R", "s", "how long it waits for an answer"),
    Known("OCPPCommCtrlr.NetworkConfigurationPriority", "text", "RW", "", "its network profiles, the first one is tried first", guarded=True),
    Known("OCPPCommCtrlr.NetworkProfileConnectionAttempts", "integer", "RW", "times", "how often it tries a network profile before the next"),
    Known("OCPPCommCtrlr.OfflineThreshold", "integer", "RW", "s", "time offline after which it tells every status anew"),
    Known("OCPPCommCtrlr.PublicKeyWithSignedMeterValue", "text", "RW", "", "when it adds the meter's key to signed readings"),
    Known("OCPPCommCtrlr.QueueAllMessages", "boolean", "RW", "", "offline, keep every message and not only a session's"),
    Known("OCPPCommCtrlr.ResetRetries", "integer", "RW", "times", "how often it tries a reset that failed again", key="ResetRetries"),
    Known("OCPPCommCtrlr.RetryBackOffRandomRange", "integer", "RW", "s", "the most by which it varies its wait to reconnect"),
    Known("OCPPCommCtrlr.RetryBackOffRepeatTimes", "integer", "RW", "times", "how often it doubles its wait to reconnect"),
    Known("OCPPCommCtrlr.RetryBackOffWaitMinimum", "integer", "RW", "s", "how long it waits at least to reconnect"),
    Known("OCPPCommCtrlr.UnlockOnEVSideDisconnect", "boolean", "RW", "", "release the cable when the car is unplugged", key="UnlockConnectorOnEVSideDisconnect"),
    Known("OCPPCommCtrlr.WebSocketPingInterval", "integer", "RW", "s", "time between its pings; 0 for none", key="WebSocketPingInterval"),
    Known("ReservationCtrlr.Enabled", "boolean", "RW", "", "whether it can be reserved"),
    Known("ReservationCtrlr.NonEvseSpecific", "boolean", "R", "", "whether any free EVSE can be reserved", key="ReserveConnectorZeroSupported"),
    Known("SampledDataCtrlr.Enabled", "boolean", "RW", "", "whether anything is measured during a session"),
    Known("SampledDataCtrlr.RegisterValuesWithoutPhases", "boolean", "RW", "", "tell energy as a whole and not by phase"),
    Known("SampledDataCtrlr.SignReadings", "boolean", "RW", "", "sign the readings of a session"),
    Known("SampledDataCtrlr.TxEndedInterval", "integer", "RW", "s", "time between readings that are told at the session's end"),
    Known("SampledDataCtrlr.TxEndedMeasurands", "CSL", "RW", "", "what is measured during a session and told at its end", key="StopTxnSampledData"),
    Known("SampledDataCtrlr.TxStartedMeasurands", "CSL", "RW", "", "what is measured as a session begins"),
    Known("SampledDataCtrlr.TxUpdatedInterval", "integer", "RW", "s", "time between readings of a session; 0 for none", key="MeterValueSampleInterval"),
    Known("SampledDataCtrlr.TxUpdatedMeasurands", "CSL", "RW", "", "what is measured during a session", key="MeterValuesSampledData"),
    Known("SecurityCtrlr.AdditionalRootCertificateCheck", "boolean", "R", "", "only takes a root that the one before it has signed", key="AdditionalRootCertificateCheck"),
    Known("SecurityCtrlr.BasicAuthPassword", "text", "W", "", "its password: cpoctl charger password", key="AuthorizationKey", alike=False),
    Known("SecurityCtrlr.CertSigningRepeatTimes", "integer", "RW", "times", "how often it asks again for a certificate"),
    Known("SecurityCtrlr.CertSigningWaitMinimum", "integer", "RW", "s", "how long it waits at least before it does so"),
    Known("SecurityCtrlr.CertificateEntries", "integer", "R", "", "how many certificates it has; its limit: how many it keeps", key="CertificateStoreMaxLength", alike=False),
    Known("SecurityCtrlr.Identity", "text", "RW", "", "the id that it connects with", guarded=True),
    Known("SecurityCtrlr.MaxCertificateChainSize", "integer", "R", "bytes", "how long a certificate chain may be", key="CertificateSignedMaxChainSize"),
    Known("SecurityCtrlr.OrganizationName", "text", "RW", "", "whose charger it is, for its certificate", key="CpoName"),
    Known("SecurityCtrlr.SecurityProfile", "integer", "R", "", "how it secures the connection: 0 to 3", guarded=True, key="SecurityProfile"),
    Known("SmartChargingCtrlr.ACPhaseSwitchingSupported", "boolean", "R", "", "whether it can choose the phase itself"),
    Known("SmartChargingCtrlr.Enabled", "boolean", "RW", "", "whether charging profiles count"),
    Known("SmartChargingCtrlr.Entries[ChargingProfiles]", "integer", "R", "profiles", "how many charging profiles it has; its limit: how many it keeps", key="MaxChargingProfilesInstalled", alike=False),
    Known("SmartChargingCtrlr.ExternalControlSignalsEnabled", "boolean", "RW", "", "whether somebody else may limit it"),
    Known("SmartChargingCtrlr.LimitChangeSignificance", "decimal", "RW", "%", "a change of its limit that is worth telling"),
    Known("SmartChargingCtrlr.NotifyChargingLimitWithSchedules", "boolean", "RW", "", "tell schedules with somebody else's limit"),
    Known("SmartChargingCtrlr.PeriodsPerSchedule", "integer", "R", "periods", "how many periods a charging profile may have", key="ChargingScheduleMaxPeriods"),
    Known("SmartChargingCtrlr.Phases3to1", "boolean", "R", "", "whether a session may go from 3 phases to 1", key="ConnectorSwitch3to1PhaseSupported"),
    Known("SmartChargingCtrlr.ProfileStackLevel", "integer", "R", "", "the highest stack level of a charging profile", key="ChargeProfileMaxStackLevel"),
    Known("SmartChargingCtrlr.RateUnit", "CSL", "R", "", "whether limits are A, W or both", key="ChargingScheduleAllowedChargingRateUnit", alike=False),
    Known("TariffCostCtrlr.Currency", "text", "RW", "", "the currency of the prices that it shows"),
    Known("TariffCostCtrlr.Enabled", "boolean", "RW", "", "whether it shows prices"),
    Known("TariffCostCtrlr.TariffFallbackMessage", "text", "RW", "", "what it shows when it knows no tariff"),
    Known("TariffCostCtrlr.TotalCostFallbackMessage", "text", "RW", "", "what it shows when it knows no cost"),
    Known("TxCtrlr.ChargingTime", "integer", "R", "s", "how long the session has charged"),
    Known("TxCtrlr.EVConnectionTimeOut", "integer", "RW", "s", "how long it waits for the cable after a tag", key="ConnectionTimeOut"),
    Known("TxCtrlr.MaxEnergyOnInvalidId", "integer", "RW", "Wh", "what a session whose tag was refused may still take", key="MaxEnergyOnInvalidId"),
    Known("TxCtrlr.StopTxOnEVSideDisconnect", "boolean", "RW", "", "end the session when the car is unplugged", key="StopTransactionOnEVSideDisconnect"),
    Known("TxCtrlr.StopTxOnInvalidId", "boolean", "RW", "", "end a session whose tag we refuse", key="StopTransactionOnInvalidId"),
    Known("TxCtrlr.TxBeforeAcceptedEnabled", "boolean", "RW", "", "begin sessions before we have accepted it"),
    Known("TxCtrlr.TxStartPoint", "CSL", "RW", "", "what begins a session"),
    Known("TxCtrlr.TxStopPoint", "CSL", "RW", "", "what ends a session"),
)  # fmt: skip
