"""The structure of MP4 and QuickTime files, read from few ranges (ISO 14496-12)."""
