"""Keys: what operators elsewhere show to be let in, each with a role."""

NAMES = "SELECT name FROM key WHERE revoked_at IS NULL"
FOUND = """
SELECT key_id, name, revoked_at FROM key WHERE name = :name OR key_id = lower(:name)
ORDER BY revoked_at IS NOT NULL, revoked_at DESC LIMIT 1
"""
"""The key of a name or id; one in use comes before those that were revoked."""
