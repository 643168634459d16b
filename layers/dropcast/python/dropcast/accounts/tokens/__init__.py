"""An account's tokens: stored sealed, refreshed under a lease, given to each caller of TikTok."""
