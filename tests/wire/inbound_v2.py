"""What chargers of OCPP 2.0.1 and 2.1 send: for each action a valid payload, as rich as the standard lets it be."""

from typing import Any

from cpoctl.ocpp import Version

NOW = "2026-11-22T13:00:00Z"
TRANSACTION = "c2b7f1f4-5c0a-4a5e-9a57-0d7f9f8f6f10"
EVSE = {"id": 1, "connectorId": 1}
TOKEN = {
    "additionalInfo": [{"additionalIdToken": "DE-ABC-C12345678-9", "type": "eMAID"}],
    "idToken": "04A1B2C3D4E5F6",
    "type": "ISO14443",
}
HASH = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "e8a4b1f0a5c0e2d14c4b",
    "issuerKeyHash": "b94d27b9934d3e08a52e",
    "serialNumber": "3041",
}
ASKED_HASH = {**HASH, "responderURL": "http://ocsp.example.com/"}
COMPONENT = {"evse": EVSE, "name": "Connector", "instance": "main"}
VARIABLE = {"name": "AvailabilityState", "instance": "now"}
SIGNED = {
    "signedMeterData": "T0NNRnx7fXx7fQ==",
    "signingMethod": "ECDSA-secp256r1-SHA256",
    "encodingMethod": "OCMF",
    "publicKey": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
}
METER_VALUE = {
    "sampledValue": [
        {
            "value": 12.345,
            "context": "Sample.Periodic",
            "measurand": "Energy.Active.Import.Register",
            "phase": "L1",
            "location": "Outlet",
            "signedMeterValue": SIGNED,
            "unitOfMeasure": {"unit": "Wh", "multiplier": 3},
        },
        {"value": 7400, "measurand": "Power.Active.Import", "unitOfMeasure": {"unit": "W"}},
        {"value": 55.5, "measurand": "SoC", "location": "EV", "unitOfMeasure": {"unit": "Percent"}},
    ],
    "timestamp": NOW,
}
SCHEDULE = {
    "id": 1,
    "startSchedule": NOW,
    "duration": 3600,
    "chargingRateUnit": "W",
    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 11000, "numberPhases": 3}],
    "minChargingRate": 1380.0,
    "salesTariff": {
        "id": 1,
        "salesTariffDescription": "by night",
        "numEPriceLevels": 2,
        "salesTariffEntry": [
            {
                "relativeTimeInterval": {"start": 0, "duration": 1800},
                "ePriceLevel": 1,
                "consumptionCost": [
                    {
                        "startValue": 1.0,
                        "cost": [{"costKind": "RelativePricePercentage", "amount": 80, "amountMultiplier": 0}],
                    }
                ],
            }
        ],
    },
}
PROFILE = {
    "id": 7,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "validFrom": NOW,
    "validTo": "2027-11-22T13:00:00Z",
    "chargingSchedule": [SCHEDULE],
    "transactionId": TRANSACTION,
}
AC_NEEDS = {"energyAmount": 20000, "evMinCurrent": 6, "evMaxCurrent": 32, "evMaxVoltage": 400}
DC_NEEDS = {
    "evMaxCurrent": 200,
    "evMaxVoltage": 400,
    "energyAmount": 20000,
    "evMaxPower": 50000,
    "stateOfCharge": 20,
    "evEnergyCapacity": 60000,
    "fullSoC": 100,
    "bulkSoC": 80,
}
MONITOR = {"id": 5, "transaction": False, "value": 25.5, "type": "UpperThreshold", "severity": 4}
MESSAGE = {
    "display": {"evse": EVSE, "name": "Display", "instance": "front"},
    "id": 7,
    "priority": "InFront",
    "state": "Idle",
    "startDateTime": NOW,
    "endDateTime": "2026-12-24T18:00:00Z",
    "transactionId": TRANSACTION,
    "message": {"format": "UTF8", "language": "de", "content": "Frohe Weihnachten"},
}
VENDORS_OWN = {"customData": {"vendorId": "com.acme", "temperature": 41.5}}

BOTH: dict[str, dict[str, Any]] = {
    "Authorize": {
        "idToken": TOKEN,
        "certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "iso15118CertificateHashData": [ASKED_HASH],
    },
    "BootNotification": {
        "chargingStation": {
            "serialNumber": "SN-0001",
            "model": "DC-150",
            "modem": {"iccid": "8949001208", "imsi": "262011234567890"},
            "vendorName": "Acme",
            "firmwareVersion": "2.1.0",
        },
        "reason": "PowerUp",
        **VENDORS_OWN,
    },
    "ClearedChargingLimit": {"chargingLimitSource": "EMS", "evseId": 1},
    "DataTransfer": {"messageId": "ping", "data": {"a": [1, 2.5, None]}, "vendorId": "com.acme"},
    "FirmwareStatusNotification": {"status": "Installed", "requestId": 11},
    "Get15118EVCertificate": {
        "iso15118SchemaVersion": "urn:iso:15118:2:2013:MsgDef",
        "action": "Install",
        "exiRequest": "gJgCAAAAAAA=",
    },
    "GetCertificateStatus": {"ocspRequestData": ASKED_HASH},
    "Heartbeat": {},
    "LogStatusNotification": {"status": "Uploading", "requestId": 12},
    "MeterValues": {"evseId": 1, "meterValue": [METER_VALUE]},
    "NotifyChargingLimit": {
        "chargingSchedule": [SCHEDULE],
        "evseId": 1,
        "chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True},
    },
    "NotifyCustomerInformation": {
        "data": "ANNA-K: 3 sessions",
        "tbc": False,
        "seqNo": 0,
        "generatedAt": NOW,
        "requestId": 13,
    },
    "NotifyDisplayMessages": {"messageInfo": [MESSAGE], "requestId": 14, "tbc": False},
    "NotifyEVChargingNeeds": {
        "maxScheduleTuples": 3,
        "chargingNeeds": {
            "acChargingParameters": AC_NEEDS,
            "dcChargingParameters": DC_NEEDS,
            "requestedEnergyTransfer": "DC",
            "departureTime": "2026-11-22T18:00:00Z",
        },
        "evseId": 1,
    },
    "NotifyEVChargingSchedule": {"timeBase": NOW, "chargingSchedule": SCHEDULE, "evseId": 1},
    "NotifyEvent": {
        "generatedAt": NOW,
        "tbc": False,
        "seqNo": 0,
        "eventData": [
            {
                "eventId": 1,
                "timestamp": NOW,
                "trigger": "Alerting",
                "cause": 2,
                "actualValue": "Faulted",
                "techCode": "E-17",
                "techInfo": "ground fault",
                "cleared": False,
                "transactionId": TRANSACTION,
                "component": COMPONENT,
                "variableMonitoringId": 5,
                "eventNotificationType": "CustomMonitor",
                "variable": VARIABLE,
            }
        ],
    },
    "NotifyMonitoringReport": {
        "monitor": [{"component": COMPONENT, "variable": VARIABLE, "variableMonitoring": [MONITOR]}],
        "requestId": 15,
        "tbc": False,
        "seqNo": 0,
        "generatedAt": NOW,
    },
    "NotifyReport": {
        "requestId": 16,
        "generatedAt": NOW,
        "reportData": [
            {
                "component": COMPONENT,
                "variable": VARIABLE,
                "variableAttribute": [
                    {
                        "type": "Actual",
                        "value": "Available",
                        "mutability": "ReadOnly",
                        "persistent": False,
                        "constant": False,
                    }
                ],
                "variableCharacteristics": {
                    "unit": "A",
                    "dataType": "OptionList",
                    "minLimit": 0,
                    "maxLimit": 32.5,
                    "valuesList": "Available,Occupied,Reserved,Unavailable,Faulted",
                    "supportsMonitoring": True,
                },
            }
        ],
        "tbc": True,
        "seqNo": 0,
    },
    "PublishFirmwareStatusNotification": {
        "status": "Published",
        "location": ["https://192.0.2.1/firmware.bin", "ftp://192.0.2.1/firmware.bin"],
        "requestId": 17,
    },
    "ReportChargingProfiles": {
        "requestId": 18,
        "chargingLimitSource": "CSO",
        "chargingProfile": [PROFILE],
        "tbc": False,
        "evseId": 1,
    },
    "ReservationStatusUpdate": {"reservationId": 19, "reservationUpdateStatus": "Expired"},
    "SecurityEventNotification": {"type": "SettingSystemTime", "timestamp": NOW, "techInfo": "by 3 s"},
    "SignCertificate": {
        "csr": "-----BEGIN CERTIFICATE REQUEST-----\nMIIB\n-----END CERTIFICATE REQUEST-----\n",
        "certificateType": "ChargingStationCertificate",
    },
    "StatusNotification": {"timestamp": NOW, "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1},
    "TransactionEvent": {
        "eventType": "Started",
        "meterValue": [METER_VALUE],
        "timestamp": NOW,
        "triggerReason": "CablePluggedIn",
        "seqNo": 0,
        "offline": False,
        "numberOfPhasesUsed": 3,
        "cableMaxCurrent": 32,
        "reservationId": 19,
        "transactionInfo": {
            "transactionId": TRANSACTION,
            "chargingState": "EVConnected",
            "timeSpentCharging": 0,
            "stoppedReason": "Local",
            "remoteStartId": 20,
        },
        "evse": EVSE,
        "idToken": TOKEN,
    },
}
"""Valid in 2.0.1, and in 2.1 but where that has more of it."""

TAXES = [{"type": "vat", "tax": 19.0, "stack": 0}]
PRICE = {"exclTax": 2.5, "inclTax": 2.975, "taxRates": TAXES}
PERIOD_21 = {
    "startPeriod": 0,
    "limit": 11000,
    "limit_L2": 11000,
    "limit_L3": 11000,
    "numberPhases": 3,
    "dischargeLimit": -5000,
    "setpoint": 4000,
    "setpointReactive": 0,
    "preconditioningRequest": False,
    "evseSleep": False,
    "v2xBaseline": 0,
    "operationMode": "CentralFrequency",
    "v2xFreqWattCurve": [{"frequency": 49.8, "power": -5000}],
    "v2xSignalWattCurve": [{"signal": -20, "power": -5000}],
}
SCHEDULE_21 = {
    **SCHEDULE,
    "limitAtSoC": {"soc": 80, "limit": 7000},
    "powerTolerance": 100,
    "signatureId": 1,
    "digestValue": "q1w2e3==",
    "useLocalTime": True,
    "randomizedDelay": 30,
    "chargingSchedulePeriod": [PERIOD_21],
    "priceLevelSchedule": {
        "priceLevelScheduleEntries": [{"duration": 3600, "priceLevel": 1}],
        "timeAnchor": NOW,
        "priceScheduleId": 1,
        "numberOfPriceLevels": 3,
    },
}
STATUS_INFO = {"statusInfo": {"reasonCode": "LowBattery", "additionalInfo": "of the clock"}}
CURVE = {
    "curveData": [{"x": 50.2, "y": 100}, {"x": 51.5, "y": 0}],
    "hysteresis": {"hysteresisHigh": 0.1, "hysteresisLow": 0.1, "hysteresisDelay": 5, "hysteresisGradient": 10},
    "priority": 0,
    "reactivePowerParams": {"vRef": 100, "autonomousVRefEnable": True, "autonomousVRefTimeConstant": 300},
    "voltageParams": {"hv10MinMeanValue": 253, "hv10MinMeanTripDelay": 60, "powerDuringCessation": "Active"},
    "yUnit": "PctMaxW",
    "responseTime": 5,
    "startTime": NOW,
    "duration": 3600,
}
OF_CONTROL = {"id": "c-1", "isDefault": False, "isSuperseded": False}
FIXED_PF = {"priority": 0, "displacement": 0.95, "excitation": True, "startTime": NOW, "duration": 3600}

ONLY_21: dict[str, dict[str, Any]] = {
    "BatterySwap": {
        "batteryData": [
            {
                "evseId": 1,
                "serialNumber": "B-0001",
                "soC": 17.5,
                "soH": 96,
                "productionDate": "2025-01-01T00:00:00Z",
                "vendorInfo": "48 V",
            }
        ],
        "eventType": "BatteryIn",
        "idToken": TOKEN,
        "requestId": 21,
    },
    "ClosePeriodicEventStream": {"id": 3},
    "FirmwareStatusNotification": {**BOTH["FirmwareStatusNotification"], **STATUS_INFO},
    "Get15118EVCertificate": {
        **BOTH["Get15118EVCertificate"],
        "maximumContractCertificateChains": 3,
        "prioritizedEMAIDs": ["DEABCC123456789"],
    },
    "GetCertificateChainStatus": {
        "certificateStatusRequests": [
            {"certificateHashData": HASH, "source": "OCSP", "urls": ["http://ocsp.example.com/"]}
        ]
    },
    "LogStatusNotification": {**BOTH["LogStatusNotification"], **STATUS_INFO},
    "NotifyChargingLimit": {
        "chargingSchedule": [SCHEDULE_21],
        "evseId": 1,
        "chargingLimit": {"chargingLimitSource": "SO", "isLocalGeneration": False, "isGridCritical": True},
    },
    "NotifyDERAlarm": {
        "controlType": "HVMustTrip",
        "gridEventFault": "OverVoltage",
        "alarmEnded": False,
        "timestamp": NOW,
        "extraInfo": "255 V on L2",
    },
    "NotifyDERStartStop": {"controlId": "c-1", "started": True, "timestamp": NOW, "supersededIds": ["c-0"]},
    "NotifyDisplayMessages": {
        "messageInfo": [
            {**MESSAGE, "state": "Suspended", "messageExtra": [{"format": "QRCODE", "content": "https://example.com"}]}
        ],
        "requestId": 14,
        "tbc": True,
    },
    "NotifyEVChargingNeeds": {
        "evseId": 1,
        "maxScheduleTuples": 3,
        "chargingNeeds": {
            "acChargingParameters": AC_NEEDS,
            "derChargingParameters": {
                "evSupportedDERControl": ["LimitMaxDischarge", "VoltVar"],
                "maxApparentPower": 11000.5,
                "evInverterManufacturer": "Acme",
                "evIslandingDetectionMethod": ["RoCoF"],
            },
            "evEnergyOffer": {
                "evAbsolutePriceSchedule": {
                    "timeAnchor": NOW,
                    "currency": "EUR",
                    "evAbsolutePriceScheduleEntries": [
                        {"duration": 3600, "evPriceRule": [{"energyFee": 0.2, "powerRangeStart": 0}]}
                    ],
                    "priceAlgorithm": "urn:iso:std:iso:15118:-20:PriceAlgorithm:1-Power",
                },
                "evPowerSchedule": {
                    "evPowerScheduleEntries": [{"duration": 3600, "power": -5000}],
                    "timeAnchor": NOW,
                },
            },
            "requestedEnergyTransfer": "DC_BPT",
            "dcChargingParameters": DC_NEEDS,
            "v2xChargingParameters": {"minChargePower": 1000, "maxDischargePower": 5000, "targetSoC": 80},
            "availableEnergyTransfer": ["DC", "DC_BPT"],
            "controlMode": "DynamicControl",
            "mobilityNeedsMode": "EVCC",
            "departureTime": "2026-11-22T18:00:00Z",
        },
        "timestamp": NOW,
    },
    "NotifyEVChargingSchedule": {
        "timeBase": NOW,
        "chargingSchedule": SCHEDULE_21,
        "evseId": 1,
        "selectedChargingScheduleId": 1,
        "powerToleranceAcceptance": True,
    },
    "NotifyEvent": {
        **BOTH["NotifyEvent"],
        "eventData": [{**BOTH["NotifyEvent"]["eventData"][0], "severity": 2}],
    },
    "NotifyMonitoringReport": {
        **BOTH["NotifyMonitoringReport"],
        "monitor": [
            {
                "component": COMPONENT,
                "variable": VARIABLE,
                "variableMonitoring": [{**MONITOR, "type": "TargetDelta", "eventNotificationType": "CustomMonitor"}],
            }
        ],
    },
    "NotifyPeriodicEventStream": {
        "data": [{"t": 0, "v": "16.1"}, {"t": 1.5, "v": "16.2"}],
        "id": 3,
        "pending": 0,
        "basetime": NOW,
    },
    "NotifyPriorityCharging": {"transactionId": TRANSACTION, "activated": True},
    "NotifySettlement": {
        "transactionId": TRANSACTION,
        "pspRef": "PSP-0815",
        "status": "Settled",
        "statusInfo": "approved",
        "settlementAmount": 12.34,
        "settlementTime": NOW,
        "receiptId": "R-1",
        "receiptUrl": "https://receipts.example.com/R-1",
        "vatCompany": {
            "name": "Acme Ltd",
            "address1": "Main Street 1",
            "address2": "2nd floor",
            "city": "Berlin",
            "postalCode": "10115",
            "country": "Germany",
        },
        "vatNumber": "DE123456789",
    },
    "OpenPeriodicEventStream": {
        "constantStreamData": {"id": 3, "params": {"interval": 60, "values": 10}, "variableMonitoringId": 5}
    },
    "PublishFirmwareStatusNotification": {**BOTH["PublishFirmwareStatusNotification"], **STATUS_INFO},
    "PullDynamicScheduleUpdate": {"chargingProfileId": 7},
    "ReportChargingProfiles": {
        **BOTH["ReportChargingProfiles"],
        "chargingProfile": [
            {
                **PROFILE,
                "chargingProfilePurpose": "PriorityCharging",
                "chargingProfileKind": "Dynamic",
                "maxOfflineDuration": 600,
                "chargingSchedule": [SCHEDULE_21],
                "invalidAfterOfflineDuration": True,
                "dynUpdateInterval": 60,
                "dynUpdateTime": NOW,
                "priceScheduleSignature": "c2ln",
            }
        ],
    },
    "ReportDERControl": {
        "curve": [{"curve": CURVE, "id": "c-1", "curveType": "FreqWatt", "isDefault": True, "isSuperseded": False}],
        "enterService": [
            {
                "enterService": {
                    "priority": 0,
                    "highVoltage": 253,
                    "lowVoltage": 195.5,
                    "highFreq": 50.1,
                    "lowFreq": 47.5,
                    "delay": 60,
                    "randomDelay": 10,
                    "rampRate": 600,
                },
                "id": "c-2",
            }
        ],
        "fixedPFAbsorb": [{"fixedPF": FIXED_PF, **OF_CONTROL}],
        "fixedPFInject": [{"fixedPF": FIXED_PF, **OF_CONTROL}],
        "fixedVar": [{"fixedVar": {"priority": 0, "setpoint": 30, "unit": "PctMaxVar"}, **OF_CONTROL}],
        "freqDroop": [
            {
                "freqDroop": {
                    "priority": 0,
                    "overFreq": 50.2,
                    "underFreq": 49.8,
                    "overDroop": 0.05,
                    "underDroop": 0.05,
                    "responseTime": 5,
                    "startTime": NOW,
                    "duration": 3600,
                },
                **OF_CONTROL,
            }
        ],
        "gradient": [{"gradient": {"priority": 0, "gradient": 10, "softGradient": 60}, "id": "c-3"}],
        "limitMaxDischarge": [
            {
                **OF_CONTROL,
                "limitMaxDischarge": {
                    "priority": 0,
                    "pctMaxDischargePower": 50,
                    "powerMonitoringMustTrip": CURVE,
                    "startTime": NOW,
                    "duration": 3600,
                },
            }
        ],
        "requestId": 22,
        "tbc": False,
    },
    "ReservationStatusUpdate": {"reservationId": 19, "reservationUpdateStatus": "NoTransaction"},
    "SignCertificate": {
        **BOTH["SignCertificate"],
        "certificateType": "V2G20Certificate",
        "hashRootCertificate": HASH,
        "requestId": 23,
    },
    "TransactionEvent": {
        **BOTH["TransactionEvent"],
        "costDetails": {
            "chargingPeriods": [
                {"dimensions": [{"type": "Energy", "volume": 10.0}], "tariffId": "day-dc", "startPeriod": NOW}
            ],
            "totalCost": {
                "currency": "EUR",
                "typeOfCost": "NormalCost",
                "fixed": PRICE,
                "energy": PRICE,
                "chargingTime": {"inclTax": 0},
                "idleTime": {"inclTax": 0},
                "reservationTime": {"inclTax": 0},
                "reservationFixed": {"inclTax": 0},
                "total": {"exclTax": 15.0, "inclTax": 17.85},
            },
            "totalUsage": {"energy": 10.0, "chargingTime": 3600, "idleTime": 60, "reservationTime": 0},
            "failureToCalculate": False,
            "failureReason": "none",
        },
        "preconditioningStatus": "Ready",
        "evseSleep": False,
        "transactionInfo": {
            **BOTH["TransactionEvent"]["transactionInfo"],
            "operationMode": "ChargingOnly",
            "tariffId": "day-dc",
            "transactionLimit": {"maxCost": 50.0, "maxEnergy": 40000, "maxTime": 7200, "maxSoC": 80},
        },
    },
    "VatNumberValidation": {"vatNumber": "DE123456789", "evseId": 1},
}
"""What only 2.1 has, and what it has more of than 2.0.1."""

EXAMPLES: dict[Version, dict[str, dict[str, Any]]] = {Version.V201: BOTH, Version.V21: BOTH | ONLY_21}
