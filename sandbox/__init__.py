"""TikTok as documented: a server that enforces its rules, remembers what it saw and fails on demand."""
