"""What becomes of a publish: TikTok's facts by webhook and poll, and the verdict."""
