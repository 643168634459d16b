"""Steps of the state machine: Prepare, Start, Watch, Decide."""
