// Keeps which uploaded files a post has, so that a reload of the page or a new sign-in does not lose them.

import { tabStorage } from "./tab_storage.js";

/** The files that were kept for this form: [{key, name}], in their order. */
export function keptFiles(form) {
  return JSON.parse(tabStorage.getItem(nameOf(form)) ?? "[]");
}

/** Keep the ready rows of `list` from now on. */
export function keepFiles(form, list) {
  for (const event of ["file-ready", "file-gone", "reordered"]) {
    list.addEventListener(event, () => tabStorage.setItem(nameOf(form), JSON.stringify([...readyFiles(list)])));
  }
}

function* readyFiles(list) {
  for (const row of list.querySelectorAll(".ready")) {
    yield { key: row.querySelector("[name=source]").value, name: row.querySelector(".name").textContent };
  }
}

function nameOf(form) {
  return `dropcast.form.${form.dataset.keep}.files.${form.elements.kind.value}`;
}
