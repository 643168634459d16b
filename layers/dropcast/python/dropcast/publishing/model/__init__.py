"""A publish without AWS: its request, options, states and rules. Pure."""
