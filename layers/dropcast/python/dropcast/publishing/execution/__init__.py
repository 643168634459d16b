"""Launches, schedules, stops and wakes a publish's execution of the state machine."""
