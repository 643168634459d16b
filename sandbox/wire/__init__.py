"""Around every request: the journal's entry and the fault that was ordered."""
