"""The structure of MP4 and QuickTime files (ISO 14496-12), read with few range requests."""
