"""The parts of `dropcast comments`."""
