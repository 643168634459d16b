"""Whether TikTok takes a video, and how to convert one that it does not take."""
