"""The catalogue of errors: codes with their texts, one module of entries per subject."""
