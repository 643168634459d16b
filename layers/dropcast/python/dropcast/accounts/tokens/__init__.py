"""An account's tokens: stored sealed, refreshed under a lease, given to every caller of TikTok."""
