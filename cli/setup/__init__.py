"""The steps of `dropcast setup`. Each asks the world what is already so, so that setup continues where it stopped."""
