"""When a publish may go: its account, its budget slot, its hold."""
