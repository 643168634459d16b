"""Connected accounts: connecting, token storage and refresh, abilities, comments, disconnecting."""
