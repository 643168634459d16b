// Restores what a person typed into a page's forms after a sign-in that interrupted it, and only then.

import { forgetTyped, keepTyped } from "./keep_typed.js";

const isBack = document.referrer !== "" && new URL(document.referrer).pathname.startsWith("/console/sign-in");

for (const { dataset } of document.querySelectorAll("[data-forget]")) forgetTyped(dataset.forget);
for (const form of document.querySelectorAll("form[data-keep]")) {
  if (!isBack) forgetTyped(form.dataset.keep);
  keepTyped(form);
}
