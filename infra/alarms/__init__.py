"""The alarms, one module per subject. Each alarm has a row or a section in docs/runbook.md."""
