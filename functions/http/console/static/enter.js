// The page of a one-time link: takes the secret out of the address, where the history would keep it.

import { whenReady } from "./htmx_ready.js";

const form = document.getElementById("enter");
form.elements.secret.value = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
whenReady(form, () => form.dispatchEvent(new Event("show")));

let isSent = false;
form.addEventListener("submit", (event) => {
  if (isSent) event.preventDefault();
  isSent = true;
});
