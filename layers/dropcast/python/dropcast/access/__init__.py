"""API keys and their scopes, and the ways in which a browser acts with a key: sessions, sign-in links, embeds."""
