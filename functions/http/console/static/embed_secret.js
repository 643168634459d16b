// Removes the secret of an embed's link from the address, so that the browser's history does not keep it.
// No script runs before this one.

/** The secret. "" if the address has none, because the page was reloaded. */
export const secret = location.hash.slice(1);

history.replaceState(null, "", location.pathname);
