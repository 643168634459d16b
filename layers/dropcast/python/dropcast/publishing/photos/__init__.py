"""The pictures of a photo post: prepares them in our bucket and serves them to TikTok by signed URLs."""
