// The page of a one-time link: removes the secret from the address, so that the browser's history does not keep it.

import { whenReady } from "./htmx_ready.js";

const form = document.getElementById("enter");
let secret = takeSecret();
form.addEventListener("formdata", (event) => event.formData.set("secret", secret));
whenReady(form, showKey);

// If a person opens another link in the same tab, the browser does not load the page again.
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
