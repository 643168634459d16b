// The window in which an account was connected closes itself: the page that opened it shows the account.

const SHOWN_FOR_MS = 2_000;

const button = document.getElementById("close-window");
button.hidden = false;
button.addEventListener("click", () => window.close());
if (document.querySelector("[data-closes]")) setTimeout(() => window.close(), SHOWN_FOR_MS);
