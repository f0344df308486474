"""The domain: chargers, sessions, tags and metering as values and rules, without I/O and without a protocol version."""
