"""The fault matrix: every step of a publish against everything that can go wrong around it, on the local stack."""
