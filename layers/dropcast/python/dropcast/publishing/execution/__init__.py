"""A publish's execution of the state machine: launched, scheduled, stopped, woken."""
