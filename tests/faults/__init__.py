"""The fault matrix: every step of a publish with every possible fault, on the local stack."""
