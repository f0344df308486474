-- Chargers, and EVSEs of them, where a tag may charge beside its sites: JSON text, ["HQ-07", "HQ-08:2"].

ALTER TABLE tag ADD COLUMN places TEXT NOT NULL DEFAULT '[]';
