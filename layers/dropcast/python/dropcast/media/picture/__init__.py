"""Pictures as TikTok takes them: read, converted, repaired."""
