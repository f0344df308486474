"""Money outside the pure engine: what is charged, assigned, priced, and told."""
