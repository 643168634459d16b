"""TikTok as documented: a server that enforces TikTok's rules, records requests and fails on demand."""
