"""The executions of the state machine: launches, schedules, stops and wakes the execution of a publish."""
