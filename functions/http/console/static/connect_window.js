// Connects an account in a window of its own. Until the account is there, this page asks for its list again.

const LINK_LIVES_MS = 600_000;
const LOOK_EVERY_MS = 3_000;

let timer;

function list() {
  return document.getElementById("account-list");
}

function awaitAccount() {
  const newest = list().dataset.newest;
  const end = Date.now() + LINK_LIVES_MS;
  clearInterval(timer);
  timer = setInterval(() => {
    if (list().dataset.newest !== newest || Date.now() > end) clearInterval(timer);
    else if (!document.hidden) list().dispatchEvent(new Event("look"));
  }, LOOK_EVERY_MS);
}

for (const button of document.querySelectorAll("[data-opens-window]")) {
  button.addEventListener("click", () => {
    if (!button.form.checkValidity()) return;
    // The form is sent into this window. If the browser blocks it, the form's target is a new tab.
    window.open("", button.formTarget, "popup,width=520,height=760");
    awaitAccount();
  });
}
