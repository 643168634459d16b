// The page of a one-time link: takes the secret out of the address, where the history would keep it.

import { whenReady } from "./htmx_ready.js";

const form = document.getElementById("enter");
let secret = takeSecret();
form.addEventListener("formdata", (event) => event.formData.set("secret", secret));
whenReady(form, showKey);

// A browser does not load the page again for another link that is opened in the same tab.
addEventListener("hashchange", () => {
  if (!location.hash || document.getElementById(location.hash.slice(1))) return;
  secret = takeSecret();
  showKey();
});

let isSent = false;
form.addEventListener("submit", (event) => {
  if (isSent) event.preventDefault();
  isSent = true;
});

function takeSecret() {
  const taken = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
  return taken;
}

function showKey() {
  form.dispatchEvent(new Event("show"));
}
