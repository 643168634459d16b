"""What TikTok takes as media, and what a file is, learnt from a few ranged reads."""
