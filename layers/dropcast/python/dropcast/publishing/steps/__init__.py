"""Four steps of the state machine: Prepare, Start, Watch and Decide."""
