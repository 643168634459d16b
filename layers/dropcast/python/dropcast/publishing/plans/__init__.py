"""Plans: actions that were checked for a caller, and that the caller or a person carries out once."""
