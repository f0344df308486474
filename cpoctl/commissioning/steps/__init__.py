"""The steps of a commissioning: one file each, its name is the step's. See `cpoctl.commissioning` for the contract."""
