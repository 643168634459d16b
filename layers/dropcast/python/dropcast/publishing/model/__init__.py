"""The data and rules of a publish: request, options, states. Pure, without AWS."""
