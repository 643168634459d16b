"""An account's tokens: stored encrypted, refreshed under a lease, and given to all code that calls TikTok."""
