"""An account's tokens: stored encrypted, refreshed by one worker at a time, and given to all code that calls TikTok."""
