"""The media of a publish: objects in S3, and URLs from which TikTok pulls."""
