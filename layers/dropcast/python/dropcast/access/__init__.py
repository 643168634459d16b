"""API keys and their scopes, and what lets a browser act as one: sessions, sign-in links and embeds."""
