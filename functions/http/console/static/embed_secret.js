// Takes the secret of an embed's link out of the address, where the history would keep it. No script runs before this one.

/** The secret; "" if the address had none, because the page was reloaded. */
export const secret = location.hash.slice(1);

history.replaceState(null, "", location.pathname);
