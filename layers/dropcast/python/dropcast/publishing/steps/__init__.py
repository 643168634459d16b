"""The state machine's steps: prepare, start, watch, decide."""
