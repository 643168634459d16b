"""A photo post's pictures: prepared in our bucket, served to TikTok by signed URLs."""
