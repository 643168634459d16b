"""The fault matrix: every step of a publish with every fault around it, on the local stack."""
