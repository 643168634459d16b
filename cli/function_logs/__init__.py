"""The parts of `dropcast logs`."""
