"""What can go wrong: a catalogue of codes, one module of entries per subject, and the exception that carries one."""
