"""The parts of `dropcast drop`."""
