"""The transfer: a video's bytes from S3 to TikTok, chunk by chunk."""
