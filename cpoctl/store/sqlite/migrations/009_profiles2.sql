-- Charging profiles in the form of OCPP 2.x, which can say whatever 1.6 says; purposes in our own words, which are the same for
-- every version. Wishes for certificates with what 2.x tells of them.

ALTER TABLE signing_request ADD COLUMN certificate_type TEXT;
ALTER TABLE signing_request ADD COLUMN wire_request_id INTEGER;

UPDATE profile SET profile = json_remove(json_set(
    json_replace(profile, '$.transactionId', CAST(json_extract(profile, '$.transactionId') AS TEXT)),
    '$.id', json_extract(profile, '$.chargingProfileId'),
    '$.chargingProfilePurpose', replace(json_extract(profile, '$.chargingProfilePurpose'), 'ChargePointMax', 'ChargingStationMax'),
    '$.chargingSchedule', json_array(json_set(
        json_extract(profile, '$.chargingSchedule'), '$.id', json_extract(profile, '$.chargingProfileId')))
), '$.chargingProfileId');

UPDATE installed_profile SET profile = json_remove(json_set(
    json_replace(profile, '$.transactionId', CAST(json_extract(profile, '$.transactionId') AS TEXT)),
    '$.id', json_extract(profile, '$.chargingProfileId'),
    '$.chargingProfilePurpose', replace(json_extract(profile, '$.chargingProfilePurpose'), 'ChargePointMax', 'ChargingStationMax'),
    '$.chargingSchedule', json_array(json_set(
        json_extract(profile, '$.chargingSchedule'), '$.id', json_extract(profile, '$.chargingProfileId')))
), '$.chargingProfileId');

UPDATE installed_profile SET purpose = CASE purpose
    WHEN 'ChargePointMaxProfile' THEN 'charge-point-max'
    WHEN 'TxDefaultProfile' THEN 'tx-default'
    WHEN 'TxProfile' THEN 'tx'
    ELSE purpose END;
