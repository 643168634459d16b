// Connects an account in a window of its own. Until the account is connected, poll.js reloads the list of this page.

const LINK_LIVES_MS = 600_000;
const ASK_EVERY_S = 3;

let awaited = null;

function list() {
  return document.getElementById("account-list");
}

function askWhileAwaited() {
  if (awaited && (list().dataset.newest !== awaited.newest || Date.now() > awaited.end)) awaited = null;
  if (awaited) list().dataset.poll = ASK_EVERY_S;
  else delete list().dataset.poll;
}

for (const button of document.querySelectorAll("[data-opens-window]")) {
  button.addEventListener("click", () => {
    if (!button.form.checkValidity()) return;
    // The answer to the form appears in this window. If the browser blocks the window, it appears in a new tab.
    window.open("", button.formTarget, "popup,width=520,height=760");
    awaited = { newest: list().dataset.newest, end: Date.now() + LINK_LIVES_MS };
    askWhileAwaited();
  });
}
// The list that the server sends has no data-poll, so this script adds the attribute again.
document.addEventListener("htmx:after:swap", askWhileAwaited);
