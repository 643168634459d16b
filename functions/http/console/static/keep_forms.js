// The forms of a page: what a person typed comes back after a sign-in that came between, and only then.

import { forgetTyped, keepTyped } from "./keep_typed.js";

const isBack = document.referrer !== "" && new URL(document.referrer).pathname.startsWith("/console/sign-in");

for (const { dataset } of document.querySelectorAll("[data-forget]")) forgetTyped(dataset.forget);
for (const form of document.querySelectorAll("form[data-keep]")) {
  if (!isBack) forgetTyped(form.dataset.keep);
  keepTyped(form);
}
